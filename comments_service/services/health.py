"""Whether what the service leans on is there, and whether an installation is complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from comments_service.models import Event, Job, JobStatus, Role, Site, StaffRole
from comments_service.services.transaction import reading

LEFT_LYING = timedelta(minutes=5)
"""Work that waits longer than this waits for a worker that does not run."""

CLOCKS_APART = timedelta(seconds=5)


def problems(*, migrations: str) -> list[str]:
    """Why the service cannot serve; empty when it can. `migrations` is the folder they are in."""
    try:
        with reading() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError:
        return ["database: no answer"]
    wanted = ScriptDirectory(migrations).get_current_head()
    if current != wanted:
        return [f"database: schema is {current}, this version needs {wanted}"]
    return []


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
