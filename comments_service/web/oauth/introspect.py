"""`/oauth/introspect`: what a token that a service was handed is good for (RFC 7662)."""

from __future__ import annotations

from flask import Response, jsonify, request

from comments_service import clock
from comments_service.errors import Unauthenticated
from comments_service.services import sessions
from comments_service.web.oauth import form
from comments_service.web.oauth.form import TokenRefused
from comments_service.web.oauth.state import issuer


def introspect() -> Response:
    """Describe a live access token; of anything else say only that it is not active."""
    fields = form.read()
    site_id = _site_of_caller(fields)
    found = sessions.introspect(form.required(fields, "token"), site_id=site_id, now=clock.now())
    if found is None:
        return jsonify({"active": False})
    return jsonify(
        {
            "active": True,
            "token_type": "Bearer",
            "client_id": found.client_id,
            "sub": str(found.user_id),
            "scope": found.scope,
            "iat": int(found.issued_at.timestamp()),
            "exp": int(found.expires_at.timestamp()),
            "iss": issuer(),
        }
    )


def _site_of_caller(fields: dict[str, str]) -> int | None:
    """The site that the asking service is for: it shows its secret, or a token of its own."""
    given = request.authorization
    if given is None or given.type != "bearer":
        return form.service_client(fields).site_id
    try:
        actor = sessions.authenticate(given.token or "", now=clock.now())
    except Unauthenticated:
        raise TokenRefused("invalid_token", status=401) from None
    if not actor.is_service:
        raise TokenRefused("insufficient_scope", status=403)
    return actor.site_id
