"""Identities: who somebody is at a provider, and whose account that is here.

Found by provider, app and subject alone, never by name, handle or picture: those change, are not
unique, and can be taken over by somebody else.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Table, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from comments_service.errors import IdentityInUse, LastIdentity, NotFound, Unauthenticated
from comments_service.identity.provider import ExternalIdentity
from comments_service.models import (
    AuthorizationCode,
    ErasedIdentity,
    Identity,
    Session,
    Suspension,
    User,
    db,
)
from comments_service.services import former_names, names, reserved_names
from comments_service.services.ids import new_id
from comments_service.services.sessions import RevokedBecause
from comments_service.services.transaction import savepoint, transaction

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class IdentityKey:
    """What an identity is known by; `client_app` is empty where subjects are not scoped to one."""

    provider: str
    client_app: str
    subject: str

    @classmethod
    def of(cls, external: ExternalIdentity | Identity) -> IdentityKey:
        return cls(external.provider, external.client_app, external.subject)

    def keyed_hash(self, pepper: str) -> str:
        """A name for this identity that nobody without `pepper` can test a subject against."""
        text = f"{self.provider}:{self.client_app}:{self.subject}"
        return hmac.new(pepper.encode(), text.encode(), hashlib.sha256).hexdigest()


def find(key: IdentityKey) -> Identity | None:
    """The identity's row, locked until the open transaction ends."""
    return db.session.execute(
        select(Identity)
        .where(
            Identity.provider == key.provider,
            Identity.client_app == key.client_app,
            Identity.subject == key.subject,
        )
        .with_for_update()
    ).scalar_one_or_none()


def lock_all(user_id: int) -> list[Identity]:
    """The identities of an account, locked until the open transaction ends: before its user's
    row, as a login does it, so that two never wait for each other. Empty once it is deleted."""
    return list(
        db.session.scalars(
            select(Identity)
            .where(Identity.user_id == user_id)
            .order_by(Identity.id)
            .with_for_update()
        )
    )


def new_row(external: ExternalIdentity, *, user_id: int, now: datetime) -> Identity:
    """A row for an identity that comes here for the first time; not yet in the session."""
    row = Identity(
        id=new_id(now),
        user_id=user_id,
        provider=external.provider,
        client_app=external.client_app,
        subject=external.subject,
        created_at=now,
    )
    _describe(row, external, now=now)
    return row


def refresh(row: Identity, external: ExternalIdentity, *, now: datetime) -> None:
    """Bring what the provider says about a person up to date; what they were called is kept."""
    was = (row.name, row.handle)
    _describe(row, external, now=now)
    if was != (row.name, row.handle):
        former_names.note(row.user_id, was[0], provider=row.provider, handle=was[1], now=now)


def _describe(row: Identity, external: ExternalIdentity, *, now: datetime) -> None:
    row.name = names.clean(external.name)
    row.handle = external.handle
    row.avatar_url = external.avatar_url
    row.synced_at = now
    row.deauthorized_at = None


def link(user_id: int, external: ExternalIdentity, *, pepper: str, now: datetime) -> None:
    """Add an identity to an account; its owner has just proved both. Doing it again is no error.

    Raises `IdentityInUse` where the identity has an account, or the account another identity of
    that provider; `Unauthenticated` where the account is gone.
    """
    with transaction() as session:
        own = lock_all(user_id)
        if not own:
            raise Unauthenticated
        if IdentityKey.of(external) in map(IdentityKey.of, own):
            return
        if external.provider in {identity.provider for identity in own}:
            raise IdentityInUse
        try:
            with savepoint():
                session.add(new_row(external, user_id=user_id, now=now))
        except IntegrityError:
            raise IdentityInUse from None
        inherit_suspensions(IdentityKey.of(external), user_id, pepper=pepper)
    log.info("identity_linked", user_id=user_id, provider=external.provider)


def unlink(user_id: int, provider: str, *, but_session: int | None, now: datetime) -> None:
    """Take an identity off an account, and end the sessions it began but the one given.

    Raises `NotFound`, and `LastIdentity` where nothing would be left to log in with.
    """
    with transaction() as session:
        own = {identity.provider: identity for identity in lock_all(user_id)}
        if provider not in own:
            raise NotFound
        if len(own) == 1:
            raise LastIdentity
        forget(own.pop(provider), reason=RevokedBecause.UNLINKED, but_session=but_session, now=now)
        remaining = next(iter(own.values()))
        user = session.get_one(User, user_id)
        user.provider, user.avatar = remaining.provider, None
        if not user.name_chosen:
            user.display_name = reserved_names.told_apart(remaining)
    log.info("identity_unlinked", user_id=user_id, provider=provider)


def forget(
    identity: Identity, *, reason: RevokedBecause, now: datetime, but_session: int | None = None
) -> None:
    """Erase an identity in the open transaction, and end the sessions it began."""
    session = db.session
    began = Session.identity_id == identity.id
    session.execute(
        update(Session)
        .where(began, Session.revoked_at.is_(None), Session.id.is_distinct_from(but_session))
        .values(revoked_at=now, revoked_reason=reason)
    )
    session.execute(update(Session).where(began).values(identity_id=None))
    session.execute(delete(AuthorizationCode).where(AuthorizationCode.identity_id == identity.id))
    former_names.forget(identity.user_id, provider=identity.provider)
    session.delete(identity)
    session.flush()


def remember_suspended(identity: Identity, *, pepper: str, now: datetime) -> None:
    """Keep enough of an identity about to be erased that a suspension outlives the account."""
    in_force = select(Suspension.id).where(
        Suspension.user_id == identity.user_id,
        Suspension.lifted_at.is_(None),
        or_(Suspension.until.is_(None), Suspension.until > now),
    )
    if db.session.scalar(in_force.limit(1)) is not None:
        key = IdentityKey.of(identity)
        db.session.add(
            ErasedIdentity(
                subject_hash=key.keyed_hash(pepper), user_id=identity.user_id, erased_at=now
            )
        )


def inherit_suspensions(key: IdentityKey, user_id: int, *, pepper: str) -> None:
    """Give an account the suspensions of the one that its identity was erased from."""
    erased = db.session.get(ErasedIdentity, key.keyed_hash(pepper))
    if erased is None:
        return
    before = db.session.get_one(User, erased.user_id)
    if before.deleted_at is not None:
        db.session.execute(
            update(Suspension).where(Suspension.user_id == before.id).values(user_id=user_id)
        )
    elif before.id != user_id:  # it has other identities, and stays suspended itself
        _copy_suspensions(before.id, user_id)
    db.session.delete(erased)
    log.info("suspension_inherited", user_id=user_id)


def _copy_suspensions(user_id: int, to_user_id: int) -> None:
    table: Table = Suspension.metadata.tables[Suspension.__tablename__]
    for row in db.session.execute(select(table).where(table.c.user_id == user_id)).mappings():
        own = {"id": new_id(row["created_at"]), "user_id": to_user_id}
        db.session.execute(insert(table).values({**row, **own}))
