"""Pages for people, in Korean and English: no scripts but our own, nothing from elsewhere."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from flask import Response, make_response, render_template, request

from comments_service.web.http.language import preferred_language
from comments_service.web.oauth.words import WORDS


class PageRefused(Exception):
    """A browser's request is turned away with a page; `reason` names its words."""

    def __init__(self, reason: str, *, status: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


def show(
    template: str, *, status: int = 200, form_targets: Iterable[str] = ("'none'",), **values: Any
) -> Response:
    """Render a page under a policy that runs our own inline script and style, and no other.

    `form_targets` are the sources that its forms, and redirects after them, may go to.
    """
    nonce = secrets.token_urlsafe(16)
    language = preferred_language()
    words = {name: getattr(text, language) for name, text in WORDS.items()}
    html = render_template(f"oauth/{template}", nonce=nonce, lang=language, words=words, **values)
    response = make_response(html, status)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
        f"frame-ancestors 'none'; base-uri 'none'; form-action {' '.join(form_targets)}"
    )
    response.headers["Content-Language"] = language
    response.vary.add("Accept-Language")
    return response


def refusal(reason: str, *, status: int) -> Response:
    """A page that says what went wrong and what to do; it leads nowhere by itself."""
    return show("refusal.html", status=status, reason=reason)


def show_refusal(error: PageRefused) -> Response:
    """Render a `PageRefused`."""
    return refusal(error.reason, status=error.status)


def done() -> Response:
    """Where a finished login's window stands, in case it is reloaded."""
    return show("done.html", said="done")


def redirect(url: str) -> Response:
    """Send the browser on; the body stays empty, since `url` may carry a code."""
    return Response(status=302, headers={"Location": url})


def refuse_automatic_request() -> None:
    """Let nothing begin or end a login but a person's own navigation."""
    if request.method == "HEAD":
        raise PageRefused("request-invalid", status=405)
    if "prefetch" in request.headers.get("Sec-Purpose", ""):
        raise PageRefused("request-invalid", status=503)
