"""Sessions: one login of one reader on one site, and the tokens that belong to it.

A code is exchanged once; a refresh token is rotated at each use. Whatever comes a second time
means that two hold it, and ends the session, but for the ten seconds in which a reply may have
been lost on the way (RFC 9700 section 4.14).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from sqlalchemy import bindparam, func, or_, select, update

from comments_service.errors import TokenExpired, Unauthenticated
from comments_service.models import (
    AccessToken,
    AuthorizationCode,
    RefreshToken,
    ServiceClient,
    Session,
    Site,
    User,
    db,
)
from comments_service.services import tokens
from comments_service.services.actor import READER_SCOPE, Actor
from comments_service.services.ids import new_id
from comments_service.services.sites import origin_of
from comments_service.services.tokens import Kind
from comments_service.services.transaction import looking_up, reading, transaction

ACCESS_LIFE = timedelta(minutes=10)
REFRESH_LIFE = timedelta(days=14)
SESSION_LIFE = timedelta(days=90)
GRACE = timedelta(seconds=10)

log = structlog.get_logger()


class InvalidGrant(Exception):
    """The code or the refresh token gives nothing (RFC 6749 section 5.2); it is not said why."""


class RevokedBecause(StrEnum):
    """Why a session ended before its time."""

    LOGGED_OUT = "logged_out"
    LOGGED_OUT_EVERYWHERE = "logged_out_everywhere"
    CODE_REUSE = "code_reuse"
    REFRESH_REUSE = "refresh_reuse"
    REFRESH_ELSEWHERE = "refresh_elsewhere"
    DEAUTHORIZED = "deauthorized"
    UNLINKED = "unlinked"
    ACCOUNT_DELETED = "account_deleted"
    ACCOUNT_MERGED = "account_merged"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who has logged in, for a greeting in the comment box. `avatar` is a picture's hash."""

    id: int
    name: str
    provider: str | None
    avatar: str | None


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a client gets; the lives are in whole seconds from now."""

    access_token: str
    expires_in: int
    refresh_token: str
    refresh_expires_in: int
    scope: str
    reader: Reader


@dataclass(frozen=True, slots=True)
class CodeGrant:
    """A client's attempt at a code. `origin` is the browser's `Origin` header, a server's None."""

    code: str
    code_verifier: str
    site_key: str
    redirect_uri: str
    origin: str | None


def exchange(grant: CodeGrant, *, now: datetime) -> Tokens:
    """Begin a session with a code. Raises `InvalidGrant`.

    The first attempt uses the code up, whether or not it succeeds; a second one also ends the
    session that the first began (RFC 6749 section 4.1.2).
    """
    with transaction():
        issued = _try_exchange(grant, now=now)
    if issued is None:
        raise InvalidGrant
    return issued


def _try_exchange(grant: CodeGrant, *, now: datetime) -> Tokens | None:
    """None, rather than an exception, so that what a failure changes is kept."""
    code_hash = tokens.digest(grant.code)
    is_first_use = db.session.scalar(
        update(AuthorizationCode)
        .where(AuthorizationCode.code_hash == code_hash, AuthorizationCode.used_at.is_(None))
        .values(used_at=now)
        .returning(AuthorizationCode.code_hash)
    )
    code = db.session.get(AuthorizationCode, code_hash)
    if code is None:
        return None
    if not is_first_use:
        if code.session_id is not None:
            _revoke(code.session_id, RevokedBecause.CODE_REUSE, now=now)
        return None
    if not _is_meant_for(code, grant, now=now):
        return None
    session = _begin_session(
        user_id=code.user_id,
        identity_id=code.identity_id,
        site_id=code.site_id,
        origin=origin_of(code.redirect_uri) or "",
        now=now,
    )
    code.session_id = session.id
    return _issue(session, parent_hash=None, now=now)


def _is_meant_for(code: AuthorizationCode, grant: CodeGrant, *, now: datetime) -> bool:
    site = db.session.get_one(Site, code.site_id)
    return (
        now < code.expires_at
        and grant.site_key == site.key
        and grant.redirect_uri == code.redirect_uri
        and grant.origin in {None, origin_of(code.redirect_uri)}
        and hmac.compare_digest(tokens.challenge_of(grant.code_verifier), code.code_challenge)
    )


def begin(*, user_id: int, identity_id: int, site_id: int, origin: str, now: datetime) -> Tokens:
    """Begin a session, with its first tokens, for somebody whom the caller has just identified."""
    with transaction():
        session = _begin_session(
            user_id=user_id, identity_id=identity_id, site_id=site_id, origin=origin, now=now
        )
        return _issue(session, parent_hash=None, now=now)


