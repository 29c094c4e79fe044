"""`flask worker`."""

from __future__ import annotations

from importlib import import_module

import pytest
from flask import Flask

from comments_service.models import JobStatus
from comments_service.services import jobs
from comments_service.services.jobs import JobKind
from comments_service.services.sites import SiteView
from tests.small_app import NOON

worker = import_module("comments_service.cli.worker")
"""The module, whose name in its package is its command's."""


@pytest.fixture
def asked(app: Flask, site: SiteView) -> list[int]:
    return [
        jobs.enqueue(JobKind.IMPORT, site_id=site.id, actor="service:1", parameters={}, now=NOON).id
        for _ in range(3)
    ]


def test_once_does_what_there_is_and_ends(
    app: Flask, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "RUNNERS", {JobKind.IMPORT: lambda run: {"job": run.id}})
    result = app.test_cli_runner().invoke(args=["worker", "--once"])
    assert result.exit_code == 0, result.output
    assert [jobs.get(job).report for job in asked] == [{"job": job} for job in asked]


def test_a_turn_that_fails_does_not_stop_the_worker(
    app: Flask, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "RUNNERS", {})  # each job meets a fault of ours
    for _ in asked:
        app.test_cli_runner().invoke(args=["worker", "--once"])
    assert {jobs.get(job).status for job in asked} == {JobStatus.FAILED}
