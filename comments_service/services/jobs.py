"""Jobs: long work that somebody asked for and a worker does, piece by piece.

A runner (`job_runners`) gets a `JobRun` and gives the report back. It tells how far it is with
`progress`, in the transaction of the piece that is done: a worker that is killed loses the piece
it was at, and the next one goes on from `state`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import CursorResult, Select, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from comments_service import metrics
from comments_service.errors import NotFound
from comments_service.models import Job, JobStatus, db
from comments_service.services.actor import Actor
from comments_service.services.again import is_temporary
from comments_service.services.ids import new_id
from comments_service.services.rows import AnyRow
from comments_service.services.transaction import reading, transaction

HELD_FOR = timedelta(seconds=60)
"""How long after a worker's last sign of life its job is another's to take up."""

MOST_ATTEMPTS = 5
"""After so many workers that died over it or lost the database, a job is the reason and not the
victim."""

CLAIMING = 0x0EBE_57E3
"""The number of PostgreSQL's lock for whoever takes a job up; SQLite has one writer anyway."""


class JobKind(StrEnum):
    BACKTEST = "backtest"
    IMPORT = "import"
    UNDO_IMPORT = "undo_import"


ALONE = (JobKind.IMPORT, JobKind.UNDO_IMPORT)
"""Of these a site has one at work at a time, and the others wait for it: an import leaves out what
is there already, which an undo beside it may be about to take away."""

SCOPES: Mapping[JobKind, str] = {
    JobKind.BACKTEST: "moderation:read",
    JobKind.IMPORT: "transfers:write",
    JobKind.UNDO_IMPORT: "transfers:write",
}
"""What a service must be allowed to, to know of a job of each kind."""


class JobLost(Exception):
    """Another worker took the job up: whatever this one has not committed is not to be."""


class JobFailed(Exception):
    """Raised by a runner: the work cannot be done, and `report` says why, for whoever asked."""

    def __init__(self, report: Mapping[str, Any]) -> None:
        super().__init__("the job failed")
        self.report = dict(report)


@dataclass(frozen=True, slots=True)
class JobView:
    """`total` is None while nobody knows it; `report` is there once the job is done or failed."""

    id: int
    kind: JobKind
    site_id: int
    status: JobStatus
    done: int
    total: int | None
    report: dict[str, Any] | None
    created_at: datetime
    finished_at: datetime | None
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobRun:
    """A job in a worker's hands."""

    id: int
    kind: JobKind
    site_id: int
    requested_by: str
    parameters: Mapping[str, Any]
    state: Mapping[str, Any]
    attempt: int
    clock: Callable[[], datetime]

    def progress(
        self,
        done: int | None = None,
        *,
        total: int | None = None,
        state: Mapping[str, Any] | None = None,
    ) -> None:
        """Say how many of how many are done and keep `state`, in the open transaction if there
        is one; what is None stays. Raises `JobLost` where the job is no longer this worker's."""
        values: dict[str, Any] = {"held_until": self.clock() + HELD_FOR}
        if done is not None:
            values["done"] = done
        if total is not None:
            values["total"] = total
        if state is not None:
            values["state"] = dict(state)
        with transaction():
            _write(self, values)


Runner = Callable[[JobRun], Mapping[str, Any]]


def enqueue(
    kind: JobKind, *, site_id: int, actor: str, parameters: Mapping[str, Any], now: datetime
) -> JobView:
    """Leave a job to the workers, in the open transaction if there is one. `actor` is the key of
    whoever asked."""
    row = Job(
        id=new_id(now),
        kind=kind,
        site_id=site_id,
        requested_by=actor,
        status=JobStatus.QUEUED,
        parameters=dict(parameters),
        state={},
        done=0,
        attempt=0,
        created_at=now,
    )
    with transaction() as session:
        session.add(row)
        session.flush()
        return _view(row)


def find(actor: Actor, job_id: int) -> JobView:
    """The job, for whoever may know of it: a service by its scopes, and a moderator of those that
    are about moderation. Raises `NotFound`."""
    view = get(job_id)
    needed = SCOPES[view.kind]
    moderates = needed.startswith("moderation:") and bool(actor.roles)
    if not (moderates or needed in actor.scopes) or not actor.reaches(view.site_id):
        raise NotFound
    return view


def get(job_id: int) -> JobView:
    """The job with this id. Raises `NotFound`."""
    with reading() as connection:
        row = connection.execute(select(Job.__table__).where(Job.id == job_id)).first()
    if row is None:
        raise NotFound
    return _view(row)


