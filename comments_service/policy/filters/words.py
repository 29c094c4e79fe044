"""Words that a clause does not allow: the document's own, and shipped lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from comments_service.policy import lexicon
from comments_service.policy.case import Case
from comments_service.policy.matching import Hit, Matcher
from comments_service.policy.mentions import is_reported
from comments_service.policy.patterns import Entry
from comments_service.policy.use import STRICT, Check, Placed, RuleName, Use
from comments_service.policy.verdict import Action, Finding

NAME = "words"

# A first name before a surname, which only capitals tell from the word.
_FIRST_NAME = re.compile(r"Dick [A-Z][a-z]{2}")
MESSAGE = {
    "ko": "운영정책에서 허용하지 않는 표현이 있습니다.",
    "en": "This contains words that our policy does not allow.",
}


@dataclass(config=STRICT, frozen=True, slots=True, kw_only=True)
class Words(Use):
    """`lists` are names of shipped lists, `words` further entries, `except` what is innocent
    though it contains one; `mentions: use` judges what is only talked about like a use."""

    filter: Literal["words"]
    words: tuple[Entry, ...] = ()
    lists: tuple[Annotated[str, AfterValidator(lexicon.check_name)], ...] = ()
    exceptions: Annotated[tuple[Entry, ...], Field(alias="except")] = ()
    rule: RuleName = "list"
    severity: Annotated[int, Field(ge=1, le=3)] = 2
    mentions: Literal["milder", "use"] = "milder"


def prepare(placed: Sequence[Placed[Words]]) -> Check:
    """Put the words of all clauses into one automaton."""
    matcher = Matcher(
        [lexicon.together(each.use.words, each.use.exceptions, each.use.lists) for each in placed]
    )

    def check(case: Case) -> Iterator[Finding]:
        for hit in matcher.hits(case):
            action = _action(placed[hit.source].use, case, hit)
            if action:
                yield placed[hit.source].finding(
                    NAME,
                    placed[hit.source].use.rule,
                    MESSAGE,
                    case.body_span(hit.start, hit.end),
                    weight=float(placed[hit.source].use.severity),
                    action=action,
                )

    return check


def _action(use: Words, case: Case, hit: Hit) -> Action | None:
    if _FIRST_NAME.match(case.submission.body, case.body_span(hit.start, hit.end)[0]):
        return None
    if use.mentions == "milder":
        if case.is_named(hit.start, hit.end):
            return Action.HOLD if use.action is Action.REJECT else None
        if use.action is Action.REJECT and is_reported(case.folded.text, hit.start, hit.end):
            return Action.HOLD
    return Action.HOLD if hit.guessed else use.action
