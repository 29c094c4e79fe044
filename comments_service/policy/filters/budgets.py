"""How much of the room one writer may take. Deleted comments count, or deleting would refill it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from comments_service.policy.case import Case
from comments_service.policy.use import STRICT, Check, Placed, Use
from comments_service.policy.verdict import Finding, Texts

NAME = "budgets"

Amount = Annotated[int, Field(ge=1, le=100_000)]


@dataclass(config=STRICT, frozen=True, slots=True, kw_only=True)
class Budgets(Use):
    """At most `per_article` comments under one article and `per_day` on the site in 24 hours, and
    `seconds_between` two. `null` lifts a limit."""

    filter: Literal["budgets"]
    per_article: Amount | None = 20
    per_day: Amount | None = 100
    seconds_between: Amount | None = 10


def prepare(placed: Sequence[Placed[Budgets]]) -> Check:
    """Nothing to prepare."""

    def check(case: Case) -> Iterator[Finding]:
        for each in placed:
            for rule, message in _overdrawn(each.use, case):
                yield each.finding(NAME, rule, message)

    return check


def _overdrawn(use: Budgets, case: Case) -> Iterator[tuple[str, Texts]]:
    history, now = case.history, case.submission.now
    if use.per_article is not None and history.own_on_article >= use.per_article:
        yield (
            "per-article",
            {
                "ko": f"한 기사에 하루 {use.per_article}개까지 쓸 수 있습니다.",
                "en": f"You may write {use.per_article} comments a day under one article.",
            },
        )
    if use.per_day is not None and history.own_today >= use.per_day:
        yield (
            "per-day",
            {
                "ko": f"하루에 {use.per_day}개까지 쓸 수 있습니다.",
                "en": f"You may write {use.per_day} comments a day.",
            },
        )
    last_sent_at = max((past.sent_at for past in history.own), default=None)
    if now is None or last_sent_at is None or use.seconds_between is None:
        return
    if now - last_sent_at < timedelta(seconds=use.seconds_between):
        yield (
            "seconds-between",
            {
                "ko": f"다음 댓글은 {use.seconds_between}초 뒤에 쓸 수 있습니다.",
                "en": f"Please wait {use.seconds_between} seconds between two comments.",
            },
        )
