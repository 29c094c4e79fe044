"""The browser that a login began in: a cookie of 256 random bits for a quarter of an hour.

A login is finished only by the browser that began it; otherwise somebody could finish his own
login in a stranger's browser, whose comments would then appear under his name.
"""

from __future__ import annotations

import hashlib
import hmac

from flask import Response

from comments_service.services import tokens
from comments_service.web.http import cookies
from comments_service.web.http.settings import settings

COOKIE = "social_comments_login"
COOKIE_SECONDS = 900


def current() -> str | None:
    """The cookie that this request brought, if it has the form of one of ours."""
    return cookies.read(COOKIE)


def current_or_new() -> str:
    """The cookie of this browser, kept if it has one so that two tabs can log in at once."""
    return current() or tokens.make()


def remember(response: Response, browser: str) -> None:
    """Send the cookie along."""
    cookies.write(response, COOKIE, browser, seconds=COOKIE_SECONDS)


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
