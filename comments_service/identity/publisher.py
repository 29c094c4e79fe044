"""A publisher's own login: a JWT that it signed becomes an identity.

The publisher signs with a key of its JWK Set, which is fetched through `outbound` and kept for a
while, or with a secret shared with this service. What the claims must say: RFC 7519 section 4.1,
narrowed; RFC 8725 says why algorithms are ours to choose.

`signatures` is imported where it is used, and says why.
"""

from __future__ import annotations

import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from comments_service.identity.provider import ExternalIdentity
from comments_service.outbound.deadline import Deadline
from comments_service.outbound.errors import OutboundError
from comments_service.outbound.fetch import Guard, fetch

if TYPE_CHECKING:
    from comments_service.identity.signatures import Keys

NAME = "publisher"

BY_SECRET = ("HS256",)
BY_KEY_SET = ("RS256", "PS256", "ES256", "Ed25519", "EdDSA")
LONGEST = 8192
LONGEST_LIFE = timedelta(minutes=10)
LEEWAY = timedelta(seconds=60)
"""By how much the publisher's clock may differ from ours."""

FETCH_SECONDS = 4.0
KEPT_SECONDS = 300.0
RETRY_SECONDS = 30.0
"""How soon a key that is not in the kept set is looked for again."""

Moment = Annotated[int | float, Field(gt=0, lt=2**40)]
Text = Annotated[str, Field(min_length=1, max_length=255)]


class AssertionRefused(Exception):
    """The JWT proves nothing; the text says why, for the publisher's developer."""


class KeysUnavailable(Exception):
    """The publisher's keys cannot be had now."""


class Claims(BaseModel):
    """What is read of a JWT; other claims are ignored."""

    model_config = ConfigDict(strict=True, frozen=True)

    iss: str
    aud: str | list[str]
    sub: Text
    exp: Moment
    iat: Moment
    jti: Text
    nbf: Moment | None = None
    name: Annotated[str, Field(max_length=1000)] = ""


@dataclass(frozen=True, slots=True)
class PublisherConfig:
    """How one site's publisher signs; by a shared secret where there is no `jwks_url`."""

    site: str
    issuer: str
    jwks_url: str | None = None


@dataclass(frozen=True, slots=True)
class Assertion:
    """A JWT that holds: who it is about, and by what it is known until it ends."""

    identity: ExternalIdentity
    jti: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Kept:
    keys: Keys
    at: float


@dataclass(slots=True)
class Publishers:
    """Checks what publishers signed, for all requests and threads of a process.

    `secret_key` is the service's; the secrets shared with publishers come from it.
    `allow_private` admits key sets on private addresses and over http, for development.
    """

    secret_key: str
    allow_private: bool = False
    monotonic: Callable[[], float] = time.monotonic
    _kept: dict[str, _Kept] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def shared_secret(self, site: str) -> str:
        """What the publisher of a site signs with where it has no key set: 43 characters."""
        made = hmac.digest(self.secret_key.encode(), f"publisher\0{site}".encode(), sha256)
        return urlsafe_b64encode(made).rstrip(b"=").decode()

    def check(
        self, token: str, config: PublisherConfig, *, audience: str, now: datetime
    ) -> Assertion:
        """What a JWT proves to `audience`. May call the network, so never inside a transaction.

        Raises `AssertionRefused`, `KeysUnavailable`.
        """
        if len(token) > LONGEST or not token.isascii():
            raise AssertionRefused("the token is too long or no JWT")
        claims = _claims(self._verified(token, config))
        _check_claims(claims, config, audience=audience, now=now)
        return Assertion(
            ExternalIdentity(
                provider=NAME,
                subject=_subject(claims.sub),
                client_app=config.site,
                name=claims.name,
                handle=None,
                avatar_url=None,
            ),
            claims.jti,
            datetime.fromtimestamp(claims.exp, UTC) + LEEWAY,
        )

    def _verified(self, token: str, config: PublisherConfig) -> Any:
        if config.jwks_url is None:
            from comments_service.identity import signatures  # noqa: PLC0415

            key = signatures.shared_secret(self.shared_secret(config.site))
            return _decoded(token, key, BY_SECRET)
        kept = self._keys(config.jwks_url, at_most=KEPT_SECONDS)
        try:
            return _decoded(token, kept.keys, BY_KEY_SET)
        except AssertionRefused:
            fresh = self._keys(config.jwks_url, at_most=RETRY_SECONDS)
            if fresh is kept:
                raise
            return _decoded(token, fresh.keys, BY_KEY_SET)

    def _keys(self, url: str, *, at_most: float) -> _Kept:
        """The key set at `url`, not older than `at_most` seconds if it can be had."""
        from comments_service.identity import signatures  # noqa: PLC0415

        with self._lock:
            kept = self._kept.get(url)
        if kept is not None and self.monotonic() - kept.at <= at_most:
            return kept
        try:
            fresh = _Kept(signatures.key_set(self._fetch(url)), self.monotonic())
        except (OutboundError, signatures.Unusable):
            if kept is None:
                raise KeysUnavailable from None
            fresh = _Kept(kept.keys, self.monotonic())  # better than none, and no storm of tries
        with self._lock:
            self._kept[url] = fresh
        return fresh

    def _fetch(self, url: str) -> bytes:
        schemes = frozenset({"http", "https"}) if self.allow_private else frozenset({"https"})
        guard = Guard(hosts=None, schemes=schemes, ports=None, allow_private=self.allow_private)
        answer = fetch("GET", url, guard=guard, deadline=Deadline(FETCH_SECONDS))
        return answer.content if answer.status == 200 else b""


def _decoded(token: str, keys: Keys, algorithms: tuple[str, ...]) -> Any:
    from comments_service.identity import signatures  # noqa: PLC0415

    try:
        return signatures.claims(token, keys, algorithms)
    except signatures.Unusable:
        raise AssertionRefused("the signature or the form of the token is wrong") from None


def _claims(found: Any) -> Claims:
    try:
        return Claims.model_validate(found)
    except ValidationError as error:
        names = sorted({str(problem["loc"][0]) for problem in error.errors() if problem["loc"]})
        raise AssertionRefused(f"missing or wrong: {', '.join(names)}") from None


def _check_claims(claims: Claims, config: PublisherConfig, *, audience: str, now: datetime) -> None:
    at, leeway = now.timestamp(), LEEWAY.total_seconds()
    audiences = [claims.aud] if isinstance(claims.aud, str) else claims.aud
    rules = (
        (claims.iss == config.issuer, "iss is not the issuer of this site"),
        (audience in audiences, "aud does not name this service"),
        (claims.exp > at - leeway, "exp has passed"),
        (claims.iat <= at + leeway, "iat is in the future"),
        (claims.nbf is None or claims.nbf <= at + leeway, "nbf is in the future"),
        (claims.exp - claims.iat <= LONGEST_LIFE.total_seconds(), "it lives for over 10 minutes"),
        (claims.sub.isprintable() and claims.jti.isprintable(), "sub or jti is not printable"),
    )
    for holds, otherwise in rules:
        if not holds:
            raise AssertionRefused(otherwise)


def _subject(sub: str) -> str:
    """A publisher's names for its readers have any form and length; ours has neither."""
    return sha256(sub.encode("utf-8", "surrogatepass")).hexdigest()[:32]
