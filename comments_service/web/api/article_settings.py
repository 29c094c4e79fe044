"""Articles as the desk sets them: closed, premoderated, slowed down, with a comment on top."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask import Response
from pydantic import Field

from comments_service import clock
from comments_service.services import article_settings, sites
from comments_service.services.article_settings import LONGEST_SLOW_MODE
from comments_service.services.article_windows import MOST, Window
from comments_service.services.permissions import Permission
from comments_service.services.views import ArticleStatus
from comments_service.web.api import present
from comments_service.web.api.fields import ArticleKey, Id, Limit, Moment, SiteKey
from comments_service.web.api.routes import blueprint
from comments_service.web.http import cursor, limits
from comments_service.web.http.actor import current_actor, requires
from comments_service.web.http.body import Body, Query
from comments_service.web.http.ready import private_json, ready_json

Own = Literal["open", "closed", "premoderated"]
Forced = Literal["closed", "premoderated"]


class ArticlesQuery(Query):
    site: SiteKey
    article: ArticleKey | None = None
    limit: Limit = 20
    cursor: str | None = None


class ArticleQuery(Query):
    site: SiteKey
    article: ArticleKey


class WindowBody(Body):
    starts_at: Moment
    ends_at: Moment
    status: Forced


class SettingsBody(Body):
    status: Own | None = None
    pinned_comment_id: Id | None = None
    slow_mode_seconds: Annotated[int, Field(ge=0, le=LONGEST_SLOW_MODE)] | None = None
    windows: Annotated[list[WindowBody], Field(max_length=MOST)] | None = None
    updated_at: Moment | None = None


@blueprint.get("/moderation/articles")
@requires(Permission.READ_MODERATION)
@blueprint.input(ArticlesQuery, location="query")
def read_article_settings(query_data: ArticlesQuery) -> Response:
    """Read how an article is set, or, without `article`, those of a site"""
    site = sites.run_by(current_actor(), query_data.site)
    if query_data.article is not None:
        view = article_settings.read(site, query_data.article, now=clock.now())
        return private_json(present.article_settings(view))
    listing = f"articles:{site.id}"
    below = None if query_data.cursor is None else cursor.decode(listing, query_data.cursor)
    page = article_settings.page(site, limit=query_data.limit, below=below, now=clock.now())
    next_cursor = None if page.next is None else cursor.encode(listing, page.next)
    items = [present.article_settings(view) for view in page.items]
    response = private_json({"items": items, "next_cursor": next_cursor})
    query = {"site": site.key, "limit": query_data.limit}
    response.headers.update(present.next_link(query, next_cursor))
    return response


@blueprint.patch("/moderation/articles")
@limits.by_account("writes")
@requires(Permission.WRITE_MODERATION)
@blueprint.input(ArticleQuery, location="query")
@blueprint.input(SettingsBody)
def change_article_settings(query_data: ArticleQuery, json_data: SettingsBody) -> Response:
    """Close an article, premoderate, slow down, pin a comment, schedule"""
    actor = current_actor()
    site = sites.run_by(actor, query_data.site)
    view = article_settings.change(
        actor, site, query_data.article, _wanted(json_data), now=clock.now()
    )
    return ready_json(present.article_settings(view))


def _wanted(body: SettingsBody) -> dict[str, Any]:
    """What the body names; null puts back what an article has that nobody set."""
    given = {name: getattr(body, name) for name in body.model_fields_set}
    if "status" in given:
        given["status"] = ArticleStatus(given["status"] or ArticleStatus.OPEN)
    if "slow_mode_seconds" in given:
        given["slow_mode_seconds"] = given["slow_mode_seconds"] or 0
    if "windows" in given:
        given["windows"] = [
            Window(each.starts_at, each.ends_at, ArticleStatus(each.status))
            for each in given["windows"] or ()
        ]
    return given
