"""Articles: the counts that list pages show, and what is talked about most."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from flask import Response
from pydantic import Field

from comments_service import clock
from comments_service.services import articles, sites
from comments_service.services.freshness import OfCounts
from comments_service.services.permissions import Permission
from comments_service.web.api import present
from comments_service.web.api.fields import Window
from comments_service.web.api.routes import blueprint
from comments_service.web.http.actor import requires
from comments_service.web.http.body import Query
from comments_service.web.http.caching import COUNTS, public_json, watch
from comments_service.web.http.fields import ArticleKey, Limit, SiteKey


class CountsQuery(Query):
    site: SiteKey
    article: Annotated[list[ArticleKey], Field(min_length=1, max_length=100)]


class TopQuery(Query):
    site: SiteKey
    window: Annotated[Window, Field(json_schema_extra={"default": "24h"})] = timedelta(hours=24)
    limit: Limit = 20


@blueprint.get("/articles")
@requires(Permission.PUBLIC)
@blueprint.input(CountsQuery, location="query")
def counts(query_data: CountsQuery) -> Response:
    """Count the comments of up to 100 articles"""
    watch(OfCounts(query_data.site, tuple(query_data.article)))
    views = articles.counts(sites.get(query_data.site), query_data.article, now=clock.now())
    until = min((view.changes_at for _key, view in views if view.changes_at), default=None)
    body = {
        "articles": [
            {"key": key, "comment_count": view.comment_count, "status": view.status.value}
            for key, view in views
        ]
    }
    return public_json(body, lambda: (body, {}), policy=COUNTS, until=until)


@blueprint.get("/articles/top")
@requires(Permission.PUBLIC)
@blueprint.input(TopQuery, location="query")
def top(query_data: TopQuery) -> Response:
    """List the most commented articles of the last hours or days"""
    now = clock.now()
    found = articles.most_commented(
        sites.get(query_data.site), since=now - query_data.window, limit=query_data.limit, now=now
    )
    items = [{**present.article(view), "recent_comment_count": recent} for view, recent in found]
    body = {"items": items, "next_cursor": None}
    return public_json(body, lambda: (body, {}), policy=COUNTS)
