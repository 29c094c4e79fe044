"""Whether what the service leans on is there, and whether an installation is complete."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from comments_service.models import Event, Job, JobStatus, Role, Site, StaffRole
from comments_service.services.transaction import reading

LEFT_LYING = timedelta(minutes=5)
"""Work that waits longer than this waits for a worker that does not run."""

CLOCKS_APART = timedelta(seconds=5)

REVISION = re.compile(r'^(down_)?revision = "(\w+)"$', re.MULTILINE)
"""How a migration's file says which it is, and which it comes after."""


def problems(*, migrations: str) -> list[str]:
    """Why the service cannot serve; empty when it can. `migrations` is the folder they are in."""
    try:
        with reading() as connection:
            current = _revision_of(connection)
    except SQLAlchemyError:
        return ["database: no answer"]
    wanted = newest_revision(migrations)
    if current != wanted:
        return [f"database: schema is {current}, this version needs {wanted}"]
    return []


@cache
def newest_revision(migrations: str) -> str | None:
    """The schema of this version: the revision that no other comes after. Read here, since Alembic
    would take a worker ten megabytes to say it."""
    named: set[str] = set()
    followed: set[str] = set()
    for path in Path(migrations, "versions").glob("*.py"):
        for is_before, revision in REVISION.findall(path.read_text("utf-8")):
            (followed if is_before else named).add(revision)
    return max(named - followed, default=None)


def _revision_of(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def why_no_answer() -> str | None:
    """What the database's driver says where there is no answer, for an operator alone: it names
    hosts and users, though no password. None where there is an answer."""
    try:
        with reading():
            return None
    except DBAPIError as error:
        return " ".join(str(error.orig).split())


@dataclass(frozen=True, slots=True)
class Installation:
    """What a database of the newest schema tells about the installation around it.

    `left_lying_since` is since when work has waited for a worker, longer than one would take.
    """

    sites: tuple[str, ...]
    sites_without_origins: tuple[str, ...]
    has_admin: bool
    left_lying_since: datetime | None
    clock_is_off_by: timedelta


def examine(*, now: datetime) -> Installation:
    """Look at the installation. Raises `SQLAlchemyError` where the database has no answer."""
    admins = select(StaffRole.id).where(
        StaffRole.role == Role.ADMIN, StaffRole.revoked_at.is_(None)
    )
    jobs = select(func.min(Job.created_at)).where(Job.status == JobStatus.QUEUED)
    events = select(func.min(Event.created_at)).where(Event.position.is_(None))
    with reading() as connection:
        sites = connection.execute(select(Site.key, Site.origins).order_by(Site.key)).all()
        waiting = [connection.execute(query).scalar() for query in (jobs, events)]
        oldest = min((moment for moment in waiting if moment is not None), default=None)
        on_postgresql = connection.dialect.name == "postgresql"
        database_now = connection.execute(select(func.now())).scalar() if on_postgresql else now
        return Installation(
            sites=tuple(site.key for site in sites),
            sites_without_origins=tuple(site.key for site in sites if not site.origins),
            has_admin=connection.execute(admins.limit(1)).first() is not None,
            left_lying_since=oldest if oldest and now - oldest > LEFT_LYING else None,
            clock_is_off_by=abs(now - (database_now or now).astimezone(UTC)),
        )
