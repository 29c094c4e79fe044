"""The reader's own account, and what they alone see of a thread."""

from __future__ import annotations

from flask import Response

from comments_service import clock
from comments_service.services import overlays, sites
from comments_service.services.permissions import Permission
from comments_service.web.api import present
from comments_service.web.api.fields import ArticleKey, SiteKey
from comments_service.web.api.routes import blueprint
from comments_service.web.http.actor import current_actor, requires
from comments_service.web.http.body import Query
from comments_service.web.http.ready import ready_json


class OverlayQuery(Query):
    site: SiteKey
    article: ArticleKey


@blueprint.get("/me/overlay")
@requires(Permission.OWN_ACCOUNT)
@blueprint.input(OverlayQuery, location="query")
def overlay(query_data: OverlayQuery) -> Response:
    """Read what is the reader's alone in a thread"""
    site = sites.get(query_data.site)
    view = overlays.get(current_actor(), site, query_data.article, now=clock.now())
    response = ready_json(present.overlay(view))
    response.headers["Cache-Control"] = "private, no-store"
    return response
