"""Kept answers: a request sent twice under one `Idempotency-Key` has one effect.

The answer is stored in the transaction of the effect, so either both are there or neither.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from sqlalchemy import func, select

from comments_service.errors import CommentsError, IdempotencyKeyReused, RequestInProgress
from comments_service.models import KeptAnswer, db
from comments_service.services.rows import AnyRow
from comments_service.services.transaction import reading, together, transaction

KEPT_FOR = timedelta(hours=24)

_in_flight: set[str] = set()
_in_flight_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished HTTP answer; `keep` False for one that a retry should not get again."""

    status: int
    headers: dict[str, str]
    body: bytes
    keep: bool = True


def digest(*parts: bytes) -> str:
    """One hash over `parts`, none of which can run into its neighbour."""
    hashed = sha256()
    for part in parts:
        hashed.update(len(part).to_bytes(8, "big") + part)
    return hashed.hexdigest()


def once(
    scope: str,
    body: str,
    work: Callable[[], Answer],
    refused: Callable[[CommentsError], Answer],
    *,
    now: datetime,
) -> tuple[Answer, bool]:
    """The answer of `work`, or the first one's under the same `scope`; and whether it is a replay.

    `scope` is the digest of actor, method, path and key; `body` that of the body. An error of
    `work` undoes what it did, and `refused` makes an answer of it, which is kept alike. Raises
    `IdempotencyKeyReused` for another body, `RequestInProgress` while a twin is being answered.
    """
    claim = partial(_claim, scope, now=now)
    with _alone(scope):
        kept = _kept(scope, now=now)
        if kept is not None:
            if kept.body_hash != body:
                raise IdempotencyKeyReused
            return Answer(kept.status, dict(kept.headers), kept.body), True
        try:
            with together(claim):
                answer = work()
                _keep(answer, scope, body, now=now)
        except RequestInProgress:
            raise
        except CommentsError as error:
            answer = refused(error)
            with together(claim):
                _keep(answer, scope, body, now=now)
        return answer, False


def _kept(scope: str, *, now: datetime) -> AnyRow | None:
    query = select(KeptAnswer.__table__).where(
        KeptAnswer.scope_hash == scope, KeptAnswer.created_at > now - KEPT_FOR
    )
    with reading() as connection:
        return connection.execute(query).one_or_none()


def _keep(answer: Answer, scope: str, body: str, *, now: datetime) -> None:
    if not answer.keep:
        return
    with transaction() as session:
        session.merge(
            KeptAnswer(
                scope_hash=scope,
                body_hash=body,
                status=answer.status,
                headers=answer.headers,
                body=answer.body,
                created_at=now,
            )
        )


def _claim(scope: str, *, now: datetime) -> None:
    """A twin in another process is being answered, or has been since we looked."""
    if db.engine.dialect.name == "postgresql":
        _claim_on_postgresql(scope)
    if _kept(scope, now=now) is not None:
        raise RequestInProgress


@contextmanager
def _alone(scope: str) -> Iterator[None]:
    """Twins in this process; SQLite's single writer makes those of other processes wait."""
    with _in_flight_lock:
        if scope in _in_flight:
            raise RequestInProgress
        _in_flight.add(scope)
    try:
        yield
    finally:
        with _in_flight_lock:
            _in_flight.discard(scope)


def _claim_on_postgresql(scope: str) -> None:
    number = int(scope[:15], 16)
    if not db.session.execute(select(func.pg_try_advisory_xact_lock(number))).scalar_one():
        raise RequestInProgress
