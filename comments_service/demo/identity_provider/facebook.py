"""Facebook's side: the login dialog, the Graph calls a login makes, and its signed callbacks.

https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow and
https://developers.facebook.com/docs/graph-api/guides/secure-requests. Errors are a nested
object, and "Require App Secret" is on: no Graph call without `appsecret_proof`.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Blueprint, Response, abort, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from comments_service.demo.identity_provider import consent
from comments_service.demo.identity_provider.desk import FACEBOOK, desk, note_authorized
from comments_service.demo.identity_provider.faults import AT_PROFILE, ON_THE_WIRE, Fault, spoiled
from comments_service.demo.identity_provider.grants import CodeRefused, Grant
from comments_service.demo.identity_provider.people import Person

TOKEN_SECONDS = 5_183_944
PROOF_SECONDS = 300
CALLBACK_TIMEOUT_SECONDS = 10
WHY_CODE_REFUSED = {
    CodeRefused.Why.UNKNOWN: ("Invalid verification code format.", None),
    CodeRefused.Why.EXPIRED: ("This authorization code has expired.", 36007),
    CodeRefused.Why.USED: ("This authorization code has been used.", 36009),
}

blueprint = Blueprint("facebook", __name__)


@blueprint.url_value_preprocessor
def drop_version(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Answer every version of the Graph API alike."""
    version = (values or {}).pop("version", None)
    if version is not None and not re.fullmatch(r"v\d{1,3}\.\d", version, re.ASCII):
        abort(404)


@blueprint.before_request
def misbehave() -> ResponseReturnValue | None:
    if request.endpoint in ("facebook.dialog", "facebook.send_callback"):
        return None
    fault = desk().faults.take(FACEBOOK, ON_THE_WIRE)
    match fault:
        case None:
            return None
        case Fault.SERVER_ERROR:
            return graph_error(500, 2, "An unexpected error has occurred. Please retry later.")
        case Fault.RATE_LIMITED:
            return graph_error(400, 4, "(#4) Application request limit reached")
        case _:
            return spoiled(fault, desk().faults)


@blueprint.route("/<version>/dialog/oauth", methods=["GET", "POST"])
def dialog() -> ResponseReturnValue:
    try:
        check_dialog_request()
        redirect_uri = consent.checked_redirect_uri()
    except consent.PageRefused as refused:
        return consent.refusal(FACEBOOK, str(refused))
    person = consent.asked_persona(FACEBOOK)
    if consent.declined(FACEBOOK):
        answer = [
            ("error", "access_denied"),
            ("error_code", "200"),
            ("error_description", "Permissions error"),
            ("error_reason", "user_denied"),
        ]
    elif person is None:
        return consent.with_opener_policy(FACEBOOK, consent.page(FACEBOOK))
    else:
        scopes = frozenset(re.split(r"[ ,]+", request.values.get("scope", "public_profile")))
        grant = Grant(person, redirect_uri, scopes, request.values.get("code_challenge"))
        answer = [("code", desk().grants.issue_code(grant))]
    answer += [("state", request.values.get("state", ""))]
    # Facebook leaves this fragment on every address it returns to.
    response = redirect(add_params_to_uri(redirect_uri, answer) + "#_=_")
    return consent.with_opener_policy(FACEBOOK, response)


def check_dialog_request() -> None:
    asked = request.values
    if asked.get("client_id") != desk().clients[FACEBOOK].id:
        raise consent.PageRefused("Invalid App ID.")
    if asked.get("response_type", "code") != "code":
        raise consent.PageRefused("response_type is not code.")
    if asked.get("code_challenge") and asked.get("code_challenge_method") != "S256":
        raise consent.PageRefused("code_challenge is not made with S256.")


@blueprint.route("/<version>/oauth/access_token", methods=["GET", "POST"])
def token() -> ResponseReturnValue:
    asked, client = request.values, desk().clients[FACEBOOK]
    if asked.get("client_id") != client.id:
        note_authorized(False)
        message = "Error validating application. Cannot get application info."
        return graph_error(400, 101, message)
    right = hmac.compare_digest(asked.get("client_secret", "").encode(), client.secret.encode())
    note_authorized(right)
    if not right:
        return graph_error(400, 1, "Error validating client secret.")
    try:
        grant = desk().grants.redeem(asked.get("code", ""), FACEBOOK)
    except CodeRefused as refused:
        message, subcode = WHY_CODE_REFUSED[refused.why]
        return graph_error(400, 100, message, subcode=subcode)
    if asked.get("redirect_uri") != grant.redirect_uri:
        message = "Error validating verification code. Please make sure your redirect_uri is"
        return graph_error(400, 100, f"{message} identical.", subcode=36008)
    if grant.code_challenge is not None:
        challenge = create_s256_code_challenge(asked.get("code_verifier", ""))
        if challenge != grant.code_challenge:
            return graph_error(400, 100, "Invalid code_verifier parameter")
    return jsonify(
        access_token=desk().grants.issue_token(grant),
        token_type="bearer",  # noqa: S106 -- the kind of token, not one
        expires_in=TOKEN_SECONDS,
    )


