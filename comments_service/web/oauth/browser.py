"""The browser that a login began in: a cookie of 256 random bits for a quarter of an hour.

A login is finished only by the browser that began it; otherwise somebody could finish his own
login in a stranger's browser, whose comments would then appear under his name.
"""

from __future__ import annotations

from flask import Response

from comments_service.services import tokens
from comments_service.web.http import cookies, signing

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
    return signing.sign(_label(browser))


def is_confirmed(given: str) -> bool:
    """Whether `given` came out of a confirmation page that we showed to this browser."""
    browser = current()
    return browser is not None and signing.is_signed(_label(browser), given)


def _label(browser: str) -> str:
    return f"login confirmation:{browser}"
