"""What all pages share, and the explanation of each problem."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from comments_service.errors import NotFound
from comments_service.services.permissions import Permission
from comments_service.web.http.actor import requires
from comments_service.web.http.language import LANGUAGES, preferred_language
from comments_service.web.http.problems import PROBLEMS
from comments_service.web.pages import shared

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action {targets}; frame-ancestors {ancestors}"
)

_MEMBER = re.compile(r"\{\w+\}")

blueprint = Blueprint(
    "pages", __name__, template_folder="templates", static_folder="static", static_url_path="/pages"
)
blueprint.register_blueprint(shared.blueprint)


def language() -> str:
    """What the address or the form asks for (`lang`), else what the browser does."""
    asked = request.values.get("lang")
    return asked if asked in LANGUAGES else preferred_language()


def render(template: str, **values: Any) -> str:
    """A page in the reader's language."""
    spoken = language()
    other = "en" if spoken == "ko" else "ko"
    return render_template(f"pages/{template}", lang=spoken, other=other, **values)


def with_headers(
    response: Response, *, form_targets: Iterable[str] = (), ancestors: Iterable[str] = ()
) -> Response:
    """The headers of every page: nothing runs, forms go to `form_targets`, `ancestors` may frame
    it."""
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.format(
        targets=" ".join(form_targets) or "'none'", ancestors=" ".join(ancestors) or "'none'"
    )
    return response


@blueprint.get("/problems/<code>")
@requires(Permission.PUBLIC)
def show_problem(code: str) -> Response:
    """What a problem means and what to do about it"""
    if code not in PROBLEMS:
        raise NotFound
    problem = PROBLEMS[code]
    told = problem.help.ko if language() == "ko" else problem.help.en
    # What an answer puts in, such as its own number of characters, is open here.
    told = _MEMBER.sub("…", told)
    response = with_headers(
        make_response(render("problem.html", code=code, problem=problem, told=told))
    )
    response.headers["Cache-Control"] = "public, max-age=0, s-maxage=60"
    response.vary.add("Accept-Language")
    return response
