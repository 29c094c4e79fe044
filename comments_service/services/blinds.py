"""Temporary blinds (임시조치): a comment goes out of sight because somebody whom it is about asked.

It lasts 30 days at most. The writer is told and may object; somebody at the desk then restores or
deletes the comment. What nobody resolves ends by itself, as the site has set it. Every step is
timed and in the audit log. Which law asks for what is for the publisher's counsel to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from comments_service.errors import BlindExists, NoBlind, NotBlindable, NotFound
from comments_service.models import Blind, BlindOutcome, Comment, Status
from comments_service.services import articles, audit, counters, events, notifications, sites
from comments_service.services.actor import Actor
from comments_service.services.audit import AuditAction
from comments_service.services.events import EventType
from comments_service.services.ids import new_id
from comments_service.services.rows import AnyRow
from comments_service.services.sites import BlindExpiry, SiteView
from comments_service.services.transaction import WriteSession, reading, transaction

__all__ = ["BlindOutcome"]  # for the edge, which sees no tables

LONGEST = timedelta(days=30)


class Resolution(StrEnum):
    RESTORE = "restore"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class NewBlind:
    """Who asked for it and why, in the desk's words."""

    comment_id: int
    requester: str
    reason: str
    lasts: timedelta = LONGEST


@dataclass(frozen=True, slots=True)
class BlindView:
    """`outcome` is None while the comment is out of sight."""

    id: int
    comment_id: int
    body: str
    requester: str
    reason: str
    created_by: str
    created_at: datetime
    ends_at: datetime
    objection: str | None
    objected_at: datetime | None
    resolved_by: str | None
    resolved_at: datetime | None
    outcome: BlindOutcome | None


def begin(actor: Actor, command: NewBlind, *, now: datetime) -> tuple[BlindView, bool]:
    """Take a published comment out of sight; whether it was not already.

    Raises `NotFound`, and `NotBlindable` for a comment that nobody sees anyway.
    """
    with transaction() as session:
        comment, article = _locked(session, actor, command.comment_id)
        blind = _open(session, comment.id)
        if blind is not None:
            return _view(blind, comment), False
        if comment.status != Status.PUBLISHED:
            raise NotBlindable
        blind = Blind(
            id=new_id(now),
            comment_id=comment.id,
            site_id=article.site_id,
            requester=command.requester,
            reason=command.reason,
            created_by=actor.key,
            created_at=now,
            ends_at=now + min(command.lasts, LONGEST),
        )
        session.add(blind)
        counters.change(comment, Status.REMOVED)
        _tell(EventType.COMMENT_REMOVED, comment, article, now=now)
        notifications.tell_of_blind(comment, site_id=blind.site_id, now=now)
        session.flush()
        _audit(
            AuditAction.COMMENT_BLINDED,
            blind,
            actor=actor.key,
            reason=command.reason,
            before=Status.PUBLISHED,
            after=Status.REMOVED,
            now=now,
        )
        return _view(blind, comment), True


def object_to(actor: Actor, comment_id: int, text: str, *, now: datetime) -> BlindView:
    """Note the writer's objection, which came by post or in person.

    Raises `NotFound`, `NoBlind`, and `BlindExists` where one is noted already.
    """
    with transaction() as session:
        comment, _article = _locked(session, actor, comment_id)
        blind = _open(session, comment.id)
        if blind is None:
            raise NoBlind
        if blind.objected_at is not None:
            raise BlindExists
        blind.objection, blind.objected_at = text, now
        session.flush()
        status = Status(comment.status)
        _audit(
            AuditAction.BLIND_OBJECTED,
            blind,
            actor=actor.key,
            before=status,
            after=status,
            now=now,
        )
        return _view(blind, comment)


def resolve(
    actor: Actor,
    comment_id: int,
    resolution: Resolution,
    *,
    reason: str | None,
    now: datetime,
) -> BlindView:
    """End it: the comment is back, or stays removed. Raises `NotFound`, `NoBlind`."""
    with transaction() as session:
        comment, article = _locked(session, actor, comment_id)
        blind = _open(session, comment.id)
        if blind is None:
            raise NoBlind
        is_back = resolution is Resolution.RESTORE
        outcome = BlindOutcome.RESTORED if is_back else BlindOutcome.DELETED
        _end(session, blind, comment, article, outcome, is_back=is_back, now=now)
        blind.resolved_by = actor.key
        session.flush()
        _audit(
            AuditAction.BLIND_RESOLVED,
            blind,
            actor=actor.key,
            reason=reason,
            before=Status.REMOVED,
            after=Status(comment.status),
            now=now,
        )
        return _view(blind, comment)


