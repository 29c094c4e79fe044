"""The page where a person says who they are, the same for both providers."""

from urllib.parse import urlsplit

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from comments_service.demo.identity_provider.desk import desk
from comments_service.demo.identity_provider.faults import AT_PAGE, COOP
from comments_service.demo.identity_provider.people import NAMES, Person

LABELS = {"twitter": "X (Twitter)", "facebook": "Facebook"}


class PageRefused(Exception):
    """The request is wrong in a way that must not be answered with a redirect."""


def asked_persona(provider: str) -> Person | None:
    """Whom the form or `?persona=` named, any name at all; None while nobody is named."""
    name = request.values.get("persona", "")
    return Person(provider, name) if name else None


def declined(provider: str) -> bool:
    """Whether the person pressed Cancel, or the fault `declined` presses it for them."""
    return "cancel" in request.values or bool(desk().faults.take(provider, AT_PAGE))


def checked_redirect_uri() -> str:
    uri = request.values.get("redirect_uri", "")
    parts = urlsplit(uri)
    if parts.scheme not in ("http", "https") or not parts.netloc or "#" in uri:
        raise PageRefused("redirect_uri is not an absolute http address.")
    return uri


def page(provider: str) -> Response:
    """One form for each person, one for a name, one to cancel; each repeats the request."""
    repeated = [
        (key, value)
        for key, value in request.values.items(multi=True)
        if key not in ("persona", "cancel")
    ]
    return make_response(
        render_template(
            "consent.html",
            label=LABELS[provider],
            people=[Person(provider, name) for name in NAMES],
            repeated=repeated,
        )
    )


def refusal(provider: str, detail: str) -> Response:
    html = render_template("refusal.html", label=LABELS[provider], detail=detail)
    return make_response(html, 400)


def with_opener_policy(provider: str, response: Response) -> Response:
    """Sever the popup from its opener, as X does, if the fault `coop=…` asks for it."""
    fault = desk().faults.take(provider, COOP)
    if fault is not None:
        response.headers["Cross-Origin-Opener-Policy"] = fault.removeprefix("coop=")
    return response