def newest(kind: JobKind, *, site_id: int, most: int = 50) -> tuple[JobView, ...]:
    """The site's newest jobs of a kind, with what each was asked to do in `parameters`."""
    query = (
        select(Job.__table__)
        .where(Job.site_id == site_id, Job.kind == kind)
        .order_by(Job.id.desc())
        .limit(most)
    )
    with reading() as connection:
        return tuple(_view(row) for row in connection.execute(query))


def run_next(
    runners: Mapping[JobKind, Runner],
    *,
    clock: Callable[[], datetime],
    only: int | None = None,
) -> bool:
    """Do the oldest job that nobody is at, or `only` this one, and say whether there was one. What
    has to wait for another of its site (`ALONE`) is left for later.

    Whatever a runner raises but `JobFailed` is a fault of ours: it is raised on once the job is
    marked as failed. Where it is the database's that does not last, the job is left to the next
    worker, as if this one had died.
    """
    run = _claim(clock, only)
    if run is None:
        return False
    with suppress(JobLost):
        _do(run, runners)
    return True


def _do(run: JobRun, runners: Mapping[JobKind, Runner]) -> None:
    try:
        report = runners[run.kind](run)
    except (KeyboardInterrupt, SystemExit):
        with transaction():
            _write(run, {"held_until": None})  # the next worker need not wait
        raise
    except JobLost:
        raise
    except JobFailed as failure:
        _finish(run, JobStatus.FAILED, failure.report)
    except Exception as error:
        if not is_temporary(error):  # or another goes on, once this worker's time is over
            _finish(run, JobStatus.FAILED, {"error": "internal"})
        raise
    else:
        _finish(run, JobStatus.DONE, report)


def _claim(clock: Callable[[], datetime], only: int | None) -> JobRun | None:
    now = clock()
    with transaction() as session:
        if db.engine.dialect.name == "postgresql":
            session.execute(select(func.pg_advisory_xact_lock(CLAIMING)))
        row = session.scalars(_next(now, only)).first()
        if row is None:
            return None
        row.attempt += 1
        if row.attempt > MOST_ATTEMPTS:
            row.status, row.finished_at = JobStatus.FAILED, now
            row.report = {"error": "given up", "attempts": MOST_ATTEMPTS}
            return None
        row.status, row.held_until = JobStatus.RUNNING, now + HELD_FOR
        return JobRun(
            id=row.id,
            kind=JobKind(row.kind),
            site_id=row.site_id,
            requested_by=row.requested_by,
            parameters=row.parameters,
            state=row.state,
            attempt=row.attempt,
            clock=clock,
        )


def _next(now: datetime, only: int | None) -> Select[Job]:
    """The oldest job that nobody is at and that may be taken up."""
    is_free = or_(Job.held_until.is_(None), Job.held_until < now)
    unfinished = Job.status.in_((JobStatus.QUEUED, JobStatus.RUNNING))
    other = aliased(Job)
    # One whose worker is gone goes on first, or whoever comes between would change what it knows.
    in_its_way = exists().where(
        Job.kind.in_(ALONE),
        other.kind.in_(ALONE),
        other.site_id == Job.site_id,
        other.id != Job.id,
        other.status == JobStatus.RUNNING,
        or_(other.held_until >= now, other.id < Job.id),
    )
    return (
        select(Job)
        .where(unfinished, is_free, ~in_its_way, *(() if only is None else (Job.id == only,)))
        .order_by(Job.id)
        .limit(1)
        .with_for_update(of=Job, skip_locked=True)
    )


def _finish(run: JobRun, status: JobStatus, report: Mapping[str, Any]) -> None:
    with transaction():
        _write(run, {"status": status, "report": dict(report), "finished_at": run.clock()})
    metrics.JOBS.labels(run.kind.value, status.value).inc()


def _write(run: JobRun, values: Mapping[str, Any]) -> None:
    mine = (Job.id == run.id, Job.attempt == run.attempt, Job.status == JobStatus.RUNNING)
    result = db.session.execute(
        update(Job).where(*mine).values(**values).execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", result).rowcount != 1:
        raise JobLost


def _view(row: Job | AnyRow) -> JobView:
    return JobView(
        id=row.id,
        kind=JobKind(row.kind),
        site_id=row.site_id,
        status=JobStatus(row.status),
        done=row.done,
        total=row.total,
        report=row.report,
        created_at=row.created_at,
        finished_at=row.finished_at,
        parameters=row.parameters,
    )
