"""Notifications: what a reader is told of answers to their comments and of moderators' decisions.

Written in the transaction of what they tell of; read and marked as read by whom they are for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from sqlalchemy import bindparam, delete, exists, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from comments_service.models import (
    Comment,
    Decision,
    DecisionKind,
    Mute,
    Notification,
    NotificationKind,
    db,
)
from comments_service.services import accounts
from comments_service.services.actor import Actor
from comments_service.services.ids import new_id
from comments_service.services.transaction import reading, transaction, writing
from comments_service.services.views import CommentView, comment_view_alone, comments_with_articles

COUNTED = 100
"""More that is unread than this makes no difference to anybody."""

__all__ = ["DecisionKind", "NotificationKind", "NotificationView", "Notifications"]


@dataclass(frozen=True, slots=True)
class NotificationView:
    """`comment` is the reply, or the comment that was decided on; its text is there where this
    reader may see it. `decision`, `reason` and `agreed` (with their report) are a decision's."""

    id: int
    kind: NotificationKind
    comment: CommentView
    decision: DecisionKind | None
    reason: str | None
    agreed: bool | None
    created_at: datetime
    is_read: bool


@dataclass(frozen=True, slots=True)
class Notifications:
    """Some of a reader's, newest first; `next` is the id to go on below, or None. `unread` counts
    all of theirs on the site, as far as `COUNTED`."""

    items: tuple[NotificationView, ...]
    next: int | None
    unread: int


def page(actor: Actor, *, limit: int, below: int | None = None) -> Notifications:
    """The newest `limit` of the actor's on the site of their token, or those before an id."""
    mine = (
        Notification.user_id == actor.user_id,
        Notification.site_id == accounts.own_site(actor),
    )
    query = (
        comments_with_articles()
        .join(Notification, Notification.comment_id == Comment.id)
        .outerjoin(Decision, Decision.id == Notification.decision_id)
        .add_columns(
            Notification.id.label("notification_id"),
            Notification.kind.label("notification_kind"),
            Notification.created_at.label("notified_at"),
            Notification.read_at,
            Decision.kind.label("decision"),
            Decision.reason.label("reason"),
        )
        .where(*mine)
        .order_by(Notification.id.desc())
        .limit(limit + 1)
    )
    if below is not None:
        query = query.where(Notification.id < below)
    unread = select(Notification.id).where(*mine, Notification.read_at.is_(None)).limit(COUNTED)
    with reading() as connection:
        rows = connection.execute(query).all()
        count = connection.execute(select(func.count()).select_from(unread.subquery())).scalar_one()
    items = tuple(_view(row) for row in rows[:limit])
    return Notifications(items, items[-1].id if len(rows) > limit else None, count)


def mark_read(actor: Actor, until: int, *, now: datetime) -> None:
    """All of the actor's up to this one are read."""
    with transaction() as session:
        session.execute(
            update(Notification)
            .where(
                Notification.user_id == actor.user_id,
                Notification.site_id == accounts.own_site(actor),
                Notification.id <= until,
                Notification.read_at.is_(None),
            )
            .values(read_at=now)
            .execution_options(synchronize_session=False)
        )


class Reply(Protocol):
    """What is told of a comment that answers another."""

    @property
    def id(self) -> int: ...
    @property
    def parent_id(self) -> int | None: ...
    @property
    def author_id(self) -> int: ...


_is_muted = exists().where(
    Mute.user_id == Comment.author_id, Mute.muted_user_id == bindparam("author_id")
)
_ANSWERED = select(Comment.author_id).where(Comment.id == bindparam("parent_id"), ~_is_muted)


def tell_of_reply(comment: Reply, *, site_id: int, now: datetime) -> None:
    """`comment` is published: whoever it answers is told, once, unless they muted its author."""
    if comment.parent_id is None:
        return
    asked = {"parent_id": comment.parent_id, "author_id": comment.author_id}
    to = writing().execute(_ANSWERED, asked).scalar()
    if to is None or to == comment.author_id:
        return
    values = _values(to, site_id, NotificationKind.REPLY, comment.id, None, now)
    writing().execute(_insert_once(writing().dialect.name), values)


def tell_of_decision(
    comment: Comment, *, site_id: int, decision_id: int, reporters: Iterable[int], now: datetime
) -> None:
    """The writer learns what became of the comment, and those who reported it of their report."""
    told = [(comment.author_id, NotificationKind.DECISION)]
    told += [(user_id, NotificationKind.REPORT) for user_id in reporters]
    db.session.execute(
        insert(Notification),
        [_values(to, site_id, kind, comment.id, decision_id, now) for to, kind in told],
    )


def tell_of_blind(comment: Comment, *, site_id: int, now: datetime) -> None:
    """The writer learns that the comment is out of sight for some weeks, or how that ended."""
    values = _values(comment.author_id, site_id, NotificationKind.BLIND, comment.id, None, now)
    db.session.execute(insert(Notification), [values])


def take_back(decision_id: int) -> None:
    """A decision was undone: nobody is told of it any more."""
    db.session.execute(delete(Notification).where(Notification.decision_id == decision_id))


def _values(
    to: int,
    site_id: int,
    kind: NotificationKind,
    comment_id: int,
    decision_id: int | None,
    now: datetime,
) -> dict[str, Any]:
    return {
        "id": new_id(now),
        "user_id": to,
        "site_id": site_id,
        "kind": kind,
        "comment_id": comment_id,
        "decision_id": decision_id,
        "created_at": now,
    }


@cache
def _insert_once(dialect: str) -> Any:
    to_insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return to_insert(Notification).on_conflict_do_nothing(
        index_elements=["comment_id", "user_id"], index_where=text("kind = 'reply'")
    )


def _view(row: Any) -> NotificationView:
    kind = NotificationKind(row.notification_kind)
    decision = None if row.decision is None else DecisionKind(row.decision)
    agreed = None
    if kind is NotificationKind.REPORT:
        agreed = decision in {DecisionKind.REJECT, DecisionKind.REMOVE}
    own = kind in {NotificationKind.DECISION, NotificationKind.BLIND}
    return NotificationView(
        id=row.notification_id,
        kind=kind,
        comment=comment_view_alone(row, own=own),
        decision=decision,
        reason=row.reason if own else None,
        agreed=agreed,
        created_at=row.notified_at,
        is_read=row.read_at is not None,
    )
