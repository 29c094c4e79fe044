"""Jobs: done once, whoever dies over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask

from comments_service.errors import NotFound
from comments_service.models import JobStatus
from comments_service.services import jobs
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


def test_a_job_that_kills_every_worker_is_given_up(asked: JobView, now: Clock) -> None:
    for _ in range(jobs.MOST_ATTEMPTS):
        with pytest.raises(Killed):
            jobs.run_next({JobKind.IMPORT: killed}, clock=now)
        now.advance(seconds=HELD_SECONDS + 1)
    jobs.run_next({JobKind.IMPORT: killed}, clock=now)
    assert jobs.get(asked.id).status is JobStatus.FAILED


def test_who_may_know_of_a_job_depends_on_its_kind_and_site(asked: JobView) -> None:
    assert jobs.find(service("transfers:write"), asked.id).id == asked.id
    assert jobs.find(service("transfers:write", site_id=asked.site_id), asked.id).id == asked.id
    for stranger in (service("moderation:read"), service("transfers:write", site_id=1)):
        with pytest.raises(NotFound):
            jobs.find(stranger, asked.id)
