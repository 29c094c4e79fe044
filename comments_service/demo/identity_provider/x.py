"""X's side of OAuth 2.0 with PKCE, as a confidential client meets it.

https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code and
https://docs.x.com/x-api/users/get-my-user. Note that X answers `invalid_request` where
RFC 6749 says `invalid_grant`.
"""

import hmac
from typing import Any

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Blueprint, Response, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from comments_service.demo.identity_provider import consent
from comments_service.demo.identity_provider.desk import X, desk, note_authorized
from comments_service.demo.identity_provider.faults import AT_PROFILE, ON_THE_WIRE, Fault, spoiled
from comments_service.demo.identity_provider.grants import CodeRefused, Grant
from comments_service.demo.identity_provider.people import Person

SCOPES = frozenset({"users.read", "tweet.read", "offline.access", "users.email"})
NEEDED_FOR_ME = frozenset({"users.read", "tweet.read"})
RATE_LIMIT_SECONDS = 900

blueprint = Blueprint("x", __name__)


@blueprint.before_request
def misbehave() -> ResponseReturnValue | None:
    if request.endpoint == "x.authorize":
        return None
    fault = desk().faults.take(X, ON_THE_WIRE)
    match fault:
        case None:
            return None
        case Fault.SERVER_ERROR:
            return problem(500, "Internal Server Error")
        case Fault.RATE_LIMITED:
            return rate_limited()
        case _:
            return spoiled(fault, desk().faults)


@blueprint.route("/i/oauth2/authorize", methods=["GET", "POST"])
def authorize() -> ResponseReturnValue:
    try:
        check_authorization_request()
        redirect_uri = consent.checked_redirect_uri()
    except consent.PageRefused as refused:
        return consent.refusal(X, str(refused))
    state = request.values["state"]
    person = consent.asked_persona(X)
    if consent.declined(X):
        answer = [("error", "access_denied"), ("state", state)]
    elif person is None:
        return consent.with_opener_policy(X, consent.page(X))
    else:
        scopes = frozenset(request.values["scope"].split())
        grant = Grant(person, redirect_uri, scopes, request.values["code_challenge"])
        answer = [("state", state), ("code", desk().grants.issue_code(grant))]
    response = redirect(add_params_to_uri(redirect_uri, answer))
    return consent.with_opener_policy(X, response)


def check_authorization_request() -> None:
    asked = request.values
    if asked.get("client_id") != desk().clients[X].id:
        raise consent.PageRefused("client_id is not registered.")
    if asked.get("response_type") != "code":
        raise consent.PageRefused("response_type is not code.")
    if not 0 < len(asked.get("state", "")) <= 500:
        raise consent.PageRefused("state is missing or longer than 500 characters.")
    if asked.get("code_challenge_method") != "S256" or len(asked.get("code_challenge", "")) != 43:
        raise consent.PageRefused("code_challenge is missing or not made with S256.")
    scopes = frozenset(asked.get("scope", "").split())
    if not scopes or not scopes <= SCOPES:
        raise consent.PageRefused("scope is missing or unknown.")


@blueprint.post("/2/oauth2/token")
def token() -> ResponseReturnValue:
    refused = refused_client()
    if refused is not None:
        return refused
    if request.form.get("grant_type") != "authorization_code":
        return oauth_error(400, "unsupported_grant_type", "Only authorization_code is offered.")
    try:
        grant = desk().grants.redeem(request.form.get("code", ""), X)
    except CodeRefused:
        return invalid_value("authorization code was invalid.")
    if request.form.get("redirect_uri") != grant.redirect_uri:
        return invalid_value("redirect uri did not match the uri of the authorization code.")
    challenge = create_s256_code_challenge(request.form.get("code_verifier", ""))
    if challenge != grant.code_challenge:
        return invalid_value("code verifier did not match the code challenge.")
    return jsonify(
        token_type="bearer",  # noqa: S106 -- the kind of token, not one
        expires_in=7200,
        access_token=desk().grants.issue_token(grant),
        scope=" ".join(sorted(grant.scopes, reverse=True)),
    )


@blueprint.post("/2/oauth2/revoke")
def revoke() -> ResponseReturnValue:
    refused = refused_client()
    if refused is not None:
        return refused
    desk().grants.revoke_token(request.form.get("token", ""))
    return jsonify(revoked=True)


def refused_client() -> ResponseReturnValue | None:
    """X's answer to a client that did not prove who it is, or None."""
    credentials, client = request.authorization, desk().clients[X]
    if credentials is None or credentials.type != "basic":
        note_authorized(False)
        return oauth_error(401, "unauthorized_client", "Missing valid authorization header")
    shown = f"{credentials.username}:{credentials.password}".encode()
    right = hmac.compare_digest(shown, f"{client.id}:{client.secret}".encode())
    note_authorized(right)
    return None if right else oauth_error(401, "invalid_client", "Client authentication failed.")


@blueprint.get("/2/users/me")
def me() -> ResponseReturnValue:
    credentials = request.authorization
    bearer = credentials.token if credentials and credentials.type == "bearer" else None
    grant = desk().grants.of_token(bearer, X)
    note_authorized(grant is not None)
    if grant is None:
        return problem(401, "Unauthorized")
    if not grant.scopes >= NEEDED_FOR_ME:
        return problem(403, "Forbidden")
    fields = request.args.get("user.fields", "").split(",")
    return jsonify(data=profile(grant.person, fields))


def profile(person: Person, fields: list[str]) -> dict[str, Any]:
    fault = desk().faults.take(X, AT_PROFILE)
    if fault == Fault.SWAP_USER:
        person = Person(X, f"Not {person.name}")
    filename = f"{person.subject}_normal.png"
    optional = {
        "profile_image_url": url_for("avatar", filename=filename, _external=True),
        "protected": False,
        "verified": False,
    }
    data: dict[str, Any] = {"id": person.subject, "name": person.name, "username": person.handle}
    data |= {field: optional[field] for field in fields if field in optional}
    if fault == Fault.NO_ID:
        del data["id"]
    elif fault == Fault.ID_INT:
        data["id"] = int(data["id"])
    return data


def oauth_error(status: int, error: str, description: str) -> ResponseReturnValue:
    return jsonify(error=error, error_description=description), status


def invalid_value(what: str) -> ResponseReturnValue:
    return oauth_error(400, "invalid_request", f"Value passed for the {what}")


def problem(status: int, title: str) -> tuple[Response, int]:
    return jsonify(title=title, type="about:blank", status=status, detail=title), status


def rate_limited() -> ResponseReturnValue:
    body, status = problem(429, "Too Many Requests")
    reset = int(desk().now()) + RATE_LIMIT_SECONDS
    headers = {"limit": "25", "remaining": "0", "reset": str(reset)}
    return body, status, {f"x-rate-limit-{key}": value for key, value in headers.items()}
