"""Times in which comments wait for a moderator, or are closed, and which end by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field
from pydantic.dataclasses import dataclass

from comments_service.policy.case import Case
from comments_service.policy.mistakes import Unusable
from comments_service.policy.use import STRICT, Check, Line, Placed, Use
from comments_service.policy.verdict import Action, Finding

NAME = "windows"
MESSAGES = {
    Action.HOLD: {
        "ko": "지금은 담당자가 댓글을 먼저 읽은 뒤 게시합니다.",
        "en": "At the moment an editor reads comments before they appear.",
    },
    Action.REJECT: {
        "ko": "지금은 댓글을 받지 않습니다.",
        "en": "Comments are not open at the moment.",
    },
}


@dataclass(config=STRICT, frozen=True, slots=True, kw_only=True)
class Window:
    """From `starts_at` until before `ends_at`; for the whole site, or for some sections of it."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    sections: tuple[Line, ...] = ()

    def __post_init__(self) -> None:
        if self.ends_at <= self.starts_at:
            raise Unusable("a window ends after it starts", "끝은 시작보다 뒤여야 합니다")

    def covers(self, case: Case) -> bool:
        """Whether the submission falls into it. A dry run, which has no time, never does."""
        now, section = case.submission.now, case.submission.section
        if now is None or (self.sections and section not in self.sections):
            return False
        return self.starts_at <= now < self.ends_at


@dataclass(config=STRICT, frozen=True, slots=True, kw_only=True)
class Windows(Use):
    """`action: hold` makes comments wait in these windows, `action: reject` closes them."""

    filter: Literal["windows"]
    windows: Annotated[tuple[Window, ...], Field(min_length=1)]


def prepare(placed: Sequence[Placed[Windows]]) -> Check:
    """Windows need no preparing."""

    def check(case: Case) -> Iterator[Finding]:
        for each in placed:
            if any(window.covers(case) for window in each.use.windows):
                yield each.finding(NAME, "window", MESSAGES[each.use.action])

    return check
