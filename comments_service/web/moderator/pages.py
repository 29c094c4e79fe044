"""Rendering: Korean or English, no scripts, nothing from elsewhere."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template, request, url_for

from comments_service.services.staff_sessions import StaffMember
from comments_service.web.http import csrf
from comments_service.web.http.language import preferred_language
from comments_service.web.http.staff import SAFE_METHODS
from comments_service.web.moderator.words import WORDS

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def show(
    template: str, *, member: StaffMember | None = None, status: int = 200, **values: Any
) -> Response:
    """Render a page; with a `member`, in their name and with the token that its forms need."""
    language = preferred_language()
    words = {name: getattr(text, language) for name, text in WORDS.items()}
    html = render_template(
        f"moderator/{template}",
        lang=language,
        words=words,
        member=member,
        csrf_token=csrf.token(member.token_hash) if member else None,
        **values,
    )
    response = make_response(html, status)
    response.headers["Content-Language"] = language
    response.vary.add("Accept-Language")
    return response


def go(endpoint: str = "moderator.home") -> Response:
    """On to another page, so that reloading does not send a form again."""
    return Response(status=303, headers={"Location": url_for(endpoint)})


def wanted() -> bool:
    """Whether the answer is to be a page: a browser's own navigation, and no script's request."""
    if request.method in SAFE_METHODS:
        return True
    kinds = ["application/json", "text/html"]
    return request.accept_mimetypes.best_match(kinds) == "text/html"
