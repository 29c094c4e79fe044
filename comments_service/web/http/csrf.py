"""Requests that change something must come from our own pages (cross-site request forgery).

A cookie goes along with whatever page sends a request. So an unsafe request with a moderator's
cookie must come from our origin, as the browser says it, and carry a token that only a page of
this session could have.

A page that shows the token beside words which somebody else chose must not be compressed: its
length would tell, guess by guess, what the token begins with (BREACH). Ours are not; and so that no
proxy in front spoils it, the token looks different in each answer: a mask, and the signature
under that mask.
"""

from __future__ import annotations

import secrets

from flask import request

from comments_service.errors import CsrfFailed
from comments_service.services.sites import origin_of
from comments_service.web.http import signing
from comments_service.web.http.settings import settings

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"


def token(session_hash: str) -> str:
    """What the forms of a session carry: another text each time, and all of them hold."""
    signature = bytes.fromhex(signing.sign(_label(session_hash)))
    mask = secrets.token_bytes(len(signature))
    return (mask + _under(mask, signature)).hex()


def check(session_hash: str) -> None:
    """Raise `CsrfFailed` unless the request came from a page of this session.

    A form brings the token in a field, JSON and a request without a body in a header; what is
    none of these, no page of ours sends.
    """
    check_source()
    if request.mimetype in {"application/json", ""}:
        given = request.headers.get(HEADER, "")
    else:
        given = request.form.get(FIELD, "")
    if not signing.is_signed(_label(session_hash), _unmasked(given)):
        raise CsrfFailed


def _unmasked(given: str) -> str:
    """The signature in a token; what is no token is no signature either."""
    try:
        both = bytes.fromhex(given)
    except ValueError:
        return ""
    half = len(both) // 2
    return _under(both[:half], both[half:]).hex() if len(both) == 2 * half else ""


def _under(mask: bytes, text: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(mask, text, strict=True))


def _label(session_hash: str) -> str:
    return f"csrf:{session_hash}"


def check_source() -> None:
    """Raise `CsrfFailed` unless the browser says that the request came from our own origin."""
    own = origin_of(settings().public_url)
    if "Origin" in request.headers:
        came_from: str | None = request.headers["Origin"]
    else:
        came_from = origin_of(request.headers.get("Referer", ""))
    if came_from != own:
        raise CsrfFailed
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise CsrfFailed
