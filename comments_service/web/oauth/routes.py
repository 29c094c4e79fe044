"""Every address of this surface, and the headers that all its answers carry."""

from __future__ import annotations

from flask import Blueprint, Response

from comments_service.services.logins import LoginRefused
from comments_service.web.oauth import authorize, callback, pages, revoke, token
from comments_service.web.oauth.form import TokenRefused, show_refusal
from comments_service.web.oauth.pages import PageRefused

blueprint = Blueprint("oauth", __name__, url_prefix="/oauth", template_folder="templates")

blueprint.add_url_rule("/authorize", "authorize", authorize.start, methods=["GET"])
blueprint.add_url_rule("/authorize", "confirm", authorize.confirm, methods=["POST"])
blueprint.add_url_rule("/callback/<provider>", "callback", callback.finish, methods=["GET"])
blueprint.add_url_rule("/done", "done", pages.done, methods=["GET"])
blueprint.add_url_rule("/token", "token", token.issue, methods=["POST", "OPTIONS"])
blueprint.add_url_rule("/revoke", "revoke", revoke.revoke, methods=["POST", "OPTIONS"])

blueprint.register_error_handler(PageRefused, pages.show_refusal)
blueprint.register_error_handler(LoginRefused, callback.show_refusal)
blueprint.register_error_handler(TokenRefused, show_refusal)


@blueprint.after_request
def _harden(response: Response) -> Response:
    """Nothing of a login is cached, framed, sniffed, or told to the next page by `Referer`."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    return response
