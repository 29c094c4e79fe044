"""Policies for those who write them: drafts, versions, publishing, dry runs, backtests."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask import Response
from pydantic import Field

from comments_service import clock
from comments_service.errors import FieldError, InvalidRequest, NotFound
from comments_service.policy import Policy
from comments_service.services import backtests, dry_runs, policies, sites
from comments_service.services.permissions import Permission
from comments_service.web.api import present
from comments_service.web.api.fields import ItemId, Limit, Moment, Note, SiteKey
from comments_service.web.api.routes import blueprint
from comments_service.web.http import cursor, limits
from comments_service.web.http.actor import current_actor, requires
from comments_service.web.http.addresses import public_url
from comments_service.web.http.body import Body, Query, accepts
from comments_service.web.http.idempotency import idempotent
from comments_service.web.http.ready import private_json, ready_json

MAX_POLICY = 2 * 1024 * 1024
MAX_DRY_RUN = 12 * 1024 * 1024
MAX_ITEMS = 1000
GREATEST_VERSION = 2**31 - 1

Document = dict[str, Any] | str
"""A policy as a JSON object, or as YAML in a string: then mistakes are told with their line."""

Version = Annotated[int, Field(ge=1, le=GREATEST_VERSION)]


class VersionsQuery(Query):
    site: SiteKey
    limit: Limit = 20
    cursor: str | None = None


class SiteQuery(Query):
    site: SiteKey


class DraftBody(Body):
    site: SiteKey
    policy: Document
    note: Note | None = None


class PublishBody(Body):
    site: SiteKey


class BacktestBody(Body):
    site: SiteKey
    since: Moment


class DryRunItem(Body):
    id: ItemId
    body: str
    lang: Literal["ko", "en"] | None = None


class DryRunBody(Body):
    site: SiteKey
    version: Version | None = None
    policy: Document | None = None
    items: Annotated[list[DryRunItem], Field(max_length=MAX_ITEMS)]


@blueprint.get("/moderation/policies")
@requires(Permission.READ_POLICIES)
@blueprint.input(VersionsQuery, location="query")
def list_policies(query_data: VersionsQuery) -> Response:
    """List the versions of a site's policy, newest first"""
    site = sites.run_by(current_actor(), query_data.site)
    listing = f"policies:{site.id}"
    below = None if query_data.cursor is None else cursor.decode(listing, query_data.cursor)
    page = policies.versions(site.id, limit=query_data.limit, below=below)
    next_cursor = None if page.next is None else cursor.encode(listing, page.next)
    body = {
        "items": [present.policy_version(version) for version in page.items],
        "next_cursor": next_cursor,
    }
    response = private_json(body)
    query = {"site": site.key, "limit": query_data.limit}
    response.headers.update(present.next_link(query, next_cursor))
    return response


@blueprint.post("/moderation/policies")
@limits.by_account("writes")
@requires(Permission.WRITE_POLICIES)
@accepts(MAX_POLICY)
@idempotent
@blueprint.input(DraftBody)
def draft_policy(json_data: DraftBody) -> Response:
    """Draft a new version of a site's policy"""
    actor = current_actor()
    site = sites.run_by(actor, json_data.site)
    made = policies.draft(
        site.id, json_data.policy, note=json_data.note, now=clock.now(), by=actor.key
    )
    response = ready_json(present.policy_version(made), status=201)
    location = f"/api/v1/moderation/policies/{made.version}?site={site.key}"
    response.headers["Location"] = public_url(location)
    return response


@blueprint.get("/moderation/policies/<version:version>")
@requires(Permission.READ_POLICIES)
@blueprint.input(SiteQuery, location="query")
def read_policy_version(version: str, query_data: SiteQuery) -> Response:
    """Read a version of a site's policy with its document"""
    site = sites.run_by(current_actor(), query_data.site)
    view = policies.read(site.id, _path_version(version))
    return private_json(
        {
            **present.policy_version(view.version),
            "policy": view.document,
            "source": view.source,
        }
    )


@blueprint.post("/moderation/policies/<version>/publish")
@limits.by_account("writes")
@requires(Permission.WRITE_POLICIES)
@idempotent
@blueprint.input(PublishBody)
def publish_policy(version: str, json_data: PublishBody) -> Response:
    """Put a version of a site's policy in force"""
    actor = current_actor()
    site = sites.run_by(actor, json_data.site)
    number = _path_version(version)
    published = policies.publish(site.id, number, by=actor.key, now=clock.now())
    return ready_json(present.policy_version(published))


@blueprint.post("/moderation/policies/dry-run")
@limits.by_account("writes")
@requires(Permission.READ_POLICIES)
@accepts(MAX_DRY_RUN)
@blueprint.input(DryRunBody)
def dry_run(json_data: DryRunBody) -> Response:
    """Try a policy on texts, without history and without a trace"""
    site = sites.run_by(current_actor(), json_data.site)
    texts = [dry_runs.Text(item.body, item.lang) for item in json_data.items]
    results = dry_runs.run(_policy_to_try(site.id, json_data), texts)
    items = [
        {"id": item.id, **present.tried(result)}
        for item, result in zip(json_data.items, results, strict=True)
    ]
    return private_json({"items": items})


@blueprint.post("/moderation/policies/<version>/backtest")
@limits.by_account("writes")
@requires(Permission.READ_POLICIES)
@idempotent
@blueprint.input(BacktestBody)
def backtest_policy(version: str, json_data: BacktestBody) -> Response:
    """Test a version of a site's policy on its past comments, as a job"""
    actor = current_actor()
    site = sites.run_by(actor, json_data.site)
    job = backtests.enqueue(
        site.id, _path_version(version), since=json_data.since, by=actor.key, now=clock.now()
    )
    response = ready_json(present.job(job), status=202)
    response.headers["Location"] = present.public_url(f"/api/v1/jobs/{job.id}")
    return response


def _policy_to_try(site_id: int, asked: DryRunBody) -> Policy:
    if asked.policy is None:
        if asked.version is None:
            return policies.in_force(site_id)
        return policies.of_version(site_id, asked.version)
    if asked.version is not None:
        wrong = FieldError(
            "/policy",
            "Give either version or policy.",
            ko="version과 policy 가운데 하나만 보내 주세요.",
        )
        raise InvalidRequest(errors=(wrong,))
    return policies.compiled(asked.policy)


def _path_version(text: str) -> int:
    """The number in a path. Raises `NotFound` where it cannot be one."""
    if text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= GREATEST_VERSION:
        return int(text)
    raise NotFound
