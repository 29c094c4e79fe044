"""Appeals: a writer asks for a second look at a comment that was rejected or removed.

Somebody who did not decide it judges the appeal, by a decision like any other (`moderation.py`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from comments_service.errors import (
    AppealExists,
    AppealWindowClosed,
    NotAppealable,
    NotFound,
    NotYours,
)
from comments_service.models import Appeal, Comment, Decision, Status, Verdict
from comments_service.services import articles
from comments_service.services.actor import Actor
from comments_service.services.transaction import WriteSession, transaction

WINDOW = timedelta(days=7)


def file(actor: Actor, comment_id: int, text: str, *, now: datetime) -> None:
    """Keep the actor's appeal. A suspended account may appeal too.

    Raises `NotFound`, `NotYours`, `NotAppealable`, `AppealExists`, `AppealWindowClosed`.
    """
    with transaction() as session:
        article = articles.lock_of_comment(comment_id)
        if actor.site_id not in {None, article.site_id}:
            raise NotFound
        comment = session.get_one(Comment, comment_id)
        if comment.author_id != actor.user_id:
            raise NotYours if comment.status == Status.PUBLISHED else NotFound
        if comment.status not in {Status.REJECTED, Status.REMOVED}:
            raise NotAppealable
        if session.get(Appeal, comment_id) is not None:
            raise AppealExists
        if now > _decided_at(session, comment_id, comment.created_at) + WINDOW:
            raise AppealWindowClosed
        session.add(
            Appeal(
                comment_id=comment_id,
                site_id=article.site_id,
                user_id=actor.user_id,
                text=text,
                created_at=now,
            )
        )


def _decided_at(session: WriteSession, comment_id: int, written_at: datetime) -> datetime:
    """When the comment was last judged: by a moderator, or, where none has, by the policy.
    An imported comment was judged elsewhere, when it was written."""
    moments = [
        session.execute(select(func.max(table.created_at)).where(table.comment_id == comment_id))
        for table in (Verdict, Decision)
    ]
    known = [moment for found in moments if (moment := found.scalar()) is not None]
    return max(known, default=written_at)
