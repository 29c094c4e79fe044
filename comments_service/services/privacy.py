"""Forgetting a person, at their own wish or as a provider asks; `own_data.py` hands it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import delete, or_, select, update

from comments_service.errors import NotFound
from comments_service.models import (
    Appeal,
    Article,
    Comment,
    CommentEdit,
    DataDeletion,
    Identity,
    Mute,
    Notification,
    PendingLogin,
    Report,
    Session,
    Status,
    User,
    UserNote,
    Vote,
    db,
)
from comments_service.services import (
    accounts,
    articles,
    audit,
    avatars,
    counters,
    events,
    former_names,
    identities,
    names,
    sessions,
    sites,
    votes,
)
from comments_service.services.audit import AuditAction
from comments_service.services.events import EventType
from comments_service.services.identities import IdentityKey
from comments_service.services.sessions import RevokedBecause
from comments_service.services.sites import AccountDeletion
from comments_service.services.transaction import reading, transaction

CODE_LENGTH = 32

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class DeletionStatus:
    """How far a provider's request to forget somebody is."""

    requested_at: datetime
    finished_at: datetime | None


def delete_account_for(user_id: int, *, reason: str, pepper: str, now: datetime) -> None:
    """Forget a person who asked an operator for it, by letter say. Raises `NotFound`."""
    with transaction() as session:
        user = session.get(User, user_id)
        if user is None or user.deleted_at is not None:
            raise NotFound
        delete_account(user_id, pepper=pepper, now=now)
        audit.record(
            AuditAction.USER_DELETED,
            actor=audit.OPERATOR,
            target=audit.user(user_id),
            reason=reason,
            now=now,
        )


def delete_account(user_id: int, *, pepper: str, now: datetime) -> None:
    """Forget a person: sessions end, identities are erased, votes are taken back, comments stay
    without their name or go, as each site has set it. Again is no error.

    `pepper` is the service's secret: what remains of a suspended person's identities is keyed
    with it, so that deleting an account does not end its suspension.
    """
    with transaction() as session:
        own = identities.lock_all(user_id)
        user = session.get_one(User, user_id)
        if user.deleted_at is not None:
            return
        user.deleted_at = now
        sessions.revoke_all(user_id, RevokedBecause.ACCOUNT_DELETED, now=now)
        for identity in own:
            identities.remember_suspended(identity, pepper=pepper, now=now)
            identities.forget(identity, reason=RevokedBecause.ACCOUNT_DELETED, now=now)
        articles.lock_touched_by(user_id)
        # Or one person could vote as often as they log in and delete their account.
        votes.take_back(Vote.user_id == user_id)
        _take_comments_away(user_id, now=now)
        _drop_what_others_do_not_see(user_id)
        picture = user.avatar
        user.display_name, user.name_chosen = names.DELETED, False
        user.provider = user.avatar = user.lang = user.staff_of = None
        avatars.drop(picture)
        accounts.show_in_threads(user_id)
        _tell_sites(user_id, now=now)
    log.info("account_deleted", user_id=user_id)


def forget_identity(key: IdentityKey, *, pepper: str, now: datetime) -> str:
    """Do what a provider asks for a person who wants to be forgotten: erase the identity, and the
    account with the last one. Returns the code to ask `deletion_status` with.

    An unknown person gets a code like any other, and the same request the same code.
    """
    code = key.keyed_hash(f"data deletion:{pepper}")[:CODE_LENGTH]
    with transaction() as session:
        identity = identities.find(key)
        if identity is not None:
            others = select(Identity.id).where(
                Identity.user_id == identity.user_id, Identity.id != identity.id
            )
            if session.scalar(others.limit(1)) is None:
                delete_account(identity.user_id, pepper=pepper, now=now)
            else:
                identities.remember_suspended(identity, pepper=pepper, now=now)
                identities.unlink(identity.user_id, key.provider, but_session=None, now=now)
                accounts.show_in_threads(identity.user_id)
        row = session.get(DataDeletion, code)
        if row is None:
            row = DataDeletion(code=code, requested_at=now)
            session.add(row)
        row.finished_at = now
    log.info("data_deletion_requested", provider=key.provider)
    return code


def deletion_status(code: str) -> DeletionStatus:
    """How far the request with this code is. Raises `NotFound`."""
    with reading() as connection:
        row = connection.execute(
            select(DataDeletion.requested_at, DataDeletion.finished_at).where(
                DataDeletion.code == code
            )
        ).one_or_none()
    if row is None:
        raise NotFound
    return DeletionStatus(row.requested_at, row.finished_at)


def deauthorize(key: IdentityKey, *, now: datetime) -> None:
    """Somebody removed our app at the provider: the sessions they began there end, and no more."""
    with transaction() as session:
        identity = identities.find(key)
        if identity is None:
            return
        identity.deauthorized_at = now
        session.execute(
            update(Session)
            .where(Session.identity_id == identity.id, Session.revoked_at.is_(None))
            .values(revoked_at=now, revoked_reason=RevokedBecause.DEAUTHORIZED)
        )
    log.info("identity_deauthorized", provider=key.provider)


def _take_comments_away(user_id: int, *, now: datetime) -> None:
    """Delete the comments on the sites that want it so; on the others they stay, nameless.

    All in this transaction, so that nothing is ever half gone: in sets, since a person may have
    written thousands and everybody else's writing waits. The articles are locked.
    """
    for site_id in _site_ids(user_id):
        if sites.by_id(site_id).settings.account_deletion != AccountDeletion.DELETE:
            continue
        written = (
            select(Comment.id, Comment.article_id, Comment.root_id, Comment.status, Comment.visible)
            .where(
                Comment.author_id == user_id,
                Comment.site_id == site_id,
                Comment.status != Status.DELETED,
            )
            .order_by(Comment.article_id, Comment.id)
        )
        going = db.session.execute(written).all()
        counters.delete_all(going)
        about = [(row.article_id, {"comment_id": str(row.id)}) for row in going]
        events.record_all(EventType.COMMENT_DELETED, about, site_id=site_id, now=now)


def _drop_what_others_do_not_see(user_id: int) -> None:
    """Mutes, logins under way, former names, notifications, moderators' notes and earlier texts
    go; a report keeps its reason, which counts, and an appeal that it was made, but neither keeps
    the reader's own words."""
    db.session.execute(
        delete(Mute).where(or_(Mute.user_id == user_id, Mute.muted_user_id == user_id))
    )
    former_names.forget(user_id)
    db.session.execute(delete(Notification).where(Notification.user_id == user_id))
    db.session.execute(delete(UserNote).where(UserNote.user_id == user_id))
    written = select(Comment.id).where(Comment.author_id == user_id)
    db.session.execute(delete(CommentEdit).where(CommentEdit.comment_id.in_(written)))
    db.session.execute(delete(PendingLogin).where(PendingLogin.user_id == user_id))
    db.session.execute(update(Report).where(Report.user_id == user_id).values(note=None))
    db.session.execute(update(Appeal).where(Appeal.user_id == user_id).values(text=""))


def _tell_sites(user_id: int, *, now: datetime) -> None:
    for site_id in _site_ids(user_id):
        events.record(
            EventType.USER_DELETED, site_id=site_id, data={"user_id": str(user_id)}, now=now
        )


def _site_ids(user_id: int) -> list[int]:
    """The sites where this person logged in or wrote."""
    logged_in = select(Session.site_id).where(Session.user_id == user_id)
    wrote = (
        select(Article.site_id)
        .join(Comment, Comment.article_id == Article.id)
        .where(Comment.author_id == user_id)
    )
    return sorted(db.session.scalars(logged_in.union(wrote)).all())
