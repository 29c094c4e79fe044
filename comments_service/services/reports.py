"""Reports: readers' objections to a comment, which a number of readers together take off the page
until a moderator has looked at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from comments_service.errors import NotFound, OwnComment
from comments_service.models import Comment, Report, ReportReason, Status
from comments_service.services import articles, counters, events, sites, suspensions
from comments_service.services.actor import Actor
from comments_service.services.events import EventType
from comments_service.services.rows import AnyRow
from comments_service.services.transaction import reading, transaction

__all__ = ["NewReport", "ReportReason", "file"]


@dataclass(frozen=True, slots=True)
class NewReport:
    """What a reader objects to in a comment."""

    comment_id: int
    reason: ReportReason
    note: str | None = None


def file(actor: Actor, command: NewReport, *, now: datetime) -> None:
    """Keep a report; the reader's second on the same comment changes nothing.

    The report that makes them as many as the site's `report_threshold` holds the comment. Further
    ones do not, so that a moderator's approval stands.

    Raises `NotFound` unless the comment is published, `OwnComment`, `AccountSuspended`.
    """
    with transaction() as session:
        article = articles.lock_of_comment(command.comment_id)
        comment = session.get_one(Comment, command.comment_id)
        if actor.site_id not in {None, article.site_id}:
            raise NotFound
        suspensions.check(actor.user_id, site_id=article.site_id, now=now)
        if session.get(Report, (comment.id, actor.user_id)) is not None:
            return
        if comment.status != Status.PUBLISHED:
            raise NotFound
        if comment.author_id == actor.user_id:
            raise OwnComment
        session.add(
            Report(
                comment_id=comment.id,
                user_id=actor.user_id,
                reason=command.reason,
                note=command.note,
                created_at=now,
            )
        )
        _record(EventType.COMMENT_REPORTED, comment, article, now=now)
        session.flush()
        if count(comment.id) == sites.by_id(article.site_id).settings.report_threshold:
            counters.withdraw(comment, Status.HELD)
            _record(EventType.COMMENT_HELD, comment, article, now=now)


def count(comment_id: int) -> int:
    """How many readers have reported a comment."""
    query = select(func.count()).select_from(Report).where(Report.comment_id == comment_id)
    with reading() as connection:
        return connection.execute(query).scalar_one()


def _record(event_type: EventType, comment: Comment, article: AnyRow, *, now: datetime) -> None:
    events.record(
        event_type,
        site_id=article.site_id,
        article_id=article.id,
        data={"comment_id": str(comment.id)},
        now=now,
    )
