"""Sites: their key, exact origins, providers and settings."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from comments_service.errors import FieldError, InvalidRequest, NotFound, UnknownSite
from comments_service.models import Site
from comments_service.services import policies
from comments_service.services.actor import Actor
from comments_service.services.ids import new_id
from comments_service.services.rows import AnyRow
from comments_service.services.transaction import reading, transaction

KEY_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
DEFAULT_PORTS = {"http": 80, "https": 443}


class AccountDeletion(StrEnum):
    """What becomes of the comments of somebody who deletes their account."""

    ANONYMISE = "anonymise"
    DELETE = "delete"


class BlindExpiry(StrEnum):
    """What becomes of a comment whose temporary blind nobody resolved in time."""

    RESTORE = "restore"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """What a publisher can set; the defaults are a newspaper's."""

    limit: int = 250
    edit_window_seconds: int = 300
    languages: tuple[str, ...] = ("ko", "en")
    account_deletion: AccountDeletion = AccountDeletion.ANONYMISE
    # So many readers' reports hold a comment.
    report_threshold: int = 3
    # Whether somebody else than its writer must publish a draft of the policy.
    policy_second_person: bool = False
    blind_expiry: BlindExpiry = BlindExpiry.RESTORE
    # Nobody may choose one of these as a name, or what looks like one.
    reserved_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteView:
    """A site as the other use cases and the edge need it."""

    id: int
    key: str
    name: str
    origins: tuple[str, ...]
    providers: tuple[str, ...] | None
    settings: SiteSettings = field(default_factory=SiteSettings)

    def allows_origin(self, origin: str | None) -> bool:
        """Whether `origin` is one of the site's, whole."""
        return origin is not None and origin in self.origins

    def offers(self, configured: Iterable[str]) -> tuple[str, ...]:
        """The providers to log in with: those configured, less what the site switched off."""
        return tuple(p for p in configured if self.providers is None or p in self.providers)


def origin_of(url: str) -> str | None:
    """`scheme://host[:port]` of an http(s) address: lower case, default port dropped.

    None for whatever has no such origin or hides one: other schemes, user info, control
    characters, backslashes (RFC 6454 section 4, narrowed).
    """
    if len(url) > 2048 or "\\" in url or any(c <= " " or c == "\x7f" for c in url):
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not host or "@" in parts.netloc or not host.isascii():
        return None
    host = f"[{host}]" if ":" in host else host
    suffix = "" if port in {None, DEFAULT_PORTS[parts.scheme]} else f":{port}"
    return f"{parts.scheme}://{host}{suffix}"


def create(
    key: str,
    *,
    name: str,
    origins: Iterable[str],
    now: datetime,
    providers: Iterable[str] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> SiteView:
    """Make a site. Raises `InvalidRequest` for a key that is taken or an origin that is none."""
    if not KEY_PATTERN.fullmatch(key):
        raise _wrong("/key", "1 to 64 of a-z, 0-9 and -, not beginning with -")
    row = Site(
        id=new_id(now),
        key=key,
        name=name,
        origins=[_exact_origin(origin) for origin in origins],
        providers=None if providers is None else list(providers),
        settings=dict(settings or {}),
        created_at=now,
    )
    try:
        with transaction() as session:
            session.add(row)
            session.flush()
            policies.publish_default(session, row.id, now=now)
            return _view(row)
    except IntegrityError:
        raise _wrong("/key", f"the key {key!r} is taken") from None


def get(key: str) -> SiteView:
    """The site with this key. Raises `UnknownSite`."""
    if not KEY_PATTERN.fullmatch(key):  # a NUL would be an error of PostgreSQL's
        raise UnknownSite
    with reading() as connection:
        row = connection.execute(select(Site.__table__).where(Site.key == key)).first()
    if row is None:
        raise UnknownSite
    return _view(row)


def run_by(actor: Actor, key: str) -> SiteView:
    """The site with this key, for somebody who helps to run it.

    Raises `UnknownSite`, and `NotFound` where the actor is another site's.
    """
    site = get(key)
    if not actor.reaches(site.id):
        raise NotFound
    return site


def by_id(site_id: int) -> SiteView:
    """The site with this id, which the caller got from another row."""
    with reading() as connection:
        return _view(connection.execute(select(Site.__table__).where(Site.id == site_id)).one())


def among(site_ids: Collection[int] | None) -> tuple[SiteView, ...]:
    """The sites with these ids, or all (None), by name."""
    query = select(Site.__table__).order_by(Site.name, Site.id)
    if site_ids is not None:
        query = query.where(Site.id.in_(site_ids))
    with reading() as connection:
        return tuple(_view(row) for row in connection.execute(query))


def any_allows(origin: str) -> bool:
    """Whether `origin` is on any site's list: what a preflight may learn."""
    with reading() as connection:
        return any(origin in origins for (origins,) in connection.execute(select(Site.origins)))


def ensure(key: str, *, name: str, origins: Iterable[str], now: datetime) -> SiteView:
    """The site with this key, made if there is none; the origins given are added to its own."""
    try:
        site = get(key)
    except UnknownSite:
        return create(key, name=name, origins=origins, now=now)
    wanted = dict.fromkeys((*site.origins, *map(_exact_origin, origins)))
    if tuple(wanted) == site.origins:
        return site
    with transaction() as session:
        session.get_one(Site, site.id).origins = list(wanted)
    return replace(site, origins=tuple(wanted))


def _exact_origin(text: str) -> str:
    origin = origin_of(text)
    if origin is None or urlsplit(text).path.strip("/") or "*" in text:
        raise _wrong("/origins", f"{text!r} is not of the form scheme://host[:port]")
    return origin


def _wrong(pointer: str, detail: str) -> InvalidRequest:
    return InvalidRequest(errors=(FieldError(pointer, detail),))


def _view(row: Site | AnyRow) -> SiteView:
    settings: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in row.settings.items()
    }
    return SiteView(
        id=row.id,
        key=row.key,
        name=row.name,
        origins=tuple(row.origins),
        providers=None if row.providers is None else tuple(row.providers),
        settings=SiteSettings(**settings),
    )
