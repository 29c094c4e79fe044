"""`/.well-known/oauth-authorization-server`: what a client needs to know of us (RFC 8414)."""

from __future__ import annotations

from flask import Response, jsonify

from comments_service.services.actor import READER_SCOPE
from comments_service.services.logins import ResponseMode
from comments_service.services.service_clients import SCOPES
from comments_service.web.http import cors
from comments_service.web.oauth.state import issuer
from comments_service.web.oauth.token import GRANTS

SECRET_METHODS = ["client_secret_basic", "client_secret_post"]


def describe() -> Response:
    cors.mark_public()
    base = issuer()
    response = jsonify(
        {
            "issuer": base,
            "authorization_endpoint": f"{base}/oauth/authorize",
            "token_endpoint": f"{base}/oauth/token",
            "revocation_endpoint": f"{base}/oauth/revoke",
            "introspection_endpoint": f"{base}/oauth/introspect",
            "scopes_supported": [READER_SCOPE, *sorted(SCOPES)],
            "response_types_supported": ["code"],
            "response_modes_supported": list(ResponseMode),
            "grant_types_supported": list(GRANTS),
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none", *SECRET_METHODS],
            "revocation_endpoint_auth_methods_supported": ["none"],
            "introspection_endpoint_auth_methods_supported": SECRET_METHODS,
            "authorization_response_iss_parameter_supported": True,
            "ui_locales_supported": ["ko", "en"],
        }
    )
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
