"""Readers' pictures. They came from strangers, so a browser may look at them and no more."""

from __future__ import annotations

import re

from flask import Response, request

from comments_service.errors import NotFound
from comments_service.services import avatars
from comments_service.services.permissions import Permission
from comments_service.web.http.actor import requires
from comments_service.web.pages.routes import blueprint

HASH = re.compile(r"[0-9a-f]{64}")


@blueprint.get("/avatars/<name>")
@requires(Permission.PUBLIC)
def show_avatar(name: str) -> Response:
    """A picture, for a week in any cache: another picture has another name"""
    if not HASH.fullmatch(name):
        raise NotFound
    picture = avatars.get(name)
    response = Response(picture.content, content_type=picture.media_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    # A newspaper's page may ask that whatever it embeds allows it.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = "public, max-age=604800, immutable"
    response.set_etag(name)
    response.make_conditional(request)
    return response
