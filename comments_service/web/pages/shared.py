"""Feeds and rendered threads: public and the same for everybody, as the JSON reads are."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal
from urllib.parse import urlencode

from apiflask import APIBlueprint
from flask import Response, render_template

from comments_service import clock
from comments_service.services import articles, sites, threads
from comments_service.services.freshness import OfThread
from comments_service.services.permissions import Permission
from comments_service.services.sites import SiteView
from comments_service.services.threads import Sort, TitledComment
from comments_service.services.views import ArticleView
from comments_service.web.http import cors
from comments_service.web.http.actor import requires
from comments_service.web.http.addresses import own_page, permalink, public_url
from comments_service.web.http.body import Query
from comments_service.web.http.caching import THREAD, Rendered, public_answer, watch
from comments_service.web.http.fields import ArticleKey, Limit, SiteKey
from comments_service.web.http.language import preferred_language
from comments_service.web.pages import feed, linked_data
from comments_service.web.pages.words import SEOUL

ENTRIES = 50
FEED_SPAN = timedelta(days=30)
"""How far back a site's feed goes."""

blueprint = APIBlueprint("shared", __name__, enable_openapi=False)
cors.register(blueprint)


class FeedQuery(Query):
    article: ArticleKey | None = None


class FragmentQuery(Query):
    site: SiteKey
    article: ArticleKey
    lang: Literal["ko", "en"] | None = None
    limit: Limit = 20


@blueprint.get("/feeds/<site_key>/comments.atom")
@requires(Permission.PUBLIC)
@blueprint.input(FeedQuery, location="query")
def read_feed(site_key: str, query_data: FeedQuery) -> Response:
    """The newest comments of an article, or of the whole site, as Atom 1.0"""
    site = sites.get(site_key)
    path = f"/feeds/{site.key}/comments.atom"
    if query_data.article is None:
        return _feed_of_site(site, public_url(path))
    watch(OfThread(site.key, query_data.article))
    own_address = public_url(f"{path}?{urlencode({'article': query_data.article})}")
    return _feed_of_article(
        site, articles.get(site, query_data.article, now=clock.now()), own_address
    )


def _feed_of_site(site: SiteView, own_address: str) -> Response:
    found = threads.newest_of_site(site.id, since=clock.now() - FEED_SPAN, limit=ENTRIES)
    page = site.origins[0] if site.origins else None

    def render() -> Rendered:
        return (
            feed.render(title=site.name, own_address=own_address, page=page, comments=found),
            {},
        )

    state = (site.name, page, found)
    return public_answer(state, render, policy=THREAD, content_type=feed.MEDIA_TYPE)


def _feed_of_article(site: SiteView, article: ArticleView, own_address: str) -> Response:
    title = article.title or article.key

    def render() -> Rendered:
        found = threads.newest(article, limit=ENTRIES) if article.id else ()
        body = feed.render(
            title=f"{title} | {site.name}",
            own_address=own_address,
            page=article.url or own_page(site.key, article.key),
            comments=[TitledComment(comment, title) for comment in found],
        )
        return body, {}

    state = (site.name, article, own_address)
    return public_answer(state, render, policy=THREAD, content_type=feed.MEDIA_TYPE)


@blueprint.get("/render/comments")
@requires(Permission.PUBLIC)
@blueprint.input(FragmentQuery, location="query")
def render_fragment(query_data: FragmentQuery) -> Response:
    """A thread as a piece of HTML for a page to include, with JSON-LD for search engines"""
    if query_data.lang is not None:  # what is kept is found by its address alone
        watch(OfThread(query_data.site, query_data.article))
    site = sites.get(query_data.site)
    article = articles.get(site, query_data.article, now=clock.now())
    language = query_data.lang or preferred_language()

    def render() -> Rendered:
        comments = threads.page(article, Sort.NEWEST, limit=query_data.limit).comments
        html = render_template(
            "pages/fragment.html",
            lang=language,
            article=article,
            comments=comments,
            linked_data=linked_data.script(article, comments),
            own_page=own_page(site.key, article.key),
            permalink=permalink,
            zone=SEOUL,
        )
        return html.encode(), {"Content-Language": language}

    state = (site.key, article, query_data.limit, language)
    response = public_answer(
        state,
        render,
        policy=THREAD,
        content_type="text/html; charset=utf-8",
        until=article.changes_at,
    )
    # Whoever opens the fragment as a page gets one that can do nothing.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Robots-Tag"] = "noindex"
    if query_data.lang is None:
        response.vary.add("Accept-Language")
    return response