def expire_next(*, now: datetime) -> bool:
    """End the oldest that is over, as its site has set it; whether there was one."""
    due = (
        select(Blind.id, Blind.comment_id)
        .where(Blind.resolved_at.is_(None), Blind.ends_at <= now)
        .order_by(Blind.ends_at, Blind.id)
        .limit(1)
    )
    with reading() as connection:
        row = connection.execute(due).first()
    if row is None:
        return False
    with transaction() as session:
        article = articles.lock_of_comment(row.comment_id)
        comment = session.get_one(Comment, row.comment_id)
        blind = session.get_one(Blind, row.id, with_for_update=True)
        if blind.resolved_at is not None:  # somebody was quicker
            return True
        expiry = sites.by_id(blind.site_id).settings.blind_expiry
        is_back = expiry == BlindExpiry.RESTORE
        _end(session, blind, comment, article, BlindOutcome.EXPIRED, is_back=is_back, now=now)
        _audit(
            AuditAction.BLIND_EXPIRED,
            blind,
            actor=audit.OPERATOR,
            before=Status.REMOVED,
            after=Status(comment.status),
            now=now,
        )
    return True


def of_comment(actor: Actor, comment_id: int) -> BlindView:
    """The comment's newest, open or not. Raises `NotFound`."""
    query = (
        select(Blind.__table__, Comment.body)
        .join(Comment, Comment.id == Blind.comment_id)
        .where(Blind.comment_id == comment_id)
        .order_by(Blind.id.desc())
        .limit(1)
    )
    with reading() as connection:
        row = connection.execute(query).first()
    if row is None or not actor.reaches(row.site_id):
        raise NotFound
    return _view(row, row)


def is_open(comment_id: int) -> bool:
    """Whether a comment is out of sight on request now."""
    query = select(Blind.id).where(Blind.comment_id == comment_id, Blind.resolved_at.is_(None))
    with reading() as connection:
        return connection.execute(query).first() is not None


def listed(site: SiteView, *, limit: int) -> tuple[BlindView, ...]:
    """The site's newest, those still open first."""
    query = (
        select(Blind.__table__, Comment.body)
        .join(Comment, Comment.id == Blind.comment_id)
        .where(Blind.site_id == site.id)
        .order_by(Blind.resolved_at.is_not(None), Blind.id.desc())
        .limit(limit)
    )
    with reading() as connection:
        return tuple(_view(row, row) for row in connection.execute(query))


def _locked(session: WriteSession, actor: Actor, comment_id: int) -> tuple[Comment, AnyRow]:
    article = articles.lock_of_comment(comment_id)
    if not actor.reaches(article.site_id):
        raise NotFound
    return session.get_one(Comment, comment_id), article


def _open(session: WriteSession, comment_id: int) -> Blind | None:
    query = select(Blind).where(Blind.comment_id == comment_id, Blind.resolved_at.is_(None))
    return session.scalars(query).first()


def _end(
    session: WriteSession,
    blind: Blind,
    comment: Comment,
    article: AnyRow,
    outcome: BlindOutcome,
    *,
    is_back: bool,
    now: datetime,
) -> None:
    """The comment comes back, unless its writer has deleted it meanwhile."""
    blind.resolved_at, blind.outcome = now, outcome
    if is_back and comment.status == Status.REMOVED:
        counters.change(comment, Status.PUBLISHED)
        _tell(EventType.COMMENT_PUBLISHED, comment, article, now=now)
    notifications.tell_of_blind(comment, site_id=blind.site_id, now=now)
    session.flush()


def _tell(event_type: EventType, comment: Comment, article: AnyRow, *, now: datetime) -> None:
    events.record(
        event_type,
        site_id=article.site_id,
        article_id=article.id,
        data={"comment_id": str(comment.id)},
        now=now,
    )


def _audit(
    action: AuditAction,
    blind: Blind,
    *,
    actor: str,
    before: Status,
    after: Status,
    now: datetime,
    reason: str | None = None,
) -> None:
    audit.record(
        action,
        actor=actor,
        target=f"comment:{blind.comment_id}",
        site_id=blind.site_id,
        reason=reason,
        before={"status": before.value},
        after={"status": after.value, "blind": str(blind.id), "until": blind.ends_at.isoformat()},
        now=now,
    )


def _view(blind: Blind | AnyRow, comment: Comment | AnyRow) -> BlindView:
    return BlindView(
        id=blind.id,
        comment_id=blind.comment_id,
        body=comment.body,
        requester=blind.requester,
        reason=blind.reason,
        created_by=blind.created_by,
        created_at=blind.created_at,
        ends_at=blind.ends_at,
        objection=blind.objection,
        objected_at=blind.objected_at,
        resolved_by=blind.resolved_by,
        resolved_at=blind.resolved_at,
        outcome=None if blind.outcome is None else BlindOutcome(blind.outcome),
    )
