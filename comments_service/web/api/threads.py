"""Reading threads: public, the same for everybody, ready to be cached."""

from __future__ import annotations

from typing import Any

from flask import Response

from comments_service import clock
from comments_service.services import articles, sites, threads
from comments_service.services.freshness import OfComment, OfThread
from comments_service.services.permissions import Permission
from comments_service.services.threads import Sort
from comments_service.services.transaction import reading_together
from comments_service.services.views import ArticleView
from comments_service.web.api import present
from comments_service.web.api.fields import Id, path_id
from comments_service.web.api.routes import blueprint
from comments_service.web.http import cursor
from comments_service.web.http.actor import requires
from comments_service.web.http.body import Query
from comments_service.web.http.caching import THREAD, public_json, watch
from comments_service.web.http.fields import ArticleKey, Limit, SiteKey

Position = tuple[int, ...]
FORWARD, BACKWARD = "next", "previous"


class ThreadQuery(Query):
    site: SiteKey
    article: ArticleKey
    sort: Sort = Sort.NEWEST
    limit: Limit = 20
    cursor: str | None = None
    around: Id | None = None


class RepliesQuery(Query):
    limit: Limit = 20
    cursor: str | None = None


@blueprint.get("/comments")
@requires(Permission.PUBLIC)
@blueprint.input(ThreadQuery, location="query")
def read(query_data: ThreadQuery) -> Response:
    """Read an article's thread"""
    watch(OfThread(query_data.site, query_data.article))
    with reading_together():
        return _thread(query_data)


def _thread(query_data: ThreadQuery) -> Response:
    site, policy_version = sites.with_policy(query_data.site)
    article = articles.get(site, query_data.article, now=clock.now())
    public_site = present.site(site, policy_version=policy_version)
    public_article = present.article(article)
    listing = f"thread:{site.id}:{query_data.article}:{query_data.sort}"
    position = _position(listing, query_data.cursor)

    def render() -> tuple[Any, dict[str, str]]:
        page = _page(query_data, article, position)
        encoded = {
            name: None if place is None else cursor.encode(listing, [name, *place])
            for name, place in ((FORWARD, page.next), (BACKWARD, page.previous))
        }
        body = {
            "site": public_site,
            "article": public_article,
            "sort": query_data.sort.value,
            "comments": [present.comment(root) for root in page.comments],
            "next_cursor": encoded[FORWARD],
        }
        if query_data.around is not None or (position and position[0] == BACKWARD):
            body["previous_cursor"] = encoded[BACKWARD]
        query = {
            "site": site.key,
            "article": article.key,
            "sort": query_data.sort.value,
            "limit": query_data.limit,
        }
        return body, present.next_link(query, encoded[FORWARD])

    state = (public_site, public_article, article.id, article.pinned_id, query_data)
    return public_json(state, render, policy=THREAD, until=article.changes_at)


def _position(listing: str, text: str | None) -> tuple[str, Position] | None:
    if text is None:
        return None
    direction, *place = cursor.decode(listing, text)
    return direction, tuple(place)


def _page(
    query: ThreadQuery, article: ArticleView, position: tuple[str, Position] | None
) -> threads.Page:
    if query.around is not None:
        return threads.around(article, query.sort, query.around, limit=query.limit)
    if position is None:
        return threads.page(article, query.sort, limit=query.limit)
    direction, place = position
    if direction == BACKWARD:
        return threads.page(article, query.sort, limit=query.limit, before=place)
    return threads.page(article, query.sort, limit=query.limit, after=place)


@blueprint.get("/comments/<comment_id>")
@requires(Permission.PUBLIC)
def read_one(comment_id: str) -> Response:
    """Read one comment"""
    number = path_id(comment_id)
    watch(OfComment(number))
    view = threads.get(number)
    body = present.comment(view)
    return public_json(body, lambda: (body, {}), policy=THREAD)


@blueprint.get("/comments/<comment_id>/replies")
@requires(Permission.PUBLIC)
@blueprint.input(RepliesQuery, location="query")
def read_replies(comment_id: str, query_data: RepliesQuery) -> Response:
    """Read a comment's replies"""
    number = path_id(comment_id)
    watch(OfComment(number))
    listing = f"replies:{number}"
    after = None if query_data.cursor is None else cursor.decode(listing, query_data.cursor)
    page = threads.replies(number, limit=query_data.limit, after=after)
    next_cursor = None if page.next is None else cursor.encode(listing, page.next)
    body = {"items": [present.comment(item) for item in page.items], "next_cursor": next_cursor}
    headers = present.next_link({"limit": query_data.limit}, next_cursor)
    return public_json(body, lambda: (body, headers), policy=THREAD)
