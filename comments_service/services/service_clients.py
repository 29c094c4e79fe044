"""Service clients: machines that call the REST API in their own name, within their scopes."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from comments_service.errors import FieldError, InvalidRequest, NotFound
from comments_service.models import AccessToken, ServiceClient, Site, User
from comments_service.services import names, sites, tokens
from comments_service.services.ids import new_id
from comments_service.services.tokens import Kind
from comments_service.services.transaction import reading, transaction

SCOPES = frozenset(
    {
        "comments:read",
        "comments:write",
        "moderation:read",
        "moderation:write",
        "users:read",
        "sites:read",
        "sites:write",
        "events:read",
        "webhooks:write",
        "transfers:write",
    }
)
ACCESS_LIFE = timedelta(minutes=10)
OVERLAP = timedelta(hours=24)
"""How long the secret before opens as well, after a rotation."""

_CLIENT_ID = re.compile(r"svc_[0-9]{1,19}")


class InvalidClient(Exception):
    """Unknown, revoked, or the wrong secret (RFC 6749 section 5.2); it is not said which."""


class InvalidScope(Exception):
    """A scope was asked for that the client does not have (RFC 6749 section 5.2)."""


@dataclass(frozen=True, slots=True)
class NewServiceClient:
    """A client just made. Its secret is in here and nowhere else: the tables keep a hash."""

    client_id: str
    client_secret: str
    name: str
    scope: str
    site: str | None


@dataclass(frozen=True, slots=True)
class ServiceClientView:
    """A client that has shown its secret. `site_id` None: every site."""

    id: int
    client_id: str
    scopes: frozenset[str]
    site_id: int | None


@dataclass(frozen=True, slots=True)
class ServiceClientRow:
    """A client as an operator sees it. `rate_limit` None: an account's."""

    client_id: str
    name: str
    scope: str
    site: str | None
    rate_limit: str | None
    created_at: datetime
    last_used_at: datetime | None
    previous_secret_until: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class ServiceToken:
    """What `client_credentials` gives; `expires_in` is in seconds."""

    access_token: str
    expires_in: int
    scope: str


def create(
    name: str,
    *,
    scopes: Iterable[str],
    site: str | None,
    now: datetime,
    rate_limit: str | None = None,
) -> NewServiceClient:
    """Make a client for one site, or for every site where `site` is None, with the account that
    its comments are signed with. `rate_limit` is its own limit on writes, in the settings'
    notation, checked by the caller.

    Raises `InvalidRequest` for an unknown scope, `UnknownSite`.
    """
    wanted = sorted(set(scopes))
    if not wanted or not SCOPES.issuperset(wanted):
        raise InvalidRequest(
            errors=(FieldError("/scope", f"one or more of {', '.join(sorted(SCOPES))}"),)
        )
    site_id = None if site is None else sites.get(site).id
    made = NewServiceClient(
        client_id=f"svc_{new_id(now)}",
        client_secret=tokens.make(Kind.SERVICE_SECRET),
        name=name,
        scope=" ".join(wanted),
        site=site,
    )
    with transaction() as session:
        account = User(id=new_id(now), display_name=names.clean(name), created_at=now)
        session.add(account)
        session.flush()
        session.add(
            ServiceClient(
                id=new_id(now),
                client_id=made.client_id,
                secret_hash=tokens.digest(made.client_secret),
                name=name,
                scope=made.scope,
                site_id=site_id,
                user_id=account.id,
                rate_limit=rate_limit,
                created_at=now,
            )
        )
    return made


def rotate(client_id: str, *, now: datetime, overlap: timedelta = OVERLAP) -> NewServiceClient:
    """Give a client its next secret; the one before opens as well for `overlap`. Raises
    `NotFound`, also for a client that was revoked."""
    with transaction() as session:
        row = session.scalars(
            select(ServiceClient).where(ServiceClient.client_id == client_id).with_for_update()
        ).one_or_none()
        if row is None or row.revoked_at is not None:
            raise NotFound
        secret = tokens.make(Kind.SERVICE_SECRET)
        row.previous_secret_hash, row.previous_until = row.secret_hash, now + overlap
        row.secret_hash = tokens.digest(secret)
        site = None if row.site_id is None else sites.by_id(row.site_id).key
        return NewServiceClient(client_id, secret, row.name, row.scope, site)


def revoke(client_id: str, *, now: datetime) -> None:
    """End a client: its secrets and its tokens open nothing any more. Raises `NotFound`."""
    with transaction() as session:
        row = session.scalars(
            select(ServiceClient).where(ServiceClient.client_id == client_id)
        ).one_or_none()
        if row is None:
            raise NotFound
        row.revoked_at = row.revoked_at or now


def everyone() -> tuple[ServiceClientRow, ...]:
    """All clients there ever were, oldest first."""
    query = (
        select(ServiceClient.__table__, Site.key.label("site"))
        .outerjoin(Site, Site.id == ServiceClient.site_id)
        .order_by(ServiceClient.id)
    )
    with reading() as connection:
        return tuple(
            ServiceClientRow(
                client_id=row.client_id,
                name=row.name,
                scope=row.scope,
                site=row.site,
                rate_limit=row.rate_limit,
                created_at=row.created_at,
                last_used_at=row.last_used_at,
                previous_secret_until=row.previous_until,
                revoked_at=row.revoked_at,
            )
            for row in connection.execute(query)
        )


def verify(client_id: str, client_secret: str, *, now: datetime) -> ServiceClientView:
    """The client with this id and secret, or with the one before while that is good. Raises
    `InvalidClient`."""
    if not _CLIENT_ID.fullmatch(client_id):  # a NUL would be an error of PostgreSQL's
        raise InvalidClient
    with reading() as connection:
        row = connection.execute(
            select(ServiceClient.__table__).where(ServiceClient.client_id == client_id)
        ).one_or_none()
    if row is None or row.revoked_at is not None:
        raise InvalidClient
    given = tokens.digest(client_secret)
    is_good = hmac.compare_digest(row.secret_hash, given)
    if row.previous_until is not None and now < row.previous_until:
        is_good |= hmac.compare_digest(row.previous_secret_hash, given)
    if not is_good:
        raise InvalidClient
    return ServiceClientView(
        id=row.id,
        client_id=row.client_id,
        scopes=frozenset(row.scope.split()),
        site_id=row.site_id,
    )


def issue_token(
    client: ServiceClientView, scopes: frozenset[str] | None, *, now: datetime
) -> ServiceToken:
    """An access token with the scopes asked for, or all the client has where None was asked.

    Raises `InvalidScope` for one it does not have.
    """
    granted = client.scopes if scopes is None else scopes
    if not granted or not granted <= client.scopes:
        raise InvalidScope
    access = tokens.make(Kind.ACCESS)
    scope = " ".join(sorted(granted))
    with transaction() as session:
        session.add(
            AccessToken(
                token_hash=tokens.digest(access),
                service_client_id=client.id,
                scope=scope,
                created_at=now,
                expires_at=now + ACCESS_LIFE,
            )
        )
        session.get_one(ServiceClient, client.id).last_used_at = now
    return ServiceToken(access, int(ACCESS_LIFE.total_seconds()), scope)
