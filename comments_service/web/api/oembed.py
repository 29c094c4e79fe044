"""oEmbed of one comment (oembed.com, version 1.0): what another page shows for a permalink."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from flask import Response
from markupsafe import Markup
from pydantic import Field

from comments_service import clock
from comments_service.errors import NotFound
from comments_service.services import articles, sites, threads
from comments_service.services.permissions import Permission
from comments_service.services.views import CommentView
from comments_service.web.api.fields import Url
from comments_service.web.api.routes import blueprint
from comments_service.web.http.actor import requires
from comments_service.web.http.addresses import own_page, permalink, public_url
from comments_service.web.http.body import Query
from comments_service.web.http.caching import THREAD, public_json
from comments_service.web.http.ready import timestamp

COMMENT = re.compile(r"comment-([0-9]{1,19})")
WIDTH, HEIGHT = 600, 200
HTML = Markup(
    '<blockquote class="social-comments-embed" cite="{url}"><p dir="auto">{body}</p>'
    '<footer><bdi>{name}</bdi>, <a href="{url}">{date}</a></footer></blockquote>'
)


class OembedQuery(Query):
    url: Url
    format: Literal["json"] = "json"
    maxwidth: Annotated[int, Field(ge=1)] = WIDTH
    maxheight: Annotated[int, Field(ge=1)] = HEIGHT


@blueprint.get("/oembed")
@requires(Permission.PUBLIC)
@blueprint.input(OembedQuery, location="query")
def read_oembed(query_data: OembedQuery) -> Response:
    """Show one comment on another page, by its permalink"""
    view = _comment_at(query_data.url)
    site = sites.get(view.site)
    title = articles.get(site, view.article, now=clock.now()).title
    body = {
        "version": "1.0",
        "type": "rich",
        "title": title or view.article,
        "author_name": view.author.name if view.author else "",
        "author_url": permalink(view),
        "provider_name": site.name,
        "provider_url": site.origins[0] if site.origins else public_url("/"),
        "cache_age": THREAD.shared,
        "html": _html(view),
        "width": min(query_data.maxwidth, WIDTH),
        "height": min(query_data.maxheight, HEIGHT),
    }
    return public_json(body, lambda: (body, {}), policy=THREAD)


def _comment_at(url: str) -> CommentView:
    """The published comment with this permalink. Raises `NotFound` and `Gone`."""
    page, _, fragment = url.partition("#")
    match = COMMENT.fullmatch(fragment)
    if match is None or int(match[1]) >= 2**63:
        raise NotFound
    view = threads.get(int(match[1]))
    pages = {permalink(view).partition("#")[0], own_page(view.site, view.article)}
    if view.body is None or page not in pages:
        raise NotFound
    return view


def _html(view: CommentView) -> str:
    body = Markup("<br>").join((view.body or "").split("\n"))
    name = view.author.name if view.author else ""
    date = (timestamp(view.created_at) or "")[:10]
    return str(HTML.format(url=permalink(view), body=body, name=name, date=date))
