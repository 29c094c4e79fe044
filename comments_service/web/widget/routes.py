"""Where the widget is served: pinned versions, which never change, and the newest of a major."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, abort, request

from comments_service.services.permissions import Permission
from comments_service.version import __version__
from comments_service.web.http.actor import requires
from comments_service.web.widget.build import Asset, assets

MAJOR = "v1"
YEAR = timedelta(days=365)

blueprint = Blueprint("widget", __name__)


@blueprint.get(f"/widget/{__version__}/<name>")
@requires(Permission.PUBLIC)
def pinned(name: str) -> Response:
    """One file of exactly this version, for a page that names its integrity."""
    response = _answer(_asset(name))
    response.cache_control.max_age = int(YEAR.total_seconds())
    response.cache_control.immutable = True
    return response


@blueprint.get(f"/widget/{MAJOR}/<name>")
@requires(Permission.PUBLIC)
def newest(name: str) -> Response:
    """The newest file of the major version, for a page that wants to follow."""
    response = _answer(_asset(name))
    response.cache_control.max_age = 300
    response.make_conditional(request)
    return response


def _asset(name: str) -> Asset:
    return assets().get(name) or abort(404)


def _answer(asset: Asset) -> Response:
    """The file in the best encoding the browser takes; any page may use it."""
    encoding = request.accept_encodings.best_match(["br", "gzip"], default="identity")
    body = {"br": asset.brotli, "gzip": asset.gzip}.get(encoding, asset.identity)
    response = Response(body, content_type=f"{asset.media_type}; charset=utf-8")
    if encoding != "identity":
        response.content_encoding = encoding
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{asset.integrity}-{encoding}")
    response.cache_control.public = True
    response.access_control_allow_origin = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
