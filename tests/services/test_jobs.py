"""Jobs: done once, whoever dies over them."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from comments_service.errors import NotFound
from comments_service.models import JobStatus
from comments_service.services import jobs, sites
from comments_service.services.actor import Actor
from comments_service.services.jobs import HELD_FOR, JobFailed, JobKind, JobLost, JobRun, JobView
from comments_service.services.sites import SiteView
from comments_service.services.transaction import transaction
from tests.small_app import NOON, Clock

HELD_SECONDS = HELD_FOR.total_seconds()


@pytest.fixture
def asked(app: Flask, site: SiteView) -> JobView:
    parameters = {"file": "comments.xml"}
    return jobs.enqueue(
        JobKind.IMPORT, site_id=site.id, actor="service:1", parameters=parameters, now=NOON
    )


def service(*scopes: str, site_id: int | None = None) -> Actor:
    return Actor(1, site_id=site_id, scopes=frozenset(scopes), service_client_id=1)


def killed(run: JobRun) -> Mapping[str, Any]:
    """A worker that got half way and was never heard of again."""
    run.progress(5, total=10, state={"next": 6})
    raise Killed


class Killed(BaseException):
    pass


def nothing(_run: JobRun) -> Mapping[str, Any]:
    return {}


RUNNERS = dict.fromkeys(JobKind, nothing)


def test_a_job_is_done_once_and_its_report_kept(asked: JobView, now: Clock) -> None:
    runs: list[JobRun] = []

    def runner(run: JobRun) -> Mapping[str, Any]:
        runs.append(run)
        return {"created": 3}

    assert jobs.run_next({JobKind.IMPORT: runner}, clock=now)
    assert not jobs.run_next({JobKind.IMPORT: runner}, clock=now)
    assert [dict(run.parameters) for run in runs] == [{"file": "comments.xml"}]
    done = jobs.get(asked.id)
    assert (done.status, done.report, done.finished_at) == (JobStatus.DONE, {"created": 3}, NOON)


def test_the_next_worker_goes_on_where_one_died(asked: JobView, now: Clock) -> None:
    with pytest.raises(Killed):
        jobs.run_next({JobKind.IMPORT: killed}, clock=now)
    seen: list[Mapping[str, Any]] = []

    def runner(run: JobRun) -> Mapping[str, Any]:
        seen.append(run.state)
        return {}

    assert not jobs.run_next({JobKind.IMPORT: runner}, clock=now)
    now.advance(seconds=HELD_SECONDS + 1)
    assert jobs.run_next({JobKind.IMPORT: runner}, clock=now)
    assert seen == [{"next": 6}]
    assert (jobs.get(asked.id).done, jobs.get(asked.id).total) == (5, 10)


def test_a_worker_that_slept_too_long_writes_nothing(asked: JobView, now: Clock) -> None:
    def slow(run: JobRun) -> Mapping[str, Any]:
        now.advance(seconds=HELD_SECONDS + 1)
        assert jobs.run_next({JobKind.IMPORT: lambda _run: {"by": "another"}}, clock=now)
        with pytest.raises(JobLost), transaction():
            run.progress(7)
        return {"by": "the slow one"}

    assert jobs.run_next({JobKind.IMPORT: slow}, clock=now)
    assert jobs.get(asked.id).report == {"by": "another"}


def test_a_worker_that_is_stopped_leaves_the_job_to_the_next_at_once(
    asked: JobView, now: Clock
) -> None:
    def stopped(_run: JobRun) -> Mapping[str, Any]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        jobs.run_next({JobKind.IMPORT: stopped}, clock=now)
    assert jobs.run_next({JobKind.IMPORT: lambda _run: {}}, clock=now)


def test_work_that_cannot_be_done_says_why(asked: JobView, now: Clock) -> None:
    def refusing(_run: JobRun) -> Mapping[str, Any]:
        raise JobFailed({"line": 3})

    assert jobs.run_next({JobKind.IMPORT: refusing}, clock=now)
    failed = jobs.get(asked.id)
    assert (failed.status, failed.report) == (JobStatus.FAILED, {"line": 3})


def test_a_fault_of_ours_ends_the_job_and_is_raised(asked: JobView, now: Clock) -> None:
    def broken(_run: JobRun) -> Mapping[str, Any]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        jobs.run_next({JobKind.IMPORT: broken}, clock=now)
    assert jobs.get(asked.id).report == {"error": "internal"}


def cut_off(_run: JobRun) -> Mapping[str, Any]:
    """As when the database is started anew."""
    with transaction() as session:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    return {}


on_postgresql = pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


@on_postgresql
def test_a_job_whose_worker_lost_the_database_is_the_next_ones(asked: JobView, now: Clock) -> None:
    with pytest.raises(OperationalError):
        jobs.run_next({JobKind.IMPORT: cut_off}, clock=now)
    assert jobs.get(asked.id).status is JobStatus.RUNNING
    assert not jobs.run_next({JobKind.IMPORT: nothing}, clock=now)  # the database has a minute
    now.advance(seconds=HELD_SECONDS + 1)
    assert jobs.run_next({JobKind.IMPORT: nothing}, clock=now)
    assert jobs.get(asked.id).status is JobStatus.DONE


@on_postgresql
def test_a_job_that_loses_the_database_every_time_is_given_up(asked: JobView, now: Clock) -> None:
    for _ in range(jobs.MOST_ATTEMPTS):
        with pytest.raises(OperationalError):
            jobs.run_next({JobKind.IMPORT: cut_off}, clock=now)
        now.advance(seconds=HELD_SECONDS + 1)
    assert not jobs.run_next({JobKind.IMPORT: cut_off}, clock=now)
    assert jobs.get(asked.id).report == {"error": "given up", "attempts": jobs.MOST_ATTEMPTS}


def test_a_job_that_kills_every_worker_is_given_up(asked: JobView, now: Clock) -> None:
    for _ in range(jobs.MOST_ATTEMPTS):
        with pytest.raises(Killed):
            jobs.run_next({JobKind.IMPORT: killed}, clock=now)
        now.advance(seconds=HELD_SECONDS + 1)
    jobs.run_next({JobKind.IMPORT: killed}, clock=now)
    assert jobs.get(asked.id).status is JobStatus.FAILED


def another(kind: JobKind, site: SiteView) -> JobView:
    return jobs.enqueue(kind, site_id=site.id, actor="service:1", parameters={}, now=NOON)


@pytest.mark.parametrize("kind", [JobKind.IMPORT, JobKind.UNDO_IMPORT])
def test_a_site_has_one_import_or_undo_of_one_at_work_at_a_time(
    asked: JobView, site: SiteView, now: Clock, kind: JobKind
) -> None:
    """An undo takes away what an import beside it finds there already."""
    waiting = another(kind, site)
    elsewhere = another(kind, sites.create("other", name="Other", origins=[], now=NOON))
    unlike = another(JobKind.BACKTEST, site)

    def busy(_run: JobRun) -> Mapping[str, Any]:
        while jobs.run_next(RUNNERS, clock=now):
            pass
        assert not jobs.run_next(RUNNERS, clock=now, only=waiting.id)
        assert jobs.get(waiting.id).status is JobStatus.QUEUED
        for job in (elsewhere, unlike):
            assert jobs.get(job.id).status is JobStatus.DONE
        return {}

    assert jobs.run_next({**RUNNERS, JobKind.IMPORT: busy}, clock=now)
    assert jobs.get(asked.id).status is JobStatus.DONE
    assert jobs.run_next(RUNNERS, clock=now)
    assert jobs.get(waiting.id).status is JobStatus.DONE


def test_an_import_that_was_begun_is_ended_before_the_next_of_its_site(
    asked: JobView, site: SiteView, now: Clock
) -> None:
    waiting = another(JobKind.UNDO_IMPORT, site)
    with pytest.raises(Killed):
        jobs.run_next({JobKind.IMPORT: killed}, clock=now)
    assert not jobs.run_next(RUNNERS, clock=now)
    now.advance(seconds=HELD_SECONDS + 1)
    assert not jobs.run_next(RUNNERS, clock=now, only=waiting.id)
    assert jobs.run_next(RUNNERS, clock=now)
    assert jobs.get(asked.id).status is JobStatus.DONE
    assert jobs.run_next(RUNNERS, clock=now, only=waiting.id)


def test_two_workers_at_once_do_not_take_two_imports_of_one_site(
    app: Flask, asked: JobView, site: SiteView, now: Clock
) -> None:
    another(JobKind.IMPORT, site)
    took: list[bool] = []

    def second() -> None:
        with app.app_context():
            took.append(jobs.run_next(RUNNERS, clock=now))

    worker = Thread(target=second)
    with transaction():
        run = jobs._claim(now, None)
        worker.start()
        worker.join(0.5)  # it waits for what the first has chosen
    worker.join()
    assert run is not None
    assert run.id == asked.id
    assert took == [False]


def test_who_may_know_of_a_job_depends_on_its_kind_and_site(asked: JobView) -> None:
    assert jobs.find(service("transfers:write"), asked.id).id == asked.id
    assert jobs.find(service("transfers:write", site_id=asked.site_id), asked.id).id == asked.id
    for stranger in (service("moderation:read"), service("transfers:write", site_id=1)):
        with pytest.raises(NotFound):
            jobs.find(stranger, asked.id)
