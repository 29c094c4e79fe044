"""What happened, written into the outbox in the commit that made it happen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Insert, Table, bindparam, func, insert, select

from comments_service.models import Event
from comments_service.services.ids import new_id
from comments_service.services.transaction import writing


class EventType(StrEnum):
    COMMENT_PUBLISHED = "comment.published"
    COMMENT_HELD = "comment.held"
    COMMENT_REJECTED = "comment.rejected"
    COMMENT_REMOVED = "comment.removed"
    COMMENT_DELETED = "comment.deleted"
    COMMENT_EDITED = "comment.edited"
    COMMENT_REPORTED = "comment.reported"
    ARTICLE_CLOSED = "article.closed"
    ARTICLE_MERGED = "article.merged"
    USER_SUSPENDED = "user.suspended"
    USER_DELETED = "user.deleted"
    POLICY_PUBLISHED = "policy.published"


_table: Table = Event.metadata.tables["event"]
_own_id = bindparam("own_id", type_=BigInteger)
_GIVEN = {
    name: bindparam(name, type_=_table.c[name].type)
    for name in ("site_id", "article_id", "type", "data", "created_at")
}
_INSERT_ON_POSTGRESQL = insert(_table).values(id=func.nextval("event_id"), **_GIVEN)
# SQLite has one writer: the greatest that there was, or the time, so that none comes twice even if
# the last ones were deleted.
_INSERT_ON_SQLITE = insert(_table).values(
    id=func.max(func.coalesce(select(func.max(_table.c.id) + 1).scalar_subquery(), 0), _own_id),
    **_GIVEN,
)


def record(
    event_type: EventType,
    *,
    site_id: int,
    data: dict[str, Any],
    now: datetime,
    article_id: int | None = None,
) -> None:
    """Add an event to the open transaction. `data` names things by id; a reader of the log gets
    them as they are when it reads, so that nothing deleted lives on in it.

    Where there is an article, the caller holds its row: its events then have ids in the order of
    their commits, though the requests may have begun in another.
    """
    values = _values(event_type, site_id, article_id, data, now)
    writing().execute(_insert(), values)


def record_all(
    event_type: EventType,
    about: Sequence[tuple[int, dict[str, Any]]],
    *,
    site_id: int,
    now: datetime,
) -> None:
    """`record` for many at once: the article and the `data` of each, in their order."""
    if about:
        values = [_values(event_type, site_id, article, data, now) for article, data in about]
        writing().execute(_insert(), values)


def _insert() -> Insert:
    on_postgresql = writing().dialect.name == "postgresql"
    return _INSERT_ON_POSTGRESQL if on_postgresql else _INSERT_ON_SQLITE


def _values(
    event_type: EventType,
    site_id: int,
    article_id: int | None,
    data: dict[str, Any],
    now: datetime,
) -> dict[str, Any]:
    on_postgresql = writing().dialect.name == "postgresql"
    return {
        **({} if on_postgresql else {"own_id": new_id(now)}),
        "site_id": site_id,
        "article_id": article_id,
        "type": event_type,
        "data": data,
        "created_at": now,
    }
