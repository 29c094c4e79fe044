"""Sites: their key, exact origins, providers and settings."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import EllipsisType
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from comments_service.errors import FieldError, InvalidRequest, NotFound, UnknownSite, WrongSite
from comments_service.models import Site
from comments_service.services import audit, policies
from comments_service.services.actor import Actor
from comments_service.services.audit import AuditAction
from comments_service.services.ids import new_id
from comments_service.services.rows import AnyRow, AnySelect
from comments_service.services.transaction import looking_up, reading, transaction

KEY_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
NO_KEYS = frozenset({"top", "merge"})
DEFAULT_PORTS = {"http": 80, "https": 443}
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


_BY_KEY = select(Site.__table__).where(Site.key == bindparam("key"))
_BY_ID = select(Site.__table__).where(Site.id == bindparam("site_id"))
_ALL_ORIGINS = select(Site.origins)
_WITH_POLICY = _BY_KEY.add_columns(policies.version_column(Site.id).label("policy_version"))


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
    # The publisher's own login: `issuer`, and `jwks_url` unless a shared secret signs.
    sso: Mapping[str, str] | None = None


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
    if key in NO_KEYS:
        raise _wrong("/key", f"{key!r} is no site's key: addresses of the API are called so")
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


@dataclass(frozen=True, slots=True)
class SitePage:
    """Some sites in the order of their ids; `next` is the id to go on from, or None."""

    items: tuple[SiteView, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class SiteChange:
    """What is to change; what is None stays. `providers` is None for all that are configured, and
    `...` to stay; a setting that is None goes back to its default."""

    name: str | None = None
    origins: tuple[str, ...] | None = None
    providers: tuple[str, ...] | EllipsisType | None = ...
    settings: Mapping[str, Any] = field(default_factory=dict)


def page(actor: Actor, *, limit: int, after: int = 0) -> SitePage:
    """The sites that the actor helps to run."""
    query = select(Site.__table__).where(Site.id > after).order_by(Site.id).limit(limit + 1)
    if actor.site_ids is not None:
        query = query.where(Site.id.in_(actor.site_ids))
    with reading() as connection:
        rows = connection.execute(query).all()
    items = tuple(_view(row) for row in rows[:limit])
    return SitePage(items, items[-1].id if len(rows) > limit else None)


def found(
    actor: Actor, key: str, change: SiteChange, *, production: bool, now: datetime
) -> SiteView:
    """Make a site as a service asks for it.

    Raises `WrongSite` for a service that was made for another one, and what `create` raises.
    """
    if actor.site_ids is not None:
        raise WrongSite
    with transaction():
        made = create(
            key,
            name=change.name or key,
            origins=_safe_origins(change.origins or (), production=production),
            providers=None if change.providers is ... else change.providers,
            settings=_given(change.settings),
            now=now,
        )
        _record(AuditAction.SITE_CREATED, actor.key, None, made, now=now)
    return made


def change(
    actor: Actor, key: str, change: SiteChange, *, production: bool, now: datetime
) -> SiteView:
    """Change a site. Raises `UnknownSite`, `NotFound`, and `InvalidRequest` for an origin that is
    none."""
    before = run_by(actor, key)
    with transaction() as session:
        row = session.get_one(Site, before.id, with_for_update={"key_share": True})
        if change.name is not None:
            row.name = change.name
        if change.origins is not None:
            row.origins = list(_safe_origins(change.origins, production=production))
        if change.providers is not ...:
            row.providers = None if change.providers is None else list(change.providers)
        row.settings = _given({**row.settings, **change.settings})
        after = _view(row)
        _record(AuditAction.SITE_CHANGED, actor.key, before, after, now=now)
    return after


def set_sso(key: str, sso: Mapping[str, str] | None, *, now: datetime) -> None:
    """Set how a site's publisher signs its own readers' logins, or that it does not. Raises
    `UnknownSite`."""
    before = get(key)
    with transaction() as session:
        row = session.get_one(Site, before.id, with_for_update={"key_share": True})
        row.settings = _given({**row.settings, "sso": None if sso is None else dict(sso)})
        _record(AuditAction.SITE_CHANGED, audit.OPERATOR, before, _view(row), now=now)


def _given(settings: Mapping[str, Any]) -> dict[str, Any]:
    """A site keeps what differs from the defaults, so that a new default reaches it."""
    return {name: value for name, value in settings.items() if value is not None}


def _safe_origins(origins: Iterable[str], *, production: bool) -> tuple[str, ...]:
    """Each once. A page that came over http can be changed on its way, and the box in it."""
    exact = tuple(
        dict.fromkeys(_exact_origin(text, f"/origins/{at}") for at, text in enumerate(origins))
    )
    for at, origin in enumerate(exact):
        host = origin.removeprefix("http://").rpartition(":")[0] or origin.removeprefix("http://")
        is_local = host in LOOPBACK or host.endswith(".localhost")
        if origin.startswith("http://") and (production or not is_local):
            raise _wrong(f"/origins/{at}", f"{origin!r} must be https")
    return exact


def _record(
    action: AuditAction, actor: str, before: SiteView | None, after: SiteView, *, now: datetime
) -> None:
    audit.record(
        action,
        actor=actor,
        target=f"site:{after.key}",
        site_id=after.id,
        before=None if before is None else _as_json(before),
        after=_as_json(after),
        now=now,
    )


def _as_json(view: SiteView) -> dict[str, Any]:
    return {
        "name": view.name,
        "origins": list(view.origins),
        "providers": None if view.providers is None else list(view.providers),
        "settings": asdict(view.settings),
    }


def get(key: str) -> SiteView:
    """The site with this key. Raises `UnknownSite`."""
    return _view(_row(_BY_KEY, key))


def with_policy(key: str) -> tuple[SiteView, int]:
    """The site with this key, and the number of the policy that judges its comments now. Raises
    `UnknownSite`."""
    row = _row(_WITH_POLICY, key)
    return _view(row), row.policy_version


def _row(query: AnySelect, key: str) -> AnyRow:
    if not KEY_PATTERN.fullmatch(key):  # a NUL would be an error of PostgreSQL's
        raise UnknownSite
    with looking_up() as connection:
        row = connection.execute(query, {"key": key}).first()
    if row is None:
        raise UnknownSite
    return row


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
    with looking_up() as connection:
        return _view(connection.execute(_BY_ID, {"site_id": site_id}).one())


def among(site_ids: Collection[int] | None) -> tuple[SiteView, ...]:
    """The sites with these ids, or all (None), by name."""
    query = select(Site.__table__).order_by(Site.name, Site.id)
    if site_ids is not None:
        query = query.where(Site.id.in_(site_ids))
    with reading() as connection:
        return tuple(_view(row) for row in connection.execute(query))


def any_allows(origin: str) -> bool:
    """Whether `origin` is on any site's list: what a preflight may learn."""
    with looking_up() as connection:
        return any(origin in origins for (origins,) in connection.execute(_ALL_ORIGINS))


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


def _exact_origin(text: str, pointer: str = "/origins") -> str:
    origin = origin_of(text)
    parts = None if origin is None else urlsplit(text)
    if parts is None or parts.path.strip("/") or parts.query or parts.fragment or "*" in text:
        raise _wrong(pointer, f"{text!r} is not of the form scheme://host[:port]")
    assert origin is not None
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
