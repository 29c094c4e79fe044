"""The words a display name may not hold, and names only the newsroom may use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from comments_service.policy import lexicon
from comments_service.policy.case import Case
from comments_service.policy.matching import Matcher, WordList
from comments_service.policy.patterns import Entry
from comments_service.policy.use import STRICT, Check, Placed, Use
from comments_service.policy.verdict import Finding, Submission

NAME = "names"
MESSAGES = {
    "word": {
        "ko": "표시 이름에 쓸 수 없는 표현이 있습니다. 이름을 바꾸어 주세요.",
        "en": "Your display name contains words we do not allow. Please change it.",
    },
    "reserved": {
        "ko": "표시 이름이 편집국이나 공공기관으로 오인될 수 있습니다. 이름을 바꾸어 주세요.",
        "en": "Your display name may be taken for the newsroom or a public body. Please change it.",
    },
}


@dataclass(config=STRICT, frozen=True, slots=True, kw_only=True)
class Names(Use):
    """`words` and `lists` as in the filter `words`; `reserved` are names for staff alone."""

    filter: Literal["names"]
    words: tuple[Entry, ...] = ()
    lists: tuple[Annotated[str, AfterValidator(lexicon.check_name)], ...] = ()
    exceptions: Annotated[tuple[Entry, ...], Field(alias="except")] = ()
    reserved: tuple[Entry, ...] = ()


def prepare(placed: Sequence[Placed[Names]]) -> Check:
    """Put the words of all clauses into one automaton, and the reserved names with them."""
    matcher = Matcher(
        [
            words
            for each in placed
            for words in (
                lexicon.together(each.use.words, each.use.exceptions, each.use.lists),
                WordList(each.use.reserved),
            )
        ]
    )

    def check(case: Case) -> Iterator[Finding]:
        submission = case.submission
        if not submission.display_name:
            return
        found = {hit.source for hit in matcher.hits(Case(Submission(submission.display_name)))}
        for source in sorted(found):
            rule = "reserved" if source % 2 else "word"
            if not (rule == "reserved" and submission.is_staff):
                yield placed[source // 2].finding(NAME, rule, MESSAGES[rule])

    return check
