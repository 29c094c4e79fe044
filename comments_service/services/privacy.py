"""What the service keeps of a person: handing it out, and forgetting it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select, update

from comments_service.errors import NotFound
from comments_service.models import (
    Article,
    Comment,
    DataDeletion,
    Identity,
    Session,
    Site,
    Suspension,
    User,
    Verdict,
    Vote,
    db,
)
from comments_service.services import (
    accounts,
    comments,
    events,
    identities,
    names,
    sessions,
    sites,
)
from comments_service.services.actor import READER_SCOPE, Actor
from comments_service.services.events import EventType
from comments_service.services.identities import IdentityKey
from comments_service.services.rows import AnySelect
from comments_service.services.sessions import RevokedBecause
from comments_service.services.sites import AccountDeletion
from comments_service.services.transaction import reading, transaction

CODE_LENGTH = 32

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Export:
    """Everything held of an account, as rows of plain values named like the API's fields."""

    account: dict[str, object]
    identities: tuple[dict[str, object], ...]
    sessions: tuple[dict[str, object], ...]
    comments: tuple[dict[str, object], ...]
    verdicts: tuple[dict[str, object], ...]
    votes: tuple[dict[str, object], ...]
    suspensions: tuple[dict[str, object], ...]


@dataclass(frozen=True, slots=True)
class DeletionStatus:
    """How far a provider's request to forget somebody is."""

    requested_at: datetime
    finished_at: datetime | None


def export(actor: Actor) -> Export:
    """Everything held of the actor's account; tokens are left out, of which only hashes are."""
    user_id = actor.user_id
    own_comments = (
        select(
            Comment.id,
            Site.key.label("site"),
            Article.key.label("article"),
            Comment.parent_id,
            Comment.body,
            Comment.lang,
            Comment.status,
            Comment.created_at,
            Comment.edited_at,
        )
        .join_from(Comment, Article, Comment.article_id == Article.id)
        .join(Site, Article.site_id == Site.id)
        .where(Comment.author_id == user_id)
        .order_by(Comment.id)
    )
    return Export(
        account=_rows(
            select(User.id, User.display_name, User.name_chosen, User.lang, User.created_at).where(
                User.id == user_id
            )
        )[0],
        identities=_rows(
            select(
                Identity.provider,
                Identity.subject,
                Identity.name,
                Identity.handle,
                Identity.avatar_url,
                Identity.created_at,
                Identity.synced_at,
            ).where(Identity.user_id == user_id)
        ),
        sessions=_rows(
            select(
                Session.id,
                Site.key.label("site"),
                Session.origin,
                Session.created_at,
                Session.expires_at,
                Session.revoked_at,
            )
            .join(Site, Session.site_id == Site.id)
            .where(Session.user_id == user_id)
            .order_by(Session.id)
        ),
        comments=_rows(own_comments),
        verdicts=_rows(
            select(
                Verdict.comment_id,
                Verdict.policy_version,
                Verdict.outcome,
                Verdict.findings,
                Verdict.created_at,
            )
            .join(Comment, Verdict.comment_id == Comment.id)
            .where(Comment.author_id == user_id)
            .order_by(Verdict.id)
        ),
        votes=_rows(
            select(Vote.comment_id, Vote.value, Vote.created_at).where(Vote.user_id == user_id)
        ),
        suspensions=_rows(
            select(
                Suspension.reason, Suspension.created_at, Suspension.until, Suspension.lifted_at
            ).where(Suspension.user_id == user_id)
        ),
    )


def delete_account(user_id: int, *, pepper: str, now: datetime) -> None:
    """Forget a person: sessions end, identities are erased, comments stay without their name or
    go, as each site has set it. Again is no error.

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
        _take_comments_away(user_id, now=now)
        user.display_name, user.name_chosen = names.DELETED, False
        user.provider = user.avatar = user.lang = None
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
    """Delete the comments on the sites that want it so; on the others they stay, nameless."""
    written = (
        select(Comment.id, Article.site_id)
        .join(Article, Comment.article_id == Article.id)
        .where(Comment.author_id == user_id)
        # As every writer of several articles does, so that two never wait for each other.
        .order_by(Comment.article_id, Comment.id)
    )
    author = Actor(user_id=user_id, site_id=None, scopes=frozenset({READER_SCOPE}))
    deleting = {
        site_id
        for site_id in _site_ids(user_id)
        if sites.by_id(site_id).settings.account_deletion == AccountDeletion.DELETE
    }
    for row in db.session.execute(written).all():
        if row.site_id in deleting:
            comments.delete(author, row.id, now=now)


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


def _rows(query: AnySelect) -> tuple[dict[str, object], ...]:
    with reading() as connection:
        return tuple(_plain(row) for row in connection.execute(query).mappings())


def _plain(row: Mapping[Any, object]) -> dict[str, object]:
    """Ids as the API writes them: strings."""
    return {
        name: str(value) if isinstance(value, int) and name.endswith("id") else value
        for name, value in row.items()
    }
