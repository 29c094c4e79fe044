"""Comments that a person reads before they appear: of a site, an article, a new account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from comments_service.policy.case import Case
from comments_service.policy.use import STRICT, Check, Placed, Use
from comments_service.policy.verdict import Action, Finding

NAME = "premoderation"
MESSAGES = {
    "article": {
        "ko": "이 기사의 댓글은 담당자가 먼저 읽은 뒤 게시합니다.",
        "en": "Comments on this article are read by an editor before they appear.",
    },
    "new-account": {
        "ko": "새로 가입한 이용자의 댓글은 담당자가 먼저 읽은 뒤 게시합니다.",
        "en": "Comments from new accounts are read by an editor before they appear.",
    },
}


@dataclass(config=STRICT, frozen=True, slots=True, kw_only=True)
class Premoderation(Use):
    """Always in force for sites and articles set to it. Besides, an account younger than
    `account_hours`, or with fewer than `approved` comments published, waits; 0 is off."""

    filter: Literal["premoderation"]
    action: Literal[Action.HOLD]
    account_hours: Annotated[int, Field(ge=0, le=8760)] = 0
    approved: Annotated[int, Field(ge=0, le=1000)] = 0


def prepare(placed: Sequence[Placed[Premoderation]]) -> Check:
    """Nothing to prepare."""

    def check(case: Case) -> Iterator[Finding]:
        for each in placed:
            if case.submission.premoderated:
                yield each.finding(NAME, "article", MESSAGES["article"])
            elif _is_new(each.use, case):
                yield each.finding(NAME, "new-account", MESSAGES["new-account"])

    return check


def _is_new(use: Premoderation, case: Case) -> bool:
    now, created_at = case.submission.now, case.history.account_created_at
    if now is None or created_at is None:
        return False
    young = now - created_at < timedelta(hours=use.account_hours)
    return young or case.history.approved < use.approved
