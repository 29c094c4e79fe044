"""Policies: versions numbered by site, drafted, published, never changed after; one in force."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute

from comments_service.errors import FieldError, InvalidPolicy, NotFound, SecondPersonNeeded
from comments_service.models import PolicyStatus, PolicyVersion, Site
from comments_service.policy import InvalidDocument, Policy, compile_policy, parse
from comments_service.policy.yaml_source import read_yaml
from comments_service.services import audit, events
from comments_service.services.audit import AuditAction
from comments_service.services.events import EventType
from comments_service.services.ids import new_id
from comments_service.services.rows import AnyRow
from comments_service.services.transaction import WriteSession, looking_up, reading, transaction

DEFAULT_SOURCE = "format: 1\nextends: default\n"

Source = str | Mapping[str, Any]
"""A policy document as YAML text, or as the mapping that JSON brings."""


@dataclass(frozen=True, slots=True)
class ClauseView:
    id: str
    title: dict[str, str]
    text: dict[str, str]


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A policy for its readers: the clauses, without the filters that watch over them."""

    version: int
    published_at: datetime
    clauses: tuple[ClauseView, ...]


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version for those who write policies. At most one of a site's is `in_force`. `created_by`
    is how the audit log names who drafted it, where that is known."""

    version: int
    status: PolicyStatus
    in_force: bool
    note: str | None
    created_at: datetime
    published_at: datetime | None
    created_by: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A version with its document: `source` as it was written, `document` what that says."""

    version: VersionView
    source: str
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Versions:
    """Some versions, newest first; `next` is the number to go on below, or None."""

    items: tuple[VersionView, ...]
    next: int | None


def publish_default(session: WriteSession, site_id: int, *, now: datetime) -> None:
    """Give a new site the policy that ships with the product, as its version 1."""
    _add(session, site_id, DEFAULT_SOURCE, status=PolicyStatus.PUBLISHED, note=None, now=now)


def draft(
    site_id: int, source: Source, *, note: str | None, now: datetime, by: str | None = None
) -> VersionView:
    """Keep a document as the site's next version, which judges nothing until it is published;
    `by` is how the audit log names who wrote it.

    Raises `InvalidPolicy` with every mistake in it.
    """
    compiled(source)
    text = source if isinstance(source, str) else json.dumps(source, ensure_ascii=False)
    with transaction() as session:
        row = _add(session, site_id, text, status=PolicyStatus.DRAFT, note=note, now=now, by=by)
        return _view(row, in_force=version_in_force(site_id))


def publish(site_id: int, version: int, *, by: str, now: datetime) -> VersionView:
    """Put a version in force; `by` is how the audit log names who does it.

    One that is older than what is in force comes back as a copy with a new number, so that a
    verdict's number never means two policies. What is in force already stays as it is.

    Raises `NotFound`, and `SecondPersonNeeded` where the site's setting `policy_second_person` asks
    that somebody else than its writer publishes a draft. What was in force once may always return.
    """
    with transaction() as session:
        settings = _lock(session, site_id)
        in_force = version_in_force(site_id)
        row = _row(session, site_id, version)
        if version == in_force:
            return _view(row, in_force=in_force)
        is_new = row.status == PolicyStatus.DRAFT
        if is_new and settings.get("policy_second_person") and row.created_by == by:
            raise SecondPersonNeeded
        if version < in_force:
            row = _add(
                session,
                site_id,
                row.source,
                status=PolicyStatus.DRAFT,
                note=row.note,
                now=now,
                by=by,
            )
        row.status, row.published_at = PolicyStatus.PUBLISHED, now
        session.flush()
        events.record(
            EventType.POLICY_PUBLISHED,
            site_id=site_id,
            data={"policy_version": row.version},
            now=now,
        )
        audit.record(
            AuditAction.POLICY_PUBLISHED,
            actor=by,
            target=f"policy:{version}",
            site_id=site_id,
            before={"policy_version": in_force},
            after={"policy_version": row.version},
            now=now,
        )
        return _view(row, in_force=row.version)


def versions(site_id: int, *, limit: int, below: int | None = None) -> Versions:
    """The newest `limit` versions of a site, or those before the number given."""
    query = (
        select(
            PolicyVersion.version,
            PolicyVersion.status,
            PolicyVersion.note,
            PolicyVersion.created_by,
            PolicyVersion.created_at,
            PolicyVersion.published_at,
        )
        .where(PolicyVersion.site_id == site_id)
        .order_by(PolicyVersion.version.desc())
        .limit(limit + 1)
    )
    if below is not None:
        query = query.where(PolicyVersion.version < below)
    with reading() as connection:
        rows = connection.execute(query).all()
        in_force = version_in_force(site_id)
    items = tuple(_view(row, in_force=in_force) for row in rows[:limit])
    return Versions(items, items[-1].version if len(rows) > limit else None)


def read(site_id: int, version: int) -> DocumentView:
    """A version with its document. Raises `NotFound`."""
    query = select(PolicyVersion.__table__).where(
        PolicyVersion.site_id == site_id, PolicyVersion.version == version
    )
    with reading() as connection:
        row = connection.execute(query).first()
        in_force = version_in_force(site_id)
    if row is None:
        raise NotFound
    return DocumentView(_view(row, in_force=in_force), row.source, _mapping(row.source))


