"""Every address of this surface, and the headers that all its answers carry.

`blueprint` is for browsers and answers with pages; `endpoints`, inside it, is for clients and
answers with JSON after RFC 6749, readable from the pages of any site.
"""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Blueprint, Response

from comments_service.services.logins import LoginRefused
from comments_service.services.permissions import Permission
from comments_service.web.http import cors
from comments_service.web.oauth import (
    authorize,
    callback,
    counts,
    facebook,
    form,
    introspect,
    link,
    metadata,
    pages,
    reader_page,
    revoke,
    staff,
    token,
)
from comments_service.web.oauth.form import TokenRefused
from comments_service.web.oauth.pages import PageRefused

blueprint = Blueprint("oauth", __name__, template_folder="templates")
endpoints = APIBlueprint("endpoints", __name__, enable_openapi=False)

# Method, address, name, view, and the limits on how often one may come. Each route has counts of
# its own, since one login passes through three of them.
PAGES = (
    ("GET", "/oauth/authorize", "authorize", authorize.start, counts.STARTS),
    ("POST", "/oauth/authorize", "confirm", authorize.confirm, counts.STARTS),
    ("GET", "/oauth/callback/<provider>", "callback", callback.finish, counts.BY_ADDRESS),
    ("GET", "/oauth/link/<ticket>", "link", link.start, counts.STARTS),
    ("POST", "/oauth/link", "confirm_link", link.finish, counts.BY_ADDRESS),
    ("POST", "/embed/<site_key>/login", "page_login", reader_page.start, counts.STARTS),
    ("GET", "/oauth/done", "done", pages.done, counts.BY_ADDRESS),
    (
        "GET",
        "/privacy/deletion/<code>",
        "deletion_status",
        facebook.deletion_status,
        counts.BY_ADDRESS,
    ),
    ("GET", "/moderator/login/<provider>", "staff_login", staff.start, counts.STAFF),
    ("GET", "/moderator/accept/<token>", "invitation", staff.show_invitation, counts.BY_ADDRESS),
    ("POST", "/moderator/accept/<token>", "accept_invitation", staff.accept, counts.STAFF),
)
ENDPOINTS = (
    ("POST", "/oauth/token", "token", token.issue, counts.GRANTS),
    ("POST", "/oauth/revoke", "revoke", revoke.revoke, counts.WRITES_BY_ADDRESS),
    ("POST", "/oauth/introspect", "introspect", introspect.introspect, counts.WRITES_BY_ADDRESS),
    (
        "POST",
        "/oauth/facebook/deauthorize",
        "deauthorize",
        facebook.deauthorize,
        counts.WRITES_BY_ADDRESS,
    ),
    (
        "POST",
        "/oauth/facebook/data-deletion",
        "delete_data",
        facebook.delete_data,
        counts.WRITES_BY_ADDRESS,
    ),
    (
        "GET",
        "/.well-known/oauth-authorization-server",
        "metadata",
        metadata.describe,
        counts.WRITES_BY_ADDRESS,
    ),
)

for _surface, _routes in ((blueprint, PAGES), (endpoints, ENDPOINTS)):
    for _method, _path, _name, _view, _limits in _routes:
        _limited: Any = _view
        for _limit in _limits:
            _limited = _limit(_limited)
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
