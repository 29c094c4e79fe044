"""The reader's own history and mutes, and what they alone see of a thread."""

from __future__ import annotations

from typing import Annotated

from flask import Response
from pydantic import StringConstraints

from comments_service import clock
from comments_service.services import appeals, histories, mutes, overlays, sites
from comments_service.services.permissions import Permission
from comments_service.web.api import present
from comments_service.web.api.fields import Readable, path_id
from comments_service.web.api.routes import blueprint
from comments_service.web.http import cursor, limits
from comments_service.web.http.actor import current_actor, requires
from comments_service.web.http.body import Body, Query
from comments_service.web.http.fields import ArticleKey, Limit, SiteKey
from comments_service.web.http.idempotency import idempotent
from comments_service.web.http.ready import private_json


class OverlayQuery(Query):
    site: SiteKey
    article: ArticleKey


class AppealBody(Body):
    text: Annotated[Readable, StringConstraints(min_length=1, max_length=1000)]


class HistoryQuery(Query):
    limit: Limit = 20
    cursor: str | None = None


@blueprint.get("/me/overlay")
@requires(Permission.OWN_ACCOUNT)
@blueprint.input(OverlayQuery, location="query")
def overlay(query_data: OverlayQuery) -> Response:
    """Read what is the reader's alone in a thread"""
    site = sites.get(query_data.site)
    view = overlays.get(current_actor(), site, query_data.article, now=clock.now())
    return private_json(present.overlay(view))


@blueprint.get("/me/comments")
@requires(Permission.OWN_ACCOUNT)
@blueprint.input(HistoryQuery, location="query")
def history(query_data: HistoryQuery) -> Response:
    """Read one's own comments in every status"""
    actor = current_actor()
    listing = f"history:{actor.key}"
    below = None if query_data.cursor is None else cursor.decode(listing, query_data.cursor)
    page = histories.page(actor, limit=query_data.limit, below=below)
    next_cursor = None if page.next is None else cursor.encode(listing, page.next)
    body = {"items": [present.judged(item) for item in page.items], "next_cursor": next_cursor}
    response = private_json(body)
    response.headers.update(present.next_link({"limit": query_data.limit}, next_cursor))
    return response


@blueprint.post("/me/comments/<comment_id>/appeal")
@limits.by_account("reports")
@requires(Permission.OWN_ACCOUNT)
@idempotent
@blueprint.input(AppealBody)
def appeal(comment_id: str, json_data: AppealBody) -> Response:
    """Ask for a second look at one's rejected or removed comment"""
    appeals.file(current_actor(), path_id(comment_id), json_data.text, now=clock.now())
    return Response(status=202)


@blueprint.put("/me/mutes/<user_id>")
@limits.by_account("writes")
@requires(Permission.OWN_ACCOUNT)
def mute(user_id: str) -> Response:
    """Hide an author from oneself"""
    mutes.add(current_actor(), path_id(user_id), now=clock.now())
    return Response(status=204)


@blueprint.delete("/me/mutes/<user_id>")
@limits.by_account("writes")
@requires(Permission.OWN_ACCOUNT)
def unmute(user_id: str) -> Response:
    """Show an author to oneself again"""
    mutes.remove(current_actor(), path_id(user_id), now=clock.now())
    return Response(status=204)