def _begin_session(
    *, user_id: int, identity_id: int | None, site_id: int, origin: str, now: datetime
) -> Session:
    session = Session(
        id=new_id(now),
        user_id=user_id,
        identity_id=identity_id,
        site_id=site_id,
        origin=origin,
        created_at=now,
        expires_at=now + SESSION_LIFE,
    )
    db.session.add(session)
    db.session.flush()
    return session


def refresh(
    refresh_token: str, *, site_key: str | None, origin: str | None, now: datetime
) -> Tokens:
    """Rotate a refresh token. Raises `InvalidGrant`.

    `site_key` and `origin`, where the client says them, must be those of the session; otherwise
    the token has leaked, and the session ends.
    """
    with transaction():
        issued = _try_refresh(refresh_token, site_key=site_key, origin=origin, now=now)
    if issued is None:
        raise InvalidGrant
    return issued


def _try_refresh(
    refresh_token: str, *, site_key: str | None, origin: str | None, now: datetime
) -> Tokens | None:
    """None, rather than an exception, so that what a failure changes is kept."""
    token_hash = tokens.digest(refresh_token)
    session = _lock_session_of(token_hash)
    if session is None or session.revoked_at is not None or session.expires_at <= now:
        return None
    site = db.session.get_one(Site, session.site_id)
    if site_key not in {None, site.key} or origin not in {None, session.origin}:
        _revoke(session.id, RevokedBecause.REFRESH_ELSEWHERE, now=now)
        return None
    token = db.session.get_one(RefreshToken, token_hash)
    if token.rotated_at is not None:
        return _second_use(token, session, now=now)
    if token.expires_at <= now:
        return None
    token.rotated_at = now
    return _issue(session, parent_hash=token_hash, now=now)


def _lock_session_of(token_hash: str) -> Session | None:
    """The session of a refresh token, locked: rotations of one family happen one by one."""
    return db.session.execute(
        select(Session)
        .join(RefreshToken, RefreshToken.session_id == Session.id)
        .where(RefreshToken.token_hash == token_hash)
        .with_for_update(of=Session)
    ).scalar_one_or_none()


def of_refresh_token(refresh_token: str) -> int | None:
    """The session that a refresh token belongs to, whether or not either is live; None for a
    token that was never given out."""
    with reading() as connection:
        return connection.scalar(
            select(RefreshToken.session_id).where(
                RefreshToken.token_hash == tokens.digest(refresh_token)
            )
        )


def _second_use(token: RefreshToken, session: Session, *, now: datetime) -> Tokens | None:
    """A used token is back: a lost reply is made good once, a thief ends the session."""
    assert token.rotated_at is not None
    if now - token.rotated_at > GRACE:
        _revoke(session.id, RevokedBecause.REFRESH_REUSE, now=now)
        return None
    children = db.session.scalars(
        select(RefreshToken).where(RefreshToken.parent_hash == token.token_hash)
    ).all()
    if len(children) != 1 or children[0].rotated_at is not None:
        return None
    # From now on the child that was lost is a used token like any other.
    children[0].rotated_at = now
    return _issue(session, parent_hash=token.token_hash, now=now)


def _issue(session: Session, *, parent_hash: str | None, now: datetime) -> Tokens:
    """A pair of tokens of a session, neither outliving it."""
    access, fresh = tokens.make(Kind.ACCESS), tokens.make(Kind.REFRESH)
    access_expires_at = min(now + ACCESS_LIFE, session.expires_at)
    refresh_expires_at = min(now + REFRESH_LIFE, session.expires_at)
    db.session.add(
        AccessToken(
            token_hash=tokens.digest(access),
            session_id=session.id,
            scope=READER_SCOPE,
            created_at=now,
            expires_at=access_expires_at,
        )
    )
    db.session.add(
        RefreshToken(
            token_hash=tokens.digest(fresh),
            session_id=session.id,
            parent_hash=parent_hash,
            created_at=now,
            expires_at=refresh_expires_at,
        )
    )
    return Tokens(
        access_token=access,
        expires_in=int((access_expires_at - now).total_seconds()),
        refresh_token=fresh,
        refresh_expires_in=int((refresh_expires_at - now).total_seconds()),
        scope=READER_SCOPE,
        reader=_reader(session.user_id),
    )


def _reader(user_id: int) -> Reader:
    user = db.session.get_one(User, user_id)
    return Reader(id=user.id, name=user.display_name, provider=user.provider, avatar=user.avatar)


