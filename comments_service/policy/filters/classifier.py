"""A model's opinion of the whole text. It may be wrong, so it never does more than hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from comments_service.policy import model
from comments_service.policy.case import Case
from comments_service.policy.use import STRICT, Check, Placed, Use
from comments_service.policy.verdict import Action, Finding

NAME = "classifier"
MESSAGE = {
    "ko": "공격적이거나 비하하는 글로 보여 담당자가 확인한 뒤 게시합니다.",
    "en": "This reads as abusive, so an editor will look at it before it appears.",
}


@dataclass(config=STRICT, frozen=True, slots=True, kw_only=True)
class Classifier(Use):
    """Texts whose probability is over `threshold` wait; the model is set so that at 0.5 about one
    clean comment in thirty does."""

    filter: Literal["classifier"]
    action: Literal[Action.HOLD]
    threshold: Annotated[float, Field(gt=0, lt=1)] = 0.5


def prepare(placed: Sequence[Placed[Classifier]]) -> Check:
    """Load the models now, so that the first comment does not wait for it."""
    models = {language: model.load(language) for language in model.LANGUAGES}

    def check(case: Case) -> Iterator[Finding]:
        text = case.folded.text
        for language in model.languages_of(text):
            probability = models[language].probability(text)
            for each in placed:
                if probability > each.use.threshold:
                    span = case.body_span(*models[language].heaviest(text))
                    weight = round(probability, 3)
                    yield each.finding(NAME, f"model-{language}", MESSAGE, span, weight=weight)

    return check
