"""Policies: immutable, numbered by site, one in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select

from comments_service.models import PolicyStatus, PolicyVersion
from comments_service.policy import Policy, compile_policy, parse
from comments_service.services.ids import new_id
from comments_service.services.rows import AnyRow
from comments_service.services.transaction import WriteSession, reading

DEFAULT_SOURCE = "format: 1\nextends: default\n"


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


def publish_default(session: WriteSession, site_id: int, *, now: datetime) -> None:
    """Give a new site the policy that ships with the product, as its version 1."""
    session.add(
        PolicyVersion(
            id=new_id(now),
            site_id=site_id,
            version=1,
            status=PolicyStatus.PUBLISHED,
            source=DEFAULT_SOURCE,
            created_at=now,
            published_at=now,
        )
    )


def version_in_force(site_id: int) -> int:
    """The number of the policy that judges this site's comments now."""
    return int(_row_in_force(site_id).version)


def in_force(site_id: int) -> Policy:
    """The policy that judges this site's comments now, compiled once per process and version."""
    row = _row_in_force(site_id)
    return _compiled(site_id, row.version)


def public_view(site_id: int) -> PolicyView:
    """The policy in force as readers may read it."""
    row = _row_in_force(site_id)
    return PolicyView(
        version=row.version,
        published_at=row.published_at,
        clauses=tuple(
            ClauseView(clause.id, dict(clause.title.texts()), dict(clause.text.texts()))
            for clause in _compiled(site_id, row.version).clauses
        ),
    )


def _row_in_force(site_id: int) -> AnyRow:
    query = (
        select(PolicyVersion.version, PolicyVersion.published_at)
        .where(
            PolicyVersion.site_id == site_id,
            PolicyVersion.status == PolicyStatus.PUBLISHED,
        )
        .order_by(PolicyVersion.version.desc())
        .limit(1)
    )
    with reading() as connection:
        return connection.execute(query).one()


@lru_cache(maxsize=1024)
def _compiled(site_id: int, version: int) -> Policy:
    """A published version never changes, so it never leaves the cache but for room."""
    query = select(PolicyVersion.source).where(
        PolicyVersion.site_id == site_id, PolicyVersion.version == version
    )
    with reading() as connection:
        source = connection.execute(query).scalar_one()
    return _of_source(source, version)


@lru_cache(maxsize=64)
def _of_source(source: str, version: int) -> Policy:
    """Sites whose documents are alike, such as all with the default, share one automaton."""
    return compile_policy(parse(source), version=version)
