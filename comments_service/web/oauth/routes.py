"""Every address of this surface, and the headers that all its answers carry.

`blueprint` is for browsers and answers with pages; `endpoints`, inside it, is for clients and
answers with JSON after RFC 6749, readable from the pages of any site.
"""

from __future__ import annotations

from flask import Blueprint, Response

from comments_service.services.logins import LoginRefused
from comments_service.web.http import cors
from comments_service.web.http.limits import limiter, setting
from comments_service.web.oauth import authorize, callback, form, pages, revoke, token
from comments_service.web.oauth.form import TokenRefused
from comments_service.web.oauth.pages import PageRefused

blueprint = Blueprint("oauth", __name__, template_folder="templates")
endpoints = Blueprint("endpoints", __name__)

# Each with a count of its own: one login passes through three of them.
for _path, _name, _view, _method in (
    ("/oauth/authorize", "authorize", authorize.start, "GET"),
    ("/oauth/authorize", "confirm", authorize.confirm, "POST"),
    ("/oauth/callback/<provider>", "callback", callback.finish, "GET"),
):
    blueprint.add_url_rule(_path, _name, limiter.limit(setting("logins"))(_view), methods=[_method])
blueprint.add_url_rule("/oauth/done", "done", pages.done, methods=["GET"])

for _path, _name, _view in (
    ("/oauth/token", "token", token.issue),
    ("/oauth/revoke", "revoke", revoke.revoke),
):
    endpoints.add_url_rule(_path, _name, limiter.limit(setting("logins"))(_view), methods=["POST"])

blueprint.register_error_handler(PageRefused, pages.show_refusal)
blueprint.register_error_handler(LoginRefused, callback.show_refusal)
endpoints.register_error_handler(TokenRefused, form.show_refusal)
cors.register(endpoints)
blueprint.register_blueprint(endpoints)


@blueprint.after_request
def _harden(response: Response) -> Response:
    """Nothing of a login is cached, framed, sniffed, or told to the next page by `Referer`."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    return response
