"""First-party cookies: of this host alone, out of reach of scripts, and random.

`Lax`, since a provider returns by a link from another site. Over http, which production refuses,
most browsers drop a cookie with the `__Host-` prefix or `Secure`, so there it has neither.
"""

from __future__ import annotations

from flask import Response, request

from comments_service.services import tokens
from comments_service.web.http.settings import settings


def read(name: str) -> str | None:
    """The cookie that this request brought, if it has the form of one of ours."""
    cookie = request.cookies.get(_full_name(name), "")
    return cookie if tokens.is_kind(cookie, tokens.Kind.UNMARKED) else None


def write(response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """Send a cookie along, for so many seconds; without, until the browser is closed."""
    response.set_cookie(
        _full_name(name),
        value,
        max_age=seconds,
        secure=_is_secure(),
        httponly=True,
        samesite="Lax",
        path="/",
    )


def delete(response: Response, name: str) -> None:
    """Have the browser forget a cookie."""
    response.delete_cookie(
        _full_name(name), secure=_is_secure(), httponly=True, samesite="Lax", path="/"
    )


def _is_secure() -> bool:
    return settings().public_url.startswith("https://")


def _full_name(name: str) -> str:
    return f"__Host-{name}" if _is_secure() else name
