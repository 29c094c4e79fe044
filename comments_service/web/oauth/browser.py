"""The browser that a login began in: a cookie of 256 random bits for a quarter of an hour.

A login is finished only by the browser that began it; otherwise somebody could finish his own
login in a stranger's browser, whose comments would then appear under his name.
"""

from __future__ import annotations

import hashlib
import hmac

from flask import Response, request

from comments_service.services import tokens
from comments_service.web.oauth.state import settings

COOKIE_SECONDS = 900


def current() -> str | None:
    """The cookie that this request brought, if it has the form of one of ours."""
    cookie = request.cookies.get(_cookie_name(), "")
    return cookie if tokens.is_kind(cookie, tokens.Kind.UNMARKED) else None


def current_or_new() -> str:
    """The cookie of this browser, kept if it has one so that two tabs can log in at once."""
    return current() or tokens.make()


def remember(response: Response, browser: str) -> None:
    """Send the cookie along. `Lax`, since a provider returns by a link from another site."""
    response.set_cookie(
        _cookie_name(),
        browser,
        max_age=COOKIE_SECONDS,
        secure=_is_secure(),
        httponly=True,
        samesite="Lax",
        path="/",
    )


def confirmation(browser: str) -> str:
    """What the form of the confirmation page carries: only we can make it, for this browser."""
    key = settings().secret_key.get_secret_value().encode()
    return hmac.new(key, b"login confirmation:" + browser.encode(), hashlib.sha256).hexdigest()


def is_confirmed(given: str) -> bool:
    """Whether `given` came out of a confirmation page that we showed to this browser."""
    browser = current()
    return browser is not None and hmac.compare_digest(
        confirmation(browser).encode(), given.encode()
    )


def _is_secure() -> bool:
    return settings().public_url.startswith("https://")


def _cookie_name() -> str:
    """Over http, which production refuses, most browsers drop a cookie with the prefix."""
    return "__Host-social_comments_login" if _is_secure() else "social_comments_login"
