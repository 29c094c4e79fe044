"""Logins that a publisher vouches for: its signed assertion becomes a session (RFC 8693)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from comments_service.errors import UnknownSite
from comments_service.identity.publisher import (
    Assertion,
    AssertionRefused,
    PublisherConfig,
    Publishers,
)
from comments_service.models import UsedAssertion, db
from comments_service.services import accounts, sessions, sites, tokens
from comments_service.services.sessions import Tokens
from comments_service.services.sites import SiteView, origin_of
from comments_service.services.transaction import savepoint, transaction


@dataclass(frozen=True, slots=True)
class AssertionGrant:
    """A publisher's assertion about a reader. `origin` is the browser's `Origin` header, a
    server's None; `resource` the page that the session is for, if it is said."""

    assertion: str
    site_key: str
    origin: str | None
    resource: str | None


def exchange(
    grant: AssertionGrant, publishers: Publishers, *, audience: str, pepper: str, now: datetime
) -> Tokens:
    """Begin a session for whom the publisher's assertion is about; each is good once.

    The session belongs to the origin of the browser, or of `resource`, or the site's first.
    Raises `AssertionRefused`, and `KeysUnavailable` where the publisher's keys cannot be had.
    """
    try:
        site = sites.get(grant.site_key)
    except UnknownSite:
        raise AssertionRefused("there is no such client_id") from None
    if site.settings.sso is None:
        raise AssertionRefused("this site has no login of its own")
    origin = _origin(grant, site)
    checked = publishers.check(grant.assertion, _config(site), audience=audience, now=now)
    with transaction():
        _use_up(checked, site)
        signed_in = accounts.sign_in(checked.identity, pepper=pepper, now=now)
        return sessions.begin(
            user_id=signed_in.user_id,
            identity_id=signed_in.identity_id,
            site_id=site.id,
            origin=origin,
            now=now,
        )


def _config(site: SiteView) -> PublisherConfig:
    sso = site.settings.sso or {}
    return PublisherConfig(site.key, sso["issuer"], sso.get("jwks_url"))


def _origin(grant: AssertionGrant, site: SiteView) -> str:
    resource = None if grant.resource is None else origin_of(grant.resource)
    if grant.resource is not None and not site.allows_origin(resource):
        raise AssertionRefused("resource is not on one of the site's origins")
    origin = grant.origin or resource or next(iter(site.origins), None)
    if origin is None or not site.allows_origin(origin) or resource not in {None, origin}:
        raise AssertionRefused("the origin is not one of the site's")
    return origin


def _use_up(checked: Assertion, site: SiteView) -> None:
    try:
        with savepoint():
            db.session.add(
                UsedAssertion(
                    site_id=site.id,
                    jti_hash=tokens.digest(checked.jti),
                    expires_at=checked.expires_at,
                )
            )
    except IntegrityError:
        raise AssertionRefused("jti was used before") from None
