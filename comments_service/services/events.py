"""What happened, written into the outbox in the commit that made it happen."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, case, func, insert, literal, select

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
    event_id: Any = new_id(now)
    if article_id is not None:
        last = select(func.max(Event.id)).where(Event.article_id == article_id).scalar_subquery()
        own = literal(event_id, BigInteger)
        event_id = case((last >= own, last + 1), else_=own)
    db.session.execute(
        insert(Event).values(
            id=event_id,
            site_id=site_id,
            article_id=article_id,
            type=event_type,
            data=data,
            created_at=now,
        )
    )
