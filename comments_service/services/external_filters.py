"""The publisher's own service as a filter: asked before the transaction, over guarded HTTP.

The question is a POST signed after Standard Webhooks; the answer is
`{"outcome": "allow" | "hold" | "reject", "message"?: {"ko", "en"}}`. Anything else, or nothing
before the deadline, counts as a failure, for which the policy says what happens.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated
from unicodedata import category

import structlog
from pydantic import AfterValidator, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked_dataclass

from comments_service import metrics
from comments_service.outbound.deadline import Deadline
from comments_service.outbound.errors import OutboundError
from comments_service.outbound.fetch import Answer, Guard, fetch
from comments_service.policy import (
    Action,
    BothLanguages,
    ExternalAnswer,
    History,
    Outcome,
    Policy,
    Submission,
    evaluate,
)
from comments_service.policy.filters import external
from comments_service.policy.filters.external import External
from comments_service.services.ids import new_id
from comments_service.webhooks import signature

OK = 200
MAX_ANSWER = 16 * 1024
FAILED = ExternalAnswer(None)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Question:
    """What a publisher's service is asked about."""

    site: str
    article: str
    body: str
    lang: str | None
    author: str | None
    asked_at: datetime


Ask = Callable[[External, Question], ExternalAnswer]
"""Puts a question to a filter's service. Never raises."""


def nobody(_use: External, _question: Question) -> ExternalAnswer:
    """Where there is no network, every question fails."""
    return FAILED


def _storable(message: BothLanguages) -> BothLanguages:
    """PostgreSQL keeps no NUL, and no reader can read a control character."""
    if any(category(char) == "Cc" for text in message.texts().values() for char in text):
        raise ValueError("control characters")
    return message


@checked_dataclass(frozen=True, slots=True)
class _Reply:
    outcome: Outcome
    message: Annotated[BothLanguages, AfterValidator(_storable)] | None = None


_REPLY = TypeAdapter(_Reply)


@dataclass(frozen=True, slots=True)
class OverHttp:
    """Asks over HTTP. `secret_key` is the service's; each filter's secret comes from it.

    `allow_private` is for development: it admits private addresses, plain http and any port.
    """

    secret_key: str
    allow_private: bool = False

    def __call__(self, use: External, question: Question) -> ExternalAnswer:
        try:
            return _read(self._fetch(use, question))
        except OutboundError as error:
            failure = error.failure.value
        except ValidationError:
            failure = "answer"
        metrics.EXTERNAL_FILTER_FAILURES.labels(failure).inc()
        log.warning("external_filter_failed", filter=use.name, site=question.site, failure=failure)
        return FAILED

    def secret(self, site: str, name: str) -> str:
        """What the publisher checks the signatures of the filter `name` with."""
        label = f"external-filter\0{site}\0{name}".encode()
        return signature.secret_of(hmac.digest(self.secret_key.encode(), label, sha256))

    def _fetch(self, use: External, question: Question) -> Answer:
        body = _message(question)
        message_id = f"msg_{new_id(question.asked_at)}"
        secret = self.secret(question.site, use.name)
        signed = signature.headers(secret, message_id, body, sent_at=question.asked_at)
        return fetch(
            "POST",
            use.url,
            guard=self._guard(),
            deadline=Deadline(use.deadline_ms / 1000),
            headers={"Content-Type": "application/json", **signed},
            content=body,
            max_bytes=MAX_ANSWER,
        )

    def _guard(self) -> Guard:
        if self.allow_private:
            schemes = frozenset({"http", "https"})
            return Guard(hosts=None, schemes=schemes, ports=None, allow_private=True)
        return Guard(hosts=None)


def consult(
    ask: Ask,
    policy: Policy,
    submission: Submission,
    history: History,
    question: Question,
) -> dict[str, ExternalAnswer]:
    """The answers of the policy's external filters, in the order of its clauses, up to the first
    that rejects.

    Nobody is asked about what the policy rejects, or has a person read, without them. Those
    not asked for that reason count as failed, should it no longer hold when the text is judged.
    """
    trace = evaluate(policy, submission, history).trace
    if any(step.filter == external.NAME and step.skipped for step in trace):
        return {use.name: FAILED for use in policy.externals}
    answers: dict[str, ExternalAnswer] = {}
    for use in policy.externals:
        answers[use.name] = answer = ask(use, question)
        if answer.outcome is Outcome.REJECT and use.action is Action.REJECT:
            break
    return answers


def _message(question: Question) -> bytes:
    data = {
        "site": question.site,
        "article": question.article,
        "body": question.body,
        "lang": question.lang,
        "author": question.author,
    }
    message = {"type": "comment.check", "timestamp": question.asked_at.isoformat(), "data": data}
    return json.dumps(message, ensure_ascii=False).encode()


def _read(answer: Answer) -> ExternalAnswer:
    """Raises `ValidationError` for what is no answer; a status other than 200 has none."""
    reply = _REPLY.validate_json(answer.content if answer.status == OK else b"")
    return ExternalAnswer(reply.outcome, reply.message.texts() if reply.message else None)