def revoke(token: str, *, now: datetime) -> None:
    """Log out: end the session of an access or refresh token (RFC 7009), or a service's token.

    A token that is unknown or no token at all changes nothing and is not an error.
    """
    token_hash = tokens.digest(token)
    with transaction() as session:
        for table in (AccessToken, RefreshToken):
            session_id = session.scalar(
                select(table.session_id).where(table.token_hash == token_hash)
            )
            if session_id is not None:
                _revoke(session_id, RevokedBecause.LOGGED_OUT, now=now)
        session.execute(
            update(AccessToken)
            .where(AccessToken.token_hash == token_hash, AccessToken.revoked_at.is_(None))
            .values(revoked_at=now)
        )


def revoke_all(user_id: int, reason: RevokedBecause, *, now: datetime) -> None:
    """End every session of a user: logged out everywhere."""
    with transaction() as session:
        session.execute(
            update(Session)
            .where(Session.user_id == user_id, Session.revoked_at.is_(None))
            .values(revoked_at=now, revoked_reason=reason)
        )
    log.info("sessions_revoked", user_id=user_id, reason=reason)


def _revoke(session_id: int, reason: RevokedBecause, *, now: datetime) -> None:
    db.session.execute(
        update(Session)
        .where(Session.id == session_id, Session.revoked_at.is_(None))
        .values(revoked_at=now, revoked_reason=reason)
    )
    log.info(str(reason), session_id=session_id)


def authenticate(token: str, *, now: datetime) -> Actor:
    """Who holds this access token.

    Raises `TokenExpired` where a refresh would help, `Unauthenticated` for everything else that
    is not a live access token: unknown, revoked, of a session or account that is gone.
    """
    found = _look_up(token)
    if found is None or found.has_ended:
        raise Unauthenticated
    if found.expires_at <= now:
        raise TokenExpired
    return found.actor


@dataclass(frozen=True, slots=True)
class Introspection:
    """What a live access token is good for (RFC 7662). `client_id` is the key of the reader's
    site, or a service's own id."""

    client_id: str
    user_id: int
    scope: str
    issued_at: datetime
    expires_at: datetime


def introspect(token: str, *, site_id: int | None, now: datetime) -> Introspection | None:
    """The state of an access token for a service that was handed it; None where it is not live,
    or belongs to another site than the service (`site_id` None: it serves every site)."""
    found = _look_up(token)
    if found is None or found.has_ended or found.expires_at <= now:
        return None
    if site_id not in {None, found.actor.site_id}:
        return None
    return Introspection(
        client_id=found.client_id,
        user_id=found.actor.user_id,
        scope=" ".join(sorted(found.actor.scopes)),
        issued_at=found.created_at,
        expires_at=found.expires_at,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """An access token that was given out; `has_ended`: it, or what it belongs to, is gone."""

    actor: Actor
    client_id: str
    created_at: datetime
    expires_at: datetime
    has_ended: bool


_owner_id = func.coalesce(Session.user_id, ServiceClient.user_id)
_BY_HASH = (
    select(
        AccessToken.__table__,
        _owner_id.label("user_id"),
        func.coalesce(Site.key, ServiceClient.client_id).label("client_id"),
        func.coalesce(Session.site_id, ServiceClient.site_id).label("site_id"),
        ServiceClient.rate_limit,
        or_(
            AccessToken.revoked_at.is_not(None),
            Session.revoked_at.is_not(None),
            ServiceClient.revoked_at.is_not(None),
            User.deleted_at.is_not(None),
        ).label("has_ended"),
    )
    .outerjoin(Session, Session.id == AccessToken.session_id)
    .outerjoin(Site, Site.id == Session.site_id)
    .outerjoin(ServiceClient, ServiceClient.id == AccessToken.service_client_id)
    .join(User, User.id == _owner_id)
    .where(AccessToken.token_hash == bindparam("digest"))
)


def _look_up(token: str) -> _Found | None:
    """An access token with its owner, in one query."""
    if not tokens.is_kind(token, Kind.ACCESS):
        return None
    return _by_hash(tokens.digest(token))


def holder(token_hash: str, *, now: datetime) -> Actor | None:
    """Who holds the live token with this hash, whatever kind it is of."""
    found = _by_hash(token_hash)
    if found is None or found.has_ended or found.expires_at <= now:
        return None
    return found.actor


def _by_hash(token_hash: str) -> _Found | None:
    with looking_up() as connection:
        row = connection.execute(_BY_HASH, {"digest": token_hash}).one_or_none()
    if row is None:
        return None
    return _Found(
        actor=Actor(
            user_id=row.user_id,
            site_id=row.site_id,
            scopes=frozenset(row.scope.split()),
            session_id=row.session_id,
            service_client_id=row.service_client_id,
            rate_limit=row.rate_limit,
        ),
        client_id=row.client_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        has_ended=row.has_ended,
    )
