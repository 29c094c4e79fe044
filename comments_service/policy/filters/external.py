"""The publisher's own service as a filter. Asking it is done elsewhere; here its answer counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from pydantic.dataclasses import dataclass

from comments_service.policy.case import Case
from comments_service.policy.use import STRICT, Check, Placed, RuleName, Use
from comments_service.policy.verdict import Action, Finding, Outcome

NAME = "external"
MESSAGE = {
    "ko": "언론사의 자체 심사에서 걸렸습니다.",
    "en": "The publisher's own check stopped this.",
}
MESSAGE_FAILED = {
    "ko": "언론사의 자체 심사를 마치지 못해 담당자가 확인합니다.",
    "en": "The publisher's own check did not answer, so an editor will look at this.",
}


@dataclass(config=STRICT, frozen=True, slots=True, kw_only=True)
class External(Use):
    """Ask `url` and wait `deadline_ms` at most; on no answer, `on_failure`. `action` is the most
    its answer may do."""

    filter: Literal["external"]
    name: RuleName
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=2000)]
    deadline_ms: Annotated[int, Field(ge=50, le=5000)] = 1000
    on_failure: Literal["allow", "hold"] = "hold"


def prepare(placed: Sequence[Placed[External]]) -> Check:
    """Nothing to prepare."""

    def check(case: Case) -> Iterator[Finding]:
        for each in placed:
            answer = case.submission.external.get(each.use.name)
            if answer is None or answer.outcome is Outcome.ALLOW:
                continue
            if answer.outcome is None:
                if each.use.on_failure == "hold":
                    rule = f"{each.use.name}.failed"
                    yield each.finding(NAME, rule, MESSAGE_FAILED, action=Action.HOLD)
            else:
                action = each.use.action if answer.outcome is Outcome.REJECT else Action.HOLD
                yield each.finding(NAME, each.use.name, answer.message or MESSAGE, action=action)

    return check
