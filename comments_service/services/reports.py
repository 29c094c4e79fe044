"""Reports: readers' objections to a comment, which a number of readers together take off the page
until a moderator has looked at it.

A moderator's decision answers them all, and tells those who reported. Somebody whose reports were
mostly turned down counts for less from then on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from comments_service.errors import NotFound, OwnComment
from comments_service.models import (
    Comment,
    Decision,
    DecisionKind,
    Report,
    ReportReason,
    Status,
    User,
    db,
)
from comments_service.services import articles, counters, events, sites, suspensions
from comments_service.services.actor import Actor
from comments_service.services.events import EventType
from comments_service.services.rows import AnyRow
from comments_service.services.transaction import reading, transaction

FULL_WEIGHT = 100
REMEMBERED = 20
"""So many of a reader's answered reports, the newest, say what the next one weighs."""

FORGIVEN = 3
"""Fewer reports turned down than these weigh nothing down: anybody errs."""

__all__ = ["NewReport", "ReportReason", "file"]


@dataclass(frozen=True, slots=True)
class NewReport:
    """What a reader objects to in a comment."""

    comment_id: int
    reason: ReportReason
    note: str | None = None


def file(actor: Actor, command: NewReport, *, now: datetime) -> None:
    """Keep a report; the reader's second on the same comment changes nothing.

    Where the reports that nobody has looked at weigh as many as the site's `report_threshold`,
    they hold the comment; not one that a moderator has approved, which stands.

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
                weight=_weight(actor.user_id),
                created_at=now,
            )
        )
        _record(EventType.COMMENT_REPORTED, comment, article, now=now)
        if comment.reported_at is None:
            comment.reported_at = now
        session.flush()
        threshold = sites.by_id(article.site_id).settings.report_threshold
        if weigh_enough(comment.id, threshold=threshold) and not _is_approved(comment.id):
            counters.change(comment, Status.HELD)
            _record(EventType.COMMENT_HELD, comment, article, now=now)


def weigh_enough(comment_id: int, *, threshold: int) -> bool:
    """Whether the reports that no moderator has answered yet are enough to hold a comment.

    Those of deleted accounts weigh nothing: one person could make them all, each as another.
    """
    query = (
        select(func.coalesce(func.sum(Report.weight), 0))
        .join(User, User.id == Report.user_id)
        .where(
            Report.comment_id == comment_id,
            Report.answered_at.is_(None),
            User.deleted_at.is_(None),
        )
    )
    with reading() as connection:
        return int(connection.execute(query).scalar_one()) >= threshold * FULL_WEIGHT


def answer(comment: Comment, *, agreed: bool, decision_id: int, now: datetime) -> list[int]:
    """A moderator has decided: the open reports of the comment are answered. Who made them."""
    comment.reported_at = None
    answered = (
        update(Report)
        .where(Report.comment_id == comment.id, Report.answered_at.is_(None))
        .values(answered_at=now, agreed=agreed, decision_id=decision_id)
        .returning(Report.user_id)
        .execution_options(synchronize_session=False)
    )
    return sorted(db.session.execute(answered).scalars())


def reopen(comment: Comment, *, decision_id: int) -> None:
    """The decision that answered these reports was undone."""
    reopened = (
        update(Report)
        .where(Report.comment_id == comment.id, Report.decision_id == decision_id)
        .values(answered_at=None, agreed=None, decision_id=None)
        .returning(Report.created_at)
        .execution_options(synchronize_session=False)
    )
    moments = db.session.execute(reopened).scalars().all()
    if moments:
        comment.reported_at = min(moments)


def _weight(user_id: int) -> int:
    """What a report of this reader's weighs, in hundredths, by how the last ones were answered."""
    answered = (
        select(Report.agreed)
        .where(Report.user_id == user_id, Report.answered_at.is_not(None))
        .order_by(Report.answered_at.desc())
        .limit(REMEMBERED)
    )
    with reading() as connection:
        agreed = connection.execute(answered).scalars().all()
    right, wrong = sum(map(bool, agreed)), sum(not each for each in agreed)
    if wrong < FORGIVEN:
        return FULL_WEIGHT
    return FULL_WEIGHT * (right + 1) // (right + wrong + 1)


def _is_approved(comment_id: int) -> bool:
    """Whether the last word of the moderators that they did not take back was that the comment
    may stand."""
    undone = select(Decision.undoes).where(
        Decision.comment_id == comment_id, Decision.undoes.is_not(None)
    )
    last = (
        select(Decision.kind)
        .where(
            Decision.comment_id == comment_id,
            Decision.kind != DecisionKind.UNDO,
            Decision.id.not_in(undone),
        )
        .order_by(Decision.id.desc())
        .limit(1)
    )
    with reading() as connection:
        kind = connection.execute(last).scalar()
    return kind in {DecisionKind.APPROVE, DecisionKind.RESTORE}


def _record(event_type: EventType, comment: Comment, article: AnyRow, *, now: datetime) -> None:
    events.record(
        event_type,
        site_id=article.site_id,
        article_id=article.id,
        data={"comment_id": str(comment.id)},
        now=now,
    )
