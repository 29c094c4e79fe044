"""A model's opinion of the whole text. It may be wrong, so it never does more than hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from comments_service.policy import lexicon, model
from comments_service.policy.case import Case
from comments_service.policy.matching import Matcher, WordList
from comments_service.policy.patterns import Entry
from comments_service.policy.use import STRICT, Check, Placed, Use
from comments_service.policy.verdict import Action, Finding

NAME = "classifier"
_EXCEPTION = 1
MESSAGE = {
    "ko": "공격적이거나 비하하는 글로 보여 담당자가 확인한 뒤 게시합니다.",
    "en": "This reads as abusive, so an editor will look at it before it appears.",
}


@dataclass(config=STRICT, frozen=True, slots=True, kw_only=True)
class Classifier(Use):
    """Texts whose probability is over `threshold` wait; the model is set so that at 0.5 about one
    clean comment in thirty does. `except` is innocent and never weighed, nor is a word of `lists`
    that is only named."""

    filter: Literal["classifier"]
    action: Literal[Action.HOLD]
    lists: tuple[Annotated[str, AfterValidator(lexicon.check_name)], ...] = ()
    exceptions: Annotated[tuple[Entry, ...], Field(alias="except")] = ()
    threshold: Annotated[float, Field(gt=0, lt=1)] = 0.5


def prepare(placed: Sequence[Placed[Classifier]]) -> Check:
    """Load the models now, so that the first comment does not wait for it."""
    models = {language: model.load(language) for language in model.LANGUAGES}
    matchers = [_matcher(each.use) for each in placed]

    def check(case: Case) -> Iterator[Finding]:
        languages = model.languages_of(case.folded.text)
        for each, matcher in zip(placed, matchers, strict=True):
            text = _without_mentions(case, matcher)
            for language in languages:
                if suspect := models[language].suspect(text, each.use.threshold):
                    probability, place = suspect
                    span = case.body_span(*place)
                    weight = round(probability, 3)
                    yield each.finding(NAME, f"model-{language}", MESSAGE, span, weight=weight)

    return check


def _matcher(use: Classifier) -> Matcher:
    words = lexicon.together((), use.exceptions, use.lists)
    return Matcher([WordList(words.words), WordList(words.exceptions)])


def _without_mentions(case: Case, matcher: Matcher) -> str:
    """The folded text with dots for what the model shall not weigh; every place stays where it
    was."""
    text = case.folded.text
    for hit in matcher.plain_hits(text):
        if hit.source == _EXCEPTION or case.is_named(hit.start, hit.end):
            text = f"{text[: hit.start]}{'.' * (hit.end - hit.start)}{text[hit.end :]}"
    return text
