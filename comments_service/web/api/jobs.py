"""Jobs: how far long work is."""

from __future__ import annotations

from flask import Response

from comments_service.services import jobs
from comments_service.services.permissions import Permission
from comments_service.web.api import present
from comments_service.web.api.fields import path_id
from comments_service.web.api.routes import blueprint
from comments_service.web.http.actor import current_actor, requires
from comments_service.web.http.ready import private_json


@blueprint.get("/jobs/<job_id>")
@requires(Permission.READ_JOBS)
def read_job(job_id: str) -> Response:
    """Read how far a job is, and its report once it has ended"""
    return private_json(present.job(jobs.find(current_actor(), path_id(job_id))))
