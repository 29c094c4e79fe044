"""What a caller is told while something that the service leans on is gone or too slow.

Nothing was written then, or the commit's own answer was lost: an `Idempotency-Key` makes trying
again safe. That it is not a fault of the program decides the answer: 503 with `Retry-After`.
"""

from __future__ import annotations

import structlog
from flask import Flask, Response
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from comments_service import metrics
from comments_service.web.http import problem

RETRY_AFTER_SECONDS = 2

BUSY = {
    "53300",  # too many connections
    "55P03",  # a lock was not to be had in time
    "57014",  # a statement took too long
    "40001",  # a transaction met another
    "40P01",  # two waited for each other
}
"""SQLSTATEs of a database that is there, and has too much to do (PostgreSQL, appendix A)."""

READ_ONLY = "25006"
"""What a replica says to who writes: the primary has moved elsewhere."""

log = structlog.get_logger()


def _busy(_error: Exception) -> Response:
    return _tell("overloaded", "busy")


def _of_database(error: DBAPIError) -> Response:
    state = getattr(error.orig, "sqlstate", None)
    if state in BUSY or "database is locked" in str(error.orig):
        return _tell("overloaded", "busy")
    if isinstance(error, (OperationalError, InterfaceError)) or state == READ_ONLY:
        return _tell("unavailable", "gone")
    raise error


def _of_redis(_error: RedisError) -> Response:
    return _tell("unavailable", "gone")


def _tell(code: str, cause: str) -> Response:
    log.warning("outage", cause=cause)
    metrics.OUTAGES.labels(cause).inc()
    return problem.problem(code, retry_after=RETRY_AFTER_SECONDS)


def register(app: Flask) -> None:
    """Answer for what is not there."""
    app.register_error_handler(NoConnectionFree, _busy)
    app.register_error_handler(DBAPIError, _of_database)
    app.register_error_handler(RedisError, _of_redis)