@blueprint.get("/<version>/me")
def me() -> ResponseReturnValue:
    grant_or_refusal = owner_of_token()
    if not isinstance(grant_or_refusal, Grant):
        return grant_or_refusal
    fields = request.args.get("fields", "id,name")
    return jsonify(profile(grant_or_refusal.person, fields))


@blueprint.get("/<version>/me/permissions")
def permissions() -> ResponseReturnValue:
    grant_or_refusal = owner_of_token()
    if not isinstance(grant_or_refusal, Grant):
        return grant_or_refusal
    granted = [
        {"permission": scope, "status": "granted"} for scope in sorted(grant_or_refusal.scopes)
    ]
    return jsonify(data=granted)


def owner_of_token() -> Grant | ResponseReturnValue:
    """Whose token came with this Graph call, or Facebook's answer to a call without proof."""
    credentials = request.authorization
    bearer = credentials.token if credentials and credentials.type == "bearer" else None
    shown = request.args.get("access_token") or bearer
    grant = desk().grants.of_token(shown, FACEBOOK)
    note_authorized(False)
    if shown is None:
        message = "An active access token must be used to query information about the current user."
        return graph_error(400, 2500, message)
    if grant is None:
        message = "Error validating access token: The session is invalid."
        return graph_error(401, 190, message, subcode=467)
    proof = request.args.get("appsecret_proof")
    if proof is None:
        message = "API calls from the server require an appsecret_proof argument"
        return graph_error(400, 100, message, kind="GraphMethodException")
    if not proves_app_secret(proof, shown):
        message = "Invalid appsecret_proof provided in the API argument"
        return graph_error(400, 100, message, kind="GraphMethodException")
    note_authorized(True)
    return grant


def proves_app_secret(proof: str, token: str) -> bool:
    """Either form: over the token alone, or over the token and a time not long ago."""
    message, made_at = token, request.args.get("appsecret_time")
    if made_at is not None:
        if not re.fullmatch(r"\d{1,12}", made_at, re.ASCII):
            return False
        if abs(desk().now() - int(made_at)) > PROOF_SECONDS:
            return False
        message = f"{token}|{made_at}"
    return hmac.compare_digest(proof.encode(), signature(message).hex().encode())


def signature(message: str) -> bytes:
    secret = desk().clients[FACEBOOK].secret
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).digest()


def profile(person: Person, fields: str) -> dict[str, Any]:
    fault = desk().faults.take(FACEBOOK, AT_PROFILE)
    if fault == Fault.SWAP_USER:
        person = Person(FACEBOOK, f"Not {person.name}")
    data: dict[str, Any] = {"id": person.subject, "name": person.name}
    if "picture" in fields:
        address = url_for("avatar", filename=f"{person.subject}.png", _external=True)
        picture = {"height": 200, "width": 200, "is_silhouette": False, "url": address}
        data["picture"] = {"data": picture}
    if fault == Fault.NO_ID:
        del data["id"]
    elif fault == Fault.ID_INT:
        data["id"] = int(data["id"])
    return data


def graph_error(
    status: int,
    code: int,
    message: str,
    *,
    subcode: int | None = None,
    kind: str = "OAuthException",
) -> ResponseReturnValue:
    error: dict[str, Any] = {"message": message, "type": kind, "code": code}
    if subcode is not None:
        error["error_subcode"] = subcode
    error["fbtrace_id"] = "A" + secrets.token_urlsafe(16)
    return jsonify(error=error), status


@blueprint.post("/__facebook/<any(deauthorize, 'data-deletion'):kind>")
def send_callback(kind: str) -> ResponseReturnValue:
    """Sign and send a callback as Facebook does when a person removes the app.

    Takes JSON: `persona` or `subject`, and `to`, the service's base address. Gives back the
    service's answer as it is.
    """
    wish = request.get_json()
    subject = wish.get("subject") or Person(FACEBOOK, wish["persona"]).subject
    base = wish["to"]
    if urlsplit(base).scheme not in ("http", "https"):
        return jsonify(error="`to` is not an http address"), 400
    answer = requests.post(
        f"{base.rstrip('/')}/oauth/facebook/{kind}",
        data={"signed_request": signed_request(subject)},
        timeout=CALLBACK_TIMEOUT_SECONDS,
        allow_redirects=False,
    )
    return Response(answer.content, answer.status_code, content_type=answer.headers["Content-Type"])


def signed_request(subject: str) -> str:
    claims = {"algorithm": "HMAC-SHA256", "issued_at": int(desk().now()), "user_id": subject}
    payload = base64url(json.dumps(claims).encode())
    return f"{base64url(signature(payload))}.{payload}"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
