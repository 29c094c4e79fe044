"""Every address of this surface, and the headers that all its answers carry.

`blueprint` is for browsers and answers with pages; `endpoints`, inside it, is for clients and
answers with JSON after RFC 6749, readable from the pages of any site.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from comments_service.services.logins import LoginRefused
from comments_service.services.permissions import Permission
from comments_service.web.http import cors
from comments_service.web.http.limits import limiter, setting
from comments_service.web.oauth import (
    authorize,
    callback,
    facebook,
    form,
    introspect,
    link,
    metadata,
    pages,
    revoke,
    staff,
    token,
)
from comments_service.web.oauth.form import TokenRefused
from comments_service.web.oauth.pages import PageRefused

blueprint = Blueprint("oauth", __name__, template_folder="templates")
endpoints = Blueprint("endpoints", __name__)

# Method, address, name, view, and the setting that limits how often one address may come: each
# with a count of its own, since one login passes through three of them.
PAGES = (
    ("GET", "/oauth/authorize", "authorize", authorize.start, "logins"),
    ("POST", "/oauth/authorize", "confirm", authorize.confirm, "logins"),
    ("GET", "/oauth/callback/<provider>", "callback", callback.finish, "logins"),
    ("GET", "/oauth/link/<ticket>", "link", link.start, "logins"),
    ("POST", "/oauth/link", "confirm_link", link.finish, "logins"),
    ("GET", "/oauth/done", "done", pages.done, "logins"),
    ("GET", "/privacy/deletion/<code>", "deletion_status", facebook.deletion_status, "logins"),
    ("GET", "/moderator/login/<provider>", "staff_login", staff.start, "staff_logins"),
    ("GET", "/moderator/accept/<token>", "invitation", staff.show_invitation, "logins"),
    ("POST", "/moderator/accept/<token>", "accept_invitation", staff.accept, "staff_logins"),
)
ENDPOINTS = (
    ("POST", "/oauth/token", "token", token.issue, "logins"),
    ("POST", "/oauth/revoke", "revoke", revoke.revoke, "writes"),
    ("POST", "/oauth/introspect", "introspect", introspect.introspect, "writes"),
    ("POST", "/oauth/facebook/deauthorize", "deauthorize", facebook.deauthorize, "writes"),
    ("POST", "/oauth/facebook/data-deletion", "delete_data", facebook.delete_data, "writes"),
    ("GET", "/.well-known/oauth-authorization-server", "metadata", metadata.describe, "writes"),
)

for _surface, _routes in ((blueprint, PAGES), (endpoints, ENDPOINTS)):
    for _method, _path, _name, _view, _limit in _routes:
        _limited: Any = limiter.limit(setting(_limit))(_view)
        _limited.permission = Permission.OAUTH
        _surface.add_url_rule(_path, _name, _limited, methods=[_method])

blueprint.register_error_handler(PageRefused, pages.show_refusal)
blueprint.register_error_handler(LoginRefused, callback.show_refusal)
endpoints.register_error_handler(TokenRefused, form.show_refusal)
cors.register(endpoints)
blueprint.register_blueprint(endpoints)


@blueprint.after_request
def _harden(response: Response) -> Response:
    """Nothing of a login is cached, framed, sniffed, or told to the next page by `Referer`."""
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    return response
