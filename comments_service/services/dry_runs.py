"""Dry runs: a policy on given texts. The same call as the real thing, without history; nothing is
kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from comments_service.errors import FieldError, InvalidRequest
from comments_service.policy import Outcome, Policy, Submission, evaluate
from comments_service.services.views import FindingView, finding_views
from comments_service.text.body import MAX_CODE_POINTS
from comments_service.text.normalise import normalise

UNREADABLE = (
    f"Must have no broken characters and at most {MAX_CODE_POINTS} code points.",
    f"깨진 글자가 없고 코드 포인트 {MAX_CODE_POINTS}개 이하여야 합니다.",
)


@dataclass(frozen=True, slots=True)
class Text:
    """A text to try; `lang` is its writer's language, if known."""

    body: str
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """What the policy says to a text, and the normalised body that the findings point into."""

    body: str
    outcome: Outcome
    findings: tuple[FindingView, ...]


def run(policy: Policy, texts: Sequence[Text]) -> list[Tried]:
    """Judge each of `texts`, in order.

    One that is longer than a comment may be is judged all the same. Raises `InvalidRequest` for
    those that no comment could ever be, with a pointer to each.
    """
    bodies = [normalise(text.body) for text in texts]
    unreadable = [at for at, body in enumerate(bodies) if not _is_readable(body)]
    if unreadable:
        english, korean = UNREADABLE
        raise InvalidRequest(
            errors=tuple(FieldError(f"/items/{at}/body", english, ko=korean) for at in unreadable)
        )
    return [_try(policy, body, text.lang) for body, text in zip(bodies, texts, strict=True)]


def _is_readable(body: str) -> bool:
    try:
        body.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return len(body) <= MAX_CODE_POINTS


def _try(policy: Policy, body: str, lang: str | None) -> Tried:
    verdict = evaluate(policy, Submission(body, lang=lang))
    return Tried(body, verdict.outcome, finding_views(verdict.findings))
