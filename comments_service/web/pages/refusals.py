"""Errors for people: a browser that goes to an address gets a page, not JSON (RFC 9457)."""

from __future__ import annotations

from flask import Response, render_template, request

from comments_service.web.http.language import preferred_language
from comments_service.web.http.problem import MEDIA_TYPE
from comments_service.web.pages.routes import blueprint, with_headers

FOR_PROGRAMS = ("/api/", "/oauth/")
"""Below these, errors keep the form that the contract names, whoever asks."""


@blueprint.after_app_request
def show_to_people(response: Response) -> Response:
    """Give a problem the form of a page where a person is to read it; all its headers stay."""
    if response.mimetype != MEDIA_TYPE or not _is_for_a_person():
        return response
    html = render_template(
        "pages/refusal.html", lang=preferred_language(), problem=response.get_json()
    )
    response.set_data(html)
    response.content_type = "text/html; charset=utf-8"
    response.headers["Content-Language"] = preferred_language()
    response.vary.add("Accept")
    return with_headers(response)


def _is_for_a_person() -> bool:
    """Whether the one who asks would rather have HTML: a browser's own navigation."""
    kinds = [MEDIA_TYPE, "application/json", "text/html"]
    wanted = request.accept_mimetypes.best_match(kinds)
    return wanted == "text/html" and not request.path.startswith(FOR_PROGRAMS)
