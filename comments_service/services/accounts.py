"""Accounts: people as the comment box knows them, from their first login on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from comments_service.errors import FieldError, InsufficientScope, InvalidRequest
from comments_service.identity import publisher
from comments_service.identity.provider import ExternalIdentity
from comments_service.models import Article, Comment, Identity, User, db
from comments_service.services import (
    former_names,
    identities,
    names,
    reserved_names,
    sessions,
    suspensions,
)
from comments_service.services.actor import Actor
from comments_service.services.identities import IdentityKey
from comments_service.services.ids import new_id
from comments_service.services.sessions import RevokedBecause
from comments_service.services.suspensions import SuspensionView
from comments_service.services.transaction import reading, savepoint, transaction

LANGUAGES = ("ko", "en")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who has just come back from a provider."""

    user_id: int
    identity_id: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class IdentityView:
    """A way to log in, as its owner sees it."""

    provider: str
    subject: str
    name: str


@dataclass(frozen=True, slots=True)
class Profile:
    """An account as its owner sees it."""

    id: int
    display_name: str
    lang: str | None
    identities: tuple[IdentityView, ...]
    suspension: SuspensionView | None


def sign_in(external: ExternalIdentity, *, pepper: str, now: datetime) -> SignedIn:
    """The account of this identity, made at its first login, with its profile brought up to date.

    A name that the reader chose here stays; the provider's name, handle and picture replace what
    an earlier login brought. Two first logins at once give one account. `pepper` is the service's
    secret, by which a suspension finds the identity of an account that was deleted.
    """
    key = IdentityKey.of(external)
    with transaction():
        identity = identities.find(key)
        is_new = identity is None
        if identity is None:
            identity, is_new = _first_login(external, now=now)
        if is_new:
            identities.inherit_suspensions(key, identity.user_id, pepper=pepper)
        identities.refresh(identity, external, now=now)
        _show_identity(identity)
        return SignedIn(user_id=identity.user_id, identity_id=identity.id, is_new=is_new)


def _first_login(external: ExternalIdentity, *, now: datetime) -> tuple[Identity, bool]:
    """A new account with its first identity, or the one that another login made meanwhile."""
    user = User(
        id=new_id(now),
        display_name=names.clean(external.name),
        provider=_mark(external.provider),
        created_at=now,
    )
    identity = identities.new_row(external, user_id=user.id, now=now)
    try:
        with savepoint():
            db.session.add(user)
            db.session.flush()
            db.session.add(identity)
    except IntegrityError:
        winner = identities.find(IdentityKey.of(external))
        if winner is None:
            raise
        return winner, False
    return identity, True


def _show_identity(identity: Identity) -> None:
    """Let the account appear as the identity last logged in with."""
    user = db.session.get_one(User, identity.user_id)
    name = user.display_name if user.name_chosen else reserved_names.told_apart(identity)
    # A new picture is fetched later; one that was taken down goes at once.
    avatar = user.avatar if identity.avatar_url else None
    mark = _mark(identity.provider)
    if (user.display_name, user.provider, user.avatar) != (name, mark, avatar):
        user.display_name, user.provider, user.avatar = name, mark, avatar
        show_in_threads(user.id)


def _mark(provider: str) -> str | None:
    """The provider shown beside a name; none where the newspaper itself vouches for it."""
    return None if provider == publisher.NAME else provider


def show_in_threads(user_id: int) -> None:
    """A new version for every article whose thread shows this user, in the open transaction.

    The articles are locked in the order of their ids, as every writer of several does it, so that
    two never wait for each other.
    """
    shown_in = select(Comment.article_id).where(Comment.author_id == user_id, Comment.visible == 1)
    locked = (
        select(Article.id)
        .where(Article.id.in_(shown_in))
        .order_by(Article.id)
        .with_for_update()
        .cte("locked")
    )
    db.session.execute(
        update(Article)
        .where(Article.id.in_(select(locked.c.id)))
        .values(version=Article.version + 1)
        .execution_options(synchronize_session=False)
    )


def profile(actor: Actor, *, now: datetime) -> Profile:
    """The actor's own account."""
    with reading() as connection:
        user = connection.execute(
            select(User.id, User.display_name, User.lang).where(User.id == actor.user_id)
        ).one()
        rows = connection.execute(
            select(Identity.provider, Identity.subject, Identity.name)
            .where(Identity.user_id == actor.user_id)
            .order_by(Identity.id)
        ).all()
    return Profile(
        id=user.id,
        display_name=user.display_name,
        lang=user.lang,
        identities=tuple(IdentityView(row.provider, row.subject, row.name) for row in rows),
        suspension=suspensions.current(actor.user_id, site_id=own_site(actor), now=now),
    )


def update_profile(
    actor: Actor, *, display_name: str | None, lang: str | None, now: datetime
) -> Profile:
    """Change what is given; None leaves it as it is. A chosen name survives later logins.

    Raises `InvalidRequest` and `AccountSuspended`.
    """
    name = None if display_name is None else _choosable(display_name, actor)
    if lang is not None and lang not in LANGUAGES:
        raise InvalidRequest(errors=(FieldError("/lang", "ko or en"),))
    with transaction() as session:
        refuse_suspended(actor, now=now)
        user = session.get_one(User, actor.user_id)
        if lang is not None:
            user.lang = lang
        if name is not None and (name, True) != (user.display_name, user.name_chosen):
            if user.name_chosen:  # a provider's stays with its identity
                former_names.note(user.id, user.display_name, now=now)
            user.display_name, user.name_chosen = name, True
            show_in_threads(user.id)
    return profile(actor, now=now)


def unlink(actor: Actor, provider: str, *, now: datetime) -> None:
    """Take one way to log in off the actor's account; this session goes on.

    Raises `NotFound`, `LastIdentity`, `AccountSuspended`.
    """
    with transaction():
        refuse_suspended(actor, now=now)
        identities.unlink(actor.user_id, provider, but_session=actor.session_id, now=now)
        show_in_threads(actor.user_id)


def log_out_everywhere(actor: Actor, *, now: datetime) -> None:
    """End all of the actor's sessions, on every site."""
    sessions.revoke_all(actor.user_id, RevokedBecause.LOGGED_OUT_EVERYWHERE, now=now)


def refuse_suspended(actor: Actor, *, now: datetime) -> None:
    """Raise `AccountSuspended` if the actor may not change their account."""
    suspensions.check(actor.user_id, site_id=own_site(actor), now=now)


def own_site(actor: Actor) -> int:
    """The site of a reader's token. Raises `InsufficientScope` for a service of every site."""
    if actor.site_id is None:
        raise InsufficientScope
    return actor.site_id


def _choosable(raw: str, actor: Actor) -> str:
    name = names.tidy(raw)
    if not name or len(name) > names.LONGEST:
        raise InvalidRequest(
            errors=(FieldError("/display_name", f"1 to {names.LONGEST} visible characters"),)
        )
    if reserved_names.holds(name, user_id=actor.user_id):
        reserved = FieldError(
            "/display_name",
            "This name is reserved for the newspaper.",
            ko="신문사가 쓰는 이름이라 선택할 수 없습니다.",
        )
        raise InvalidRequest(errors=(reserved,))
    return name


def display_name(user_id: int) -> str:
    """The name an account goes by."""
    with reading() as connection:
        return connection.execute(select(User.display_name).where(User.id == user_id)).scalar_one()
