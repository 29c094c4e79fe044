"""What happened, written into the outbox in the commit that made it happen."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, func, insert, literal, select

from comments_service.models import Event, db
from comments_service.services.ids import new_id


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
    db.session.execute(
        insert(Event).values(
            id=_next_id(now),
            site_id=site_id,
            article_id=article_id,
            type=event_type,
            data=data,
            created_at=now,
        )
    )


def _next_id(now: datetime) -> Any:
    """PostgreSQL's sequence; on SQLite, which has one writer, the greatest that there was, or the
    time, so that none comes twice even if the last ones were deleted."""
    if db.engine.dialect.name == "postgresql":
        return func.nextval("event_id")
    after_last = select(func.max(Event.id) + 1).scalar_subquery()
    return func.max(func.coalesce(after_last, 0), literal(new_id(now), BigInteger))
