"""Readers' logins to the pages without JavaScript: full pages all the way, no tokens.

Where a login returns to is a page of our own, made of a site and an article that exist in the
form; no address can be chosen.
"""

from __future__ import annotations

from flask import Response, request

from comments_service import clock
from comments_service.errors import CsrfFailed
from comments_service.services import page_sessions, sites
from comments_service.services.accounts import SignedIn
from comments_service.services.logins import PageLogin
from comments_service.web.http import csrf
from comments_service.web.http import reader_page as reader_http
from comments_service.web.oauth import authorize, pages
from comments_service.web.oauth.pages import PageRefused
from comments_service.web.oauth.state import issuer, providers

LONGEST_KEY = 255


def start(site_key: str) -> Response:
    """Send the reader to the provider whose button they pressed."""
    try:
        csrf.check_source()
    except CsrfFailed:
        raise PageRefused("confirmation-missing", status=403) from None
    site = sites.get(site_key)
    article, provider = request.form.get("article", ""), request.form.get("provider", "")
    if not article.isprintable() or not 0 < len(article) <= LONGEST_KEY:
        raise PageRefused("request-invalid")
    if provider not in site.offers(providers()):
        raise PageRefused("provider-off")
    return authorize.send_to_provider(PageLogin(site.id, article), provider)


def finish(goal: PageLogin, signed_in: SignedIn) -> Response:
    """Begin the session and go back to the page."""
    cookie = page_sessions.begin(signed_in, site_id=goal.site_id, origin=issuer(), now=clock.now())
    response = pages.redirect(_page(goal))
    reader_http.remember(response, cookie)
    return response


def turn_back(goal: PageLogin) -> Response:
    """The reader declined, or the provider failed: the page says so."""
    return pages.redirect(_page(goal, notice="not-logged-in"))


def _page(goal: PageLogin, **more: str) -> str:
    site = sites.by_id(goal.site_id)
    return f"{reader_http.page_path(site.key, goal.article, **more)}#write"
