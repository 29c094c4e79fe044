"""The authorization response: a code or an error on its way to the client's exact origin."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, url_for
from jinja2.utils import htmlsafe_json_dumps

from comments_service.services.logins import AuthorizationRequest, ResponseMode
from comments_service.services.sites import origin_of
from comments_service.web.oauth import pages
from comments_service.web.oauth.state import issuer


def deliver(wanted: AuthorizationRequest, answer: dict[str, str]) -> Response:
    """Send `answer` (`code`, or `error` and perhaps `error_description`) with the client's `state`
    and our `iss` in the way the client asked for."""
    answer = {**answer, "state": wanted.state, "iss": issuer()}
    if wanted.response_mode is ResponseMode.WEB_MESSAGE:
        return _message_page(wanted, answer)
    if wanted.response_mode is ResponseMode.FRAGMENT:
        return pages.redirect(_in_fragment(wanted, answer))
    separator = "&" if "?" in wanted.redirect_uri else "?"
    return pages.redirect(f"{wanted.redirect_uri}{separator}{urlencode(answer)}")


def _in_fragment(wanted: AuthorizationRequest, answer: dict[str, str]) -> str:
    return f"{wanted.redirect_uri}#{urlencode(answer)}"


def _message_page(wanted: AuthorizationRequest, answer: dict[str, str]) -> Response:
    """A page that posts the answer to its opener, and goes on by the fragment if nobody hears."""
    fallback = _in_fragment(wanted, answer)
    data = {
        "message": {"type": "authorization_response", "response": answer},
        "origin": origin_of(wanted.redirect_uri),
        "fallback": fallback,
        "done": url_for("oauth.done"),
    }
    return pages.show(
        "response.html", data=htmlsafe_json_dumps(data), fallback=fallback, failed="error" in answer
    )
