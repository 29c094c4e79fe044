"""Is it up, is it ready, and what it can be asked."""

from __future__ import annotations

from typing import cast

from apiflask import APIFlask
from flask import Blueprint, Response, current_app, make_response, render_template, request

from comments_service.services import health
from comments_service.services.permissions import Permission
from comments_service.web.http import limits
from comments_service.web.http.actor import requires
from comments_service.web.http.ready import ready_json
from comments_service.web.ops.reference import said, shape

LIMITER_STORE = "limiter-store"

blueprint = Blueprint(
    "ops",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/docs/static",
)
blueprint.add_app_template_filter(shape)
blueprint.add_app_template_filter(said)


@blueprint.get("/healthz")
@requires(Permission.PUBLIC)
def healthz() -> Response:
    """The process is up; says nothing of what it leans on."""
    return ready_json({"status": "ok"})


@blueprint.get("/readyz")
@requires(Permission.PUBLIC)
def readyz() -> Response:
    """Whether it is whole: the database answers and has the schema of this version, and what
    counts the limits answers.

    Without the last it serves as well. A load balancer asks with `exclude=limiter-store`, and then
    hears of it without taking every process away at once.
    """
    reasons = health.problems(migrations=current_app.extensions["comments_migrations"])
    status = "unavailable" if reasons else "ok"
    if not limits.store_answers():
        excluded = LIMITER_STORE in request.args.getlist("exclude")
        status = "degraded" if status == "ok" and excluded else "unavailable"
        reasons.append("limiter store: no answer")
    http_status = 503 if status == "unavailable" else 200
    return ready_json({"status": status, "reasons": reasons}, status=http_status)


@blueprint.get("/docs")
@requires(Permission.PUBLIC)
def docs() -> Response:
    """The OpenAPI document as a page, which runs nothing and loads nothing."""
    document = cast(APIFlask, current_app).spec
    page = make_response(render_template("ops/docs.html", document=document))
    policy = "default-src 'none'; style-src 'self'; frame-ancestors 'none'"
    page.headers["Content-Security-Policy"] = policy
    return page
