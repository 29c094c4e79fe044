"""Short ways to judge a text in tests."""

from __future__ import annotations

from functools import cache
from typing import Any

from comments_service.policy import (
    History,
    Policy,
    Submission,
    Verdict,
    compile_policy,
    default_document,
    evaluate,
    parse,
)

BOTH = {"ko": "설명", "en": "Text"}


@cache
def default_policy() -> Policy:
    return compile_policy(default_document())


def judge(body: str, **settings: Any) -> Verdict:
    """The default policy's verdict."""
    history = settings.pop("history", History())
    return evaluate(default_policy(), Submission(body, **settings), history)


def policy_with(*filters: dict[str, Any], **document: Any) -> Policy:
    """A policy of one clause, 7.1, with these filters."""
    clause = {"id": "7.1", "title": BOTH, "text": BOTH, "filters": list(filters)}
    return compile_policy(parse({"format": 1, "clauses": [clause], **document}))


def judge_words(body: str, *words: str, **settings: Any) -> Verdict:
    """The verdict of a policy that rejects `words`."""
    use = {"filter": "words", "action": "reject", "words": list(words), **settings}
    return evaluate(policy_with(use), Submission(body))


def blamed(verdict: Verdict, body: str) -> list[str]:
    """The words of `body` that the findings point at."""
    return [
        body[finding.start : finding.end]
        for finding in verdict.findings
        if finding.start is not None
    ]
