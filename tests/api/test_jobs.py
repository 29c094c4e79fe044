"""How far a job is, over HTTP."""

from __future__ import annotations

from flask import Flask

from comments_service.services import jobs
from comments_service.services.jobs import JobKind
from comments_service.services.sites import SiteView
from tests.api.services import service
from tests.problems import slug
from tests.small_app import NOON


def test_a_service_reads_how_far_its_job_is(app: Flask, site: SiteView) -> None:
    asked = jobs.enqueue(
        JobKind.IMPORT, site_id=site.id, actor="service:1", parameters={}, now=NOON
    )
    assert service(app, "transfers:write").call("GET", f"/api/v1/jobs/{asked.id}").get_json() == {
        "id": str(asked.id),
        "kind": "import",
        "status": "queued",
        "progress": {"done": 0, "total": None},
        "report": None,
        "created_at": "2026-11-24T12:00:00.000Z",
        "finished_at": None,
    }


def test_a_job_that_one_may_not_know_of_is_not_found(app: Flask, site: SiteView) -> None:
    asked = jobs.enqueue(
        JobKind.IMPORT, site_id=site.id, actor="service:1", parameters={}, now=NOON
    )
    moderating = service(app, "moderation:read")
    assert slug(moderating.call("GET", f"/api/v1/jobs/{asked.id}")) == "not-found"
    assert slug(moderating.call("GET", "/api/v1/jobs/none")) == "not-found"
