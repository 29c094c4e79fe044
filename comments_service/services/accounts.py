"""Accounts: people and the identities they log in with.

An account is found by provider, app and subject alone, never by name, handle or picture: those
change, are not unique, and can be taken over by somebody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from comments_service.identity.provider import ExternalIdentity
from comments_service.models import Identity, User, db
from comments_service.services import names
from comments_service.services.ids import new_id
from comments_service.services.transaction import savepoint, transaction


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who has just come back from a provider."""

    user_id: int
    identity_id: int
    is_new: bool


def sign_in(external: ExternalIdentity, *, now: datetime) -> SignedIn:
    """The account of this identity, made at its first login, with its profile brought up to date.

    A name that the reader chose here stays; the provider's name, handle and picture replace what
    an earlier login brought. Two first logins at once give one account.
    """
    with transaction():
        identity = _find(external)
        is_new = identity is None
        if identity is None:
            identity, is_new = _first_login(external, now=now)
        _refresh_profile(identity, external, now=now)
        return SignedIn(user_id=identity.user_id, identity_id=identity.id, is_new=is_new)


def _find(external: ExternalIdentity) -> Identity | None:
    return db.session.execute(
        select(Identity)
        .where(
            Identity.provider == external.provider,
            Identity.client_app == external.client_app,
            Identity.subject == external.subject,
        )
        .with_for_update()
    ).scalar_one_or_none()


def _first_login(external: ExternalIdentity, *, now: datetime) -> tuple[Identity, bool]:
    """A new account with its first identity, or the one that another login made meanwhile."""
    user = User(
        id=new_id(now),
        display_name=names.clean(external.name),
        provider=external.provider,
        created_at=now,
    )
    identity = _identity(external, user_id=user.id, now=now)
    try:
        with savepoint():
            db.session.add(user)
            db.session.flush()
            db.session.add(identity)
    except IntegrityError:
        winner = _find(external)
        if winner is None:
            raise
        return winner, False
    return identity, True


def _identity(external: ExternalIdentity, *, user_id: int, now: datetime) -> Identity:
    return Identity(
        id=new_id(now),
        user_id=user_id,
        provider=external.provider,
        client_app=external.client_app,
        subject=external.subject,
        name=names.clean(external.name),
        handle=external.handle,
        avatar_url=external.avatar_url,
        synced_at=now,
        created_at=now,
    )


def _refresh_profile(identity: Identity, external: ExternalIdentity, *, now: datetime) -> None:
    identity.name = names.clean(external.name)
    identity.handle = external.handle
    identity.avatar_url = external.avatar_url
    identity.synced_at = now
    identity.deauthorized_at = None
    user = db.session.get_one(User, identity.user_id)
    user.provider = identity.provider
    if not user.name_chosen:
        user.display_name = identity.name
