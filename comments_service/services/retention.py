"""Retention: what is old goes, a batch at a time, so that no writer waits long for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, delete, exists, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from comments_service.models import (
    AccessToken,
    Appeal,
    AuthorizationCode,
    Avatar,
    Comment,
    CommentEdit,
    Delivery,
    DeliveryAttempt,
    FormerName,
    Glance,
    KeptAnswer,
    Notification,
    PendingLogin,
    RefreshToken,
    Session,
    StaffSession,
    Status,
    UsedAssertion,
    User,
    db,
)
from comments_service.services import event_log, former_names
from comments_service.services.answers import KEPT_FOR
from comments_service.services.ids import first_id
from comments_service.services.sessions import REFRESH_LIFE
from comments_service.services.transaction import transaction

BATCH = 1000
NOTIFICATIONS_KEPT_FOR = timedelta(days=90)
# A picture is stored in the transaction that shows it, but another account may be about to.
AVATAR_GRACE = timedelta(hours=1)

Batch = Callable[[], int]
"""Does away with at most `BATCH` rows in the open transaction, and says how many that were."""


@dataclass(frozen=True, slots=True)
class Kept:
    """For how long: the texts of rejected comments, events from when they happened, deliveries
    from their end."""

    rejected_bodies: timedelta = timedelta(days=30)
    events: timedelta = timedelta(days=90)
    deliveries: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Purged:
    """How many of what went."""

    what: str
    count: int


def purge(kept: Kept, *, now: datetime) -> Iterator[Purged]:
    """Delete what nobody can use any more, and what has been `kept` for long enough; the text of
    a rejected comment not before its appeal, if there is one, is decided.

    Tokens are kept for two weeks after their end, in which they are told from ones made up.
    """
    ended = now - REFRESH_LIFE
    former = now - former_names.KEPT_FOR
    rejected = now - kept.rejected_bodies
    # Tokens before their sessions, and codes before the sessions they began.
    batches: dict[str, Batch] = {
        "pending logins": partial(_delete, PendingLogin.id, PendingLogin.expires_at <= now),
        "codes": partial(_delete, AuthorizationCode.code_hash, AuthorizationCode.expires_at <= now),
        "access tokens": partial(_delete, AccessToken.token_hash, AccessToken.expires_at <= ended),
        "refresh tokens": partial(
            _delete, RefreshToken.token_hash, RefreshToken.expires_at <= ended
        ),
        "sessions": partial(_delete, Session.id, Session.expires_at <= ended),
        "moderators' sessions": partial(_delete, StaffSession.id, StaffSession.expires_at <= now),
        "used assertions": partial(
            _delete, UsedAssertion.jti_hash, UsedAssertion.expires_at <= now
        ),
        "kept answers": partial(
            _delete, KeptAnswer.scope_hash, KeptAnswer.created_at <= now - KEPT_FOR
        ),
        "former names": partial(_delete, FormerName.id, FormerName.replaced_at <= former),
        "pictures": partial(_delete, Avatar.hash, _is_unused_since(now - AVATAR_GRACE)),
        "deliveries": partial(_delete_deliveries, before=now - kept.deliveries),
        "events": partial(event_log.forget, before=now - kept.events, most=BATCH),
        "glances": partial(_delete, Glance.comment_id, Glance.until <= now),
        "notifications": partial(
            _delete, Notification.id, Notification.id < first_id(now - NOTIFICATIONS_KEPT_FOR)
        ),
        "earlier texts": partial(_delete, CommentEdit.id, CommentEdit.id < first_id(rejected)),
        "texts of rejected comments": partial(_blank_rejected, before=rejected),
    }
    for what, batch in batches.items():
        yield Purged(what, _until_done(batch))


def _until_done(batch: Batch) -> int:
    total = 0
    while True:
        with transaction():
            count = batch()
        total += count
        if count < BATCH:
            return total


def _delete(key: InstrumentedAttribute[Any], is_old: ColumnElement[bool]) -> int:
    old = select(key).where(is_old).limit(BATCH)
    return _changed(delete(key.class_).where(key.in_(old)))


def _is_unused_since(moment: datetime) -> ColumnElement[bool]:
    return (Avatar.created_at <= moment) & ~exists().where(User.avatar == Avatar.hash)


def _delete_deliveries(*, before: datetime) -> int:
    """Those that ended before, with their tries."""
    old = db.session.scalars(
        select(Delivery.id).where(Delivery.ended_at <= before).limit(BATCH)
    ).all()
    _changed(delete(DeliveryAttempt).where(DeliveryAttempt.delivery_id.in_(old)))
    return _changed(delete(Delivery).where(Delivery.id.in_(old)))


def _blank_rejected(*, before: datetime) -> int:
    is_appealed = exists().where(Appeal.comment_id == Comment.id, Appeal.decided_at.is_(None))
    old = (
        select(Comment.id)
        .where(
            Comment.status == Status.REJECTED,
            Comment.id < first_id(before + timedelta(microseconds=1)),  # for the index
            func.coalesce(Comment.edited_at, Comment.created_at) <= before,
            Comment.body != "",
            ~is_appealed,
        )
        .limit(BATCH)
    )
    # The status again: on PostgreSQL a moderator may have approved one since it was found.
    still = Comment.status == Status.REJECTED
    return _changed(update(Comment).where(Comment.id.in_(old), still).values(body=""))


def _changed(statement: Any) -> int:
    result = db.session.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", result).rowcount
