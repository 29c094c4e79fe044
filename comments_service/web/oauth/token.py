"""`/oauth/token`: codes, refresh tokens and service secrets go in, tokens come out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from flask import Response, current_app, jsonify, request

from comments_service import clock
from comments_service.identity.publisher import AssertionRefused, KeysUnavailable, Publishers
from comments_service.services import publisher_logins, service_clients, sessions
from comments_service.services.publisher_logins import AssertionGrant
from comments_service.services.service_clients import InvalidScope
from comments_service.services.sessions import CodeGrant, InvalidGrant, Tokens
from comments_service.web.http.settings import settings
from comments_service.web.oauth import form
from comments_service.web.oauth.form import TokenRefused, required
from comments_service.web.oauth.parameters import without_fragment
from comments_service.web.oauth.state import issuer

Fields = Mapping[str, str]

ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105  a name
ASSERTION_TYPES = {
    "urn:ietf:params:oauth:token-type:jwt",
    "urn:ietf:params:oauth:token-type:id_token",
}


def issue() -> Response:
    """Answer by the grant type (RFC 6749 sections 4.1.3, 4.4 and 6)."""
    fields = form.read()
    grant = GRANTS.get(required(fields, "grant_type"))
    if grant is None:
        raise TokenRefused("unsupported_grant_type")
    try:
        return jsonify(grant(fields))
    except InvalidGrant:
        raise TokenRefused("invalid_grant") from None


def _authorization_code(fields: Fields) -> dict[str, object]:
    grant = CodeGrant(
        code=required(fields, "code"),
        code_verifier=required(fields, "code_verifier"),
        site_key=required(fields, "client_id"),
        redirect_uri=without_fragment(required(fields, "redirect_uri")),
        origin=request.headers.get("Origin"),
    )
    return _reader_tokens(sessions.exchange(grant, now=clock.now()))


def _refresh_token(fields: Fields) -> dict[str, object]:
    issued = sessions.refresh(
        required(fields, "refresh_token"),
        site_key=fields.get("client_id"),
        origin=request.headers.get("Origin"),
        now=clock.now(),
    )
    return _reader_tokens(issued)


def _client_credentials(fields: Fields) -> dict[str, object]:
    client = form.service_client(fields)
    scope = fields.get("scope")
    try:
        issued = service_clients.issue_token(
            client, None if scope is None else frozenset(scope.split()), now=clock.now()
        )
    except InvalidScope:
        raise TokenRefused("invalid_scope") from None
    return {
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
        "scope": issued.scope,
    }


def _token_exchange(fields: Fields) -> dict[str, object]:
    """A publisher's signed login becomes a session (RFC 8693 section 2)."""
    if required(fields, "subject_token_type") not in ASSERTION_TYPES:
        raise TokenRefused("invalid_request", "subject_token_type must be that of a JWT")
    if fields.get("requested_token_type", ACCESS_TOKEN_TYPE) != ACCESS_TOKEN_TYPE:
        raise TokenRefused("invalid_request", "only access tokens are given")
    grant = AssertionGrant(
        assertion=required(fields, "subject_token"),
        site_key=required(fields, "client_id"),
        origin=request.headers.get("Origin"),
        resource=fields.get("resource"),
    )
    try:
        issued = publisher_logins.exchange(
            grant,
            cast(Publishers, current_app.extensions["comments_publishers"]),
            audience=issuer(),
            pepper=settings().secret_key.get_secret_value(),
            now=clock.now(),
        )
    except AssertionRefused as refused:
        raise TokenRefused("invalid_request", str(refused)) from None
    except KeysUnavailable:
        raise TokenRefused(
            "temporarily_unavailable", "the publisher's keys cannot be had", status=503
        ) from None
    return {**_reader_tokens(issued), "issued_token_type": ACCESS_TOKEN_TYPE}


def _reader_tokens(issued: Tokens) -> dict[str, object]:
    reader = issued.reader
    return {
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
        "refresh_token": issued.refresh_token,
        "refresh_expires_in": issued.refresh_expires_in,
        "scope": issued.scope,
        "user": {
            "id": str(reader.id),
            "name": reader.name,
            "provider": reader.provider,
            "avatar_url": reader.avatar and f"{issuer()}/avatars/{reader.avatar}",
        },
    }


GRANTS: Mapping[str, Callable[[Fields], dict[str, object]]] = {
    "authorization_code": _authorization_code,
    "refresh_token": _refresh_token,
    "client_credentials": _client_credentials,
    "urn:ietf:params:oauth:grant-type:token-exchange": _token_exchange,
}
