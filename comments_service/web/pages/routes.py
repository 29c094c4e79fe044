"""The Standards Board Policy and the explanation of each problem, as pages."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, render_template, request

from comments_service import clock
from comments_service.errors import InvalidCursor, NotFound
from comments_service.services import articles, policies, sites, threads
from comments_service.services.permissions import Permission
from comments_service.services.threads import Sort
from comments_service.web.http import cursor
from comments_service.web.http.actor import requires
from comments_service.web.http.language import LANGUAGES, preferred_language
from comments_service.web.http.problems import PROBLEMS

# A page that caches share names times absolutely, where the newspapers' readers are.
SEOUL = ZoneInfo("Asia/Seoul")
COMMENTS_PER_PAGE = 50

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

blueprint = Blueprint(
    "pages", __name__, template_folder="templates", static_folder="static", static_url_path="/pages"
)


def _language() -> str:
    """What the address asks for (`?lang=`), else what the browser does."""
    asked = request.args.get("lang")
    return asked if asked in LANGUAGES else preferred_language()


def _page(template: str, **values: Any) -> Response:
    language = _language()
    other = "en" if language == "ko" else "ko"
    html = render_template(f"pages/{template}", lang=language, other=other, **values)
    response = make_response(html)
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["Cache-Control"] = "public, max-age=0, s-maxage=60"
    response.vary.add("Accept-Language")
    return response


@blueprint.get("/policy/<site_key>")
@requires(Permission.PUBLIC)
def show_policy(site_key: str) -> Response:
    """The Standards Board Policy in force, to be read"""
    site = sites.get(site_key)
    return _page("policy.html", site=site, policy=policies.public_view(site.id))


@blueprint.get("/problems/<code>")
@requires(Permission.PUBLIC)
def show_problem(code: str) -> Response:
    """What a problem means and what to do about it"""
    if code not in PROBLEMS:
        raise NotFound
    return _page("problem.html", code=code, problem=PROBLEMS[code])


@blueprint.get("/embed/<site_key>")
@requires(Permission.PUBLIC)
def show_thread(site_key: str) -> Response:
    """An article's thread as a page of its own, for readers without JavaScript"""
    site = sites.get(site_key)
    key = request.args.get("article", "")
    if not key.isprintable() or not 0 < len(key) <= 255:
        raise NotFound
    article = articles.get(site, key, now=clock.now())
    listing = f"embed:{site.id}:{key}"
    place = request.args.get("cursor")
    after = None if place is None else _position(listing, place)
    found = threads.page(article, Sort.NEWEST, limit=COMMENTS_PER_PAGE, after=after)
    response = _page(
        "thread.html",
        site=site,
        article=article,
        comments=found.comments,
        zone=SEOUL,
        next_cursor=None if found.next is None else cursor.encode(listing, found.next),
    )
    response.headers["X-Robots-Tag"] = "noindex, follow"
    return response


def _position(listing: str, text: str) -> tuple[int, ...]:
    place = cursor.decode(listing, text)
    if not isinstance(place, list):
        raise InvalidCursor
    return tuple(place)
