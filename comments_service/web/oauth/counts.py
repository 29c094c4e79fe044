"""What the limits of this surface count by: an address, a browser, a login.

Mobile carriers put thousands of readers behind one address. So what a reader does once is counted
by address, generously, and a refresh, which every reader does every ten minutes, by login.
"""

from __future__ import annotations

from typing import cast

from flask import request

from comments_service.services import sessions, tokens
from comments_service.web.http.limits import limiter, setting
from comments_service.web.oauth import browser

LOGIN = "comments_service.refreshed_login"


def _refreshed_login() -> int | None:
    """The login that this request wants to refresh; None for every other request, and for a
    token that was made up."""
    if LOGIN not in request.environ:
        token = request.form.get("refresh_token")
        is_refresh = request.form.get("grant_type") == "refresh_token" and token is not None
        request.environ[LOGIN] = sessions.of_refresh_token(token or "") if is_refresh else None
    return cast("int | None", request.environ[LOGIN])


def _browser() -> str:
    return tokens.digest(browser.current() or "")


BY_ADDRESS = (limiter.limit(setting("logins")),)
WRITES_BY_ADDRESS = (limiter.limit(setting("writes")),)
STAFF = (limiter.limit(setting("staff_logins")),)
STARTS = (
    *BY_ADDRESS,
    limiter.limit(
        setting("login_starts"), key_func=_browser, exempt_when=lambda: browser.current() is None
    ),
)
GRANTS = (
    limiter.limit(setting("logins"), exempt_when=lambda: _refreshed_login() is not None),
    limiter.limit(
        setting("refreshes"),
        key_func=lambda: str(_refreshed_login()),
        exempt_when=lambda: _refreshed_login() is None,
    ),
)
