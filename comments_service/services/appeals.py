"""Appeals: a writer asks for a second look at a comment that was rejected or removed."""

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
from comments_service.models import Appeal, Comment, Status, Verdict
from comments_service.services import articles
from comments_service.services.actor import Actor
from comments_service.services.transaction import transaction

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
        judged_at = session.execute(
            select(func.max(Verdict.created_at)).where(Verdict.comment_id == comment_id)
        ).scalar_one()
        if now > judged_at + WINDOW:
            raise AppealWindowClosed
        session.add(Appeal(comment_id=comment_id, user_id=actor.user_id, text=text, created_at=now))
