"""A piece of work done again where the database broke it off for another's sake.

PostgreSQL ends one of two transactions that wait for each other, and on SQLite another process
may keep the one place for a writer for longer than one waits. Neither is a fault of the work. Nor
is it that what it looked at before it had its locks has changed since: it says so with `Outdated`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError

from comments_service.errors import Overloaded

T = TypeVar("T")

PAUSES = (0.1, 0.5, 2.0, 8.0)
"""Seconds from one try to the next, each up to a half longer so that two do not meet again."""

BROKEN_OFF = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL's serialization failure, deadlock, and lock not available."""

SQLITE_BUSY = 5

log = structlog.get_logger()


class Outdated(Exception):
    """Raised by a piece of work: what it went by is no longer so, and it has to look again."""


def again(work: Callable[[], T], *, pauses: tuple[float, ...] = PAUSES) -> T:
    """What `work`, a whole transaction, gives back; the last try's error is raised on."""
    for tried, pause in enumerate(pauses, start=1):
        try:
            return work()
        except (DBAPIError, Outdated, Overloaded) as error:
            if not _is_broken_off(error):
                raise
            log.warning("transaction_tried_again", tried=tried)
        time.sleep(pause * random.uniform(1, 1.5))  # noqa: S311  no secret
    return work()


def is_temporary(error: Exception) -> bool:
    """Whether the same work may well succeed later: it was broken off, or PostgreSQL was not to be
    reached, as while it is started anew."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, Outdated | Overloaded)
    on_postgresql = hasattr(error.orig, "sqlstate")
    is_away = on_postgresql and isinstance(error, OperationalError)
    return is_away or error.connection_invalidated or _is_broken_off(error)


def _is_broken_off(error: DBAPIError | Outdated | Overloaded) -> bool:
    if isinstance(error, Outdated | Overloaded):
        return True
    busy = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == SQLITE_BUSY
    return busy or getattr(error.orig, "sqlstate", None) in BROKEN_OFF
