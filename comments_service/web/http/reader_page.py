"""A reader's session on our own pages: whose it is, and that a form came from one of them.

The cookie opens the pages without JavaScript and nothing else; the comment box has its tokens.
"""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, request

from comments_service import clock
from comments_service.errors import Unauthenticated
from comments_service.services import page_sessions, sites
from comments_service.services.page_sessions import PageReader
from comments_service.web.http import cookies, csrf

COOKIE = "social_comments_reader"
READER = "comments_service.page_reader"


def page_path(site: str, article: str, **more: str) -> str:
    """The path of an article's page, with what else its query says."""
    return f"/embed/{site}?{urlencode({'article': article, **more})}"


def token() -> str | None:
    """The cookie that this request brought."""
    return cookies.read(COOKIE)


def remember(response: Response, cookie: str) -> None:
    """Send a new session's cookie along."""
    cookies.write(response, COOKIE, cookie)


def forget(response: Response) -> None:
    """Have the browser forget the cookie."""
    cookies.delete(response, COOKIE)


def find_reader(site_id: int) -> PageReader | None:
    """Who is logged in at this site in this browser, if anybody is."""
    cookie = token()
    if cookie is None:
        return None
    try:
        return page_sessions.authenticate(cookie, site_id=site_id, now=clock.now())
    except Unauthenticated:
        return None


def current_reader() -> PageReader:
    """Who sent a form of the page at `/embed/<site_key>/…`.

    Raises `UnknownSite`, `Unauthenticated`, and `CsrfFailed` where no page of this session sent
    it.
    """
    reader: PageReader | None = request.environ.get(READER)
    if reader is None:
        site = sites.get((request.view_args or {})["site_key"])
        reader = find_reader(site.id)
        if reader is None:
            raise Unauthenticated
        csrf.check(reader.token_hash)
        request.environ[READER] = reader
    return reader


def account_key() -> str:
    """What a limit on an account counts by: the same as in the comment box."""
    return current_reader().actor.key
