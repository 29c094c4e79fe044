"""The audit log: what people did with power over others, and where its chain ends."""

from __future__ import annotations

from typing import Annotated

from flask import Response
from pydantic import StringConstraints

from comments_service.services import audit, audit_log, sites
from comments_service.services.permissions import Permission
from comments_service.web.api import present
from comments_service.web.api.fields import Limit, Moment, SiteKey
from comments_service.web.api.routes import blueprint
from comments_service.web.http import cursor
from comments_service.web.http.actor import current_actor, requires
from comments_service.web.http.body import Query
from comments_service.web.http.ready import private_json, timestamp

Named = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[\w.:@-]+$")]


class AuditQuery(Query):
    site: SiteKey | None = None
    actor: Named | None = None
    action: Named | None = None
    target: Named | None = None
    since: Moment | None = None
    until: Moment | None = None
    limit: Limit = 20
    cursor: str | None = None


@blueprint.get("/moderation/audit")
@requires(Permission.READ_MODERATION)
@blueprint.input(AuditQuery, location="query")
def read_audit(query_data: AuditQuery) -> Response:
    """Read the audit log, newest first"""
    actor = current_actor()
    site = None if query_data.site is None else sites.run_by(actor, query_data.site)
    chosen = query_data.model_dump(exclude={"site", "limit", "cursor"}, exclude_none=True)
    filters = audit_log.filters_for(actor, None if site is None else site.id, **chosen)
    listing = f"audit:{filters!r}"
    below = None if query_data.cursor is None else cursor.decode(listing, query_data.cursor)
    page = audit_log.page(filters, limit=query_data.limit, below=below)
    next_cursor = None if page.next is None else cursor.encode(listing, page.next)
    items = [present.audit_entry(entry) for entry in page.items]
    response = private_json({"items": items, "next_cursor": next_cursor})
    query = query_data.model_dump(exclude={"cursor"}, exclude_none=True)
    for name in {"since", "until"} & set(query):
        query[name] = timestamp(query[name])
    response.headers.update(present.next_link(query, next_cursor))
    return response


@blueprint.get("/moderation/audit/head")
@requires(Permission.READ_MODERATION)
def read_audit_head() -> Response:
    """Read where the audit log ends, to be noted elsewhere"""
    current_actor()
    head = audit.head()
    return private_json({"seq": head.seq, "hash": head.hash})