def version_in_force(site_id: int) -> int:
    """The number of the policy that judges this site's comments now."""
    return int(_row_in_force(site_id).version)


def in_force(site_id: int) -> Policy:
    """The policy that judges this site's comments now, compiled once per process and version."""
    return published(site_id, version_in_force(site_id))


def published(site_id: int, version: int) -> Policy:
    """A published version, compiled by one thread while the others wait for it: it takes a second
    of the processor, and after a start many writers ask at once."""
    with _compiling:
        return _compiled_once(site_id, version)


def of_version(site_id: int, version: int) -> Policy:
    """Any version, draft or published, ready to judge with. Raises `NotFound`."""
    return _of_source(read(site_id, version).source, version)


def compiled(source: Source) -> Policy:
    """A document that is no version yet, ready to judge with as version 0.

    Raises `InvalidPolicy` with every mistake in it.
    """
    try:
        return compile_policy(parse(source))
    except InvalidDocument as error:
        raise InvalidPolicy(
            errors=tuple(
                FieldError(
                    f"/policy{mistake.path}", mistake.message, ko=mistake.ko, line=mistake.line
                )
                for mistake in error.errors
            )
        ) from None


def public_view(site_id: int) -> PolicyView:
    """The policy in force as readers may read it."""
    row = _row_in_force(site_id)
    return PolicyView(
        version=row.version,
        published_at=row.published_at,
        clauses=tuple(
            ClauseView(clause.id, dict(clause.title.texts()), dict(clause.text.texts()))
            for clause in published(site_id, row.version).clauses
        ),
    )


def _add(
    session: WriteSession,
    site_id: int,
    source: str,
    *,
    status: PolicyStatus,
    note: str | None,
    now: datetime,
    by: str | None = None,
) -> PolicyVersion:
    _lock(session, site_id)
    greatest = session.execute(
        select(func.max(PolicyVersion.version)).where(PolicyVersion.site_id == site_id)
    ).scalar()
    row = PolicyVersion(
        id=new_id(now),
        site_id=site_id,
        version=(greatest or 0) + 1,
        status=status,
        source=source,
        note=note,
        created_by=by,
        created_at=now,
        published_at=now if status is PolicyStatus.PUBLISHED else None,
    )
    session.add(row)
    session.flush()
    return row


def _lock(session: WriteSession, site_id: int) -> dict[str, Any]:
    """Numbers are given out one after the other; the site's settings."""
    # The key stays what it is: whoever refers to the site, as each comment does, need not wait.
    query = select(Site.settings).where(Site.id == site_id).with_for_update(key_share=True)
    settings: dict[str, Any] = session.execute(query).scalar_one()
    return settings


def _row(session: WriteSession, site_id: int, version: int) -> PolicyVersion:
    row = session.execute(
        select(PolicyVersion).where(
            PolicyVersion.site_id == site_id, PolicyVersion.version == version
        )
    ).scalar()
    if row is None:
        raise NotFound
    return row


def version_column(site_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ScalarSelect[int]:
    """The number of the policy in force, for a statement that has the site's id as a column."""
    return (
        select(PolicyVersion.version)
        .where(PolicyVersion.site_id == site_id, PolicyVersion.status == PolicyStatus.PUBLISHED)
        .order_by(PolicyVersion.version.desc())
        .limit(1)
        .scalar_subquery()
    )


_IN_FORCE = (
    select(PolicyVersion.version, PolicyVersion.published_at)
    .where(
        PolicyVersion.site_id == bindparam("site_id"),
        PolicyVersion.status == PolicyStatus.PUBLISHED,
    )
    .order_by(PolicyVersion.version.desc())
    .limit(1)
)


def _row_in_force(site_id: int) -> AnyRow:
    with looking_up() as connection:
        return connection.execute(_IN_FORCE, {"site_id": site_id}).one()


_compiling = Lock()


@lru_cache(maxsize=1024)
def _compiled_once(site_id: int, version: int) -> Policy:
    """A published version never changes, so it never leaves the cache but for room."""
    return of_version(site_id, version)


@lru_cache(maxsize=64)
def _of_source(source: str, version: int) -> Policy:
    """Sites whose documents are alike, such as all with the default, share one automaton."""
    return compile_policy(parse(_mapping(source)), version=version)


def _mapping(source: str) -> dict[str, Any]:
    """What a stored document says. One that came as JSON is read as such, a hundred times faster
    than as the YAML that it also is."""
    try:
        value: dict[str, Any] = json.loads(source)
    except ValueError:
        value, _lines = read_yaml(source)
    return value


def _view(row: PolicyVersion | AnyRow, *, in_force: int) -> VersionView:
    return VersionView(
        version=row.version,
        status=PolicyStatus(row.status),
        in_force=row.version == in_force,
        note=row.note,
        created_at=row.created_at,
        published_at=row.published_at,
        created_by=row.created_by,
    )
