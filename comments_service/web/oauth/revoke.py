"""`/oauth/revoke`: logging out (RFC 7009)."""

from __future__ import annotations

from flask import Response

from comments_service import clock
from comments_service.services import sessions
from comments_service.web.oauth import form


def revoke() -> Response:
    """End what the token belongs to. `200` whatever it was: the client wants it gone, and it is."""
    sessions.revoke(form.required(form.read(), "token"), now=clock.now())
    return Response(status=200)
