"""Facebook Login as a confidential client, and one look at `/me`, with proof of the app secret.

https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow and
https://developers.facebook.com/docs/graph-api/guides/secure-requests
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.common.urls import add_params_to_uri
from authlib.integrations.requests_client import OAuth2Session

from comments_service import clock
from comments_service.identity.circuit import Circuit
from comments_service.identity.exchange import (
    Problem,
    accepted,
    avatar_address,
    checked_subject,
    codes,
    display_text,
    fetch_token,
    new_session,
    step,
)
from comments_service.identity.provider import ExternalIdentity, ProviderConfig
from comments_service.outbound.deadline import Deadline

# https://developers.facebook.com/docs/graph-api/guides/error-handling
TEMPORARY_CODES = frozenset({1, 2, 4, 17, 341})
NO_SUCH_APP = 101
WRONG_SECRET = "Error validating client secret."  # noqa: S105 -- a message


@dataclass(frozen=True, slots=True, kw_only=True)
class FacebookConfig(ProviderConfig):
    """`pkce` sends a code challenge too, which Facebook documents for its OIDC flow only.
    `proof_time` puts the time into `appsecret_proof`, which then holds for five minutes."""

    authorize_url: str = "https://www.facebook.com/v25.0/dialog/oauth"
    token_url: str = "https://graph.facebook.com/v25.0/oauth/access_token"  # noqa: S105 -- an address
    api_url: str = "https://graph.facebook.com/v25.0/"
    scopes: tuple[str, ...] = ("public_profile",)
    pkce: bool = False
    proof_time: bool = False


class Facebook:
    """The provider `facebook`; see `provider.Provider`. `now` is for `proof_time`."""

    name = "facebook"

    def __init__(
        self,
        config: FacebookConfig,
        *,
        circuit: Circuit,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._config = config
        self._circuit = circuit
        self._now = now

    def authorize_url(self, *, state: str, redirect_uri: str, code_verifier: str) -> str:
        with self._session(Deadline(self._config.deadline_seconds)) as session:
            url, _ = session.create_authorization_url(
                self._config.authorize_url,
                state=state,
                redirect_uri=redirect_uri,
                code_verifier=code_verifier if self._config.pkce else None,
            )
        return str(url)

    def complete(self, *, code: str, redirect_uri: str, code_verifier: str) -> ExternalIdentity:
        verifier = {"code_verifier": code_verifier} if self._config.pkce else {}
        deadline = Deadline(self._config.deadline_seconds)
        with self._circuit.watched() as seconds, self._session(deadline) as session:
            deadline.cut_to(seconds)
            fetch_token(
                session,
                self._config,
                find_problem,
                code=code,
                redirect_uri=redirect_uri,
                **verifier,
            )
            profile = self._profile(session)
        return identity_of(profile, self._config.client_id)

    def _session(self, deadline: Deadline) -> OAuth2Session:
        session = new_session(
            self._config,
            deadline,
            # In the body of a POST, so that the secret is in no address.
            token_endpoint_auth_method="client_secret_post",  # noqa: S106 -- a method's name
            code_challenge_method="S256",
        )

        def prove(uri: str, headers: Any, body: Any) -> tuple[str, Any, Any]:
            parameters = self._proof(session.token["access_token"])
            return add_params_to_uri(uri, parameters), headers, body

        session.register_compliance_hook("protected_request", prove)
        return session

    def _proof(self, token: str) -> list[tuple[str, str]]:
        """The parameters that prove we know the app secret, and have not only found a token."""
        if not self._config.proof_time:
            return [("appsecret_proof", self._sign(token))]
        made_at = str(int(self._now().timestamp()))
        return [("appsecret_proof", self._sign(f"{token}|{made_at}")), ("appsecret_time", made_at)]

    def _sign(self, message: str) -> str:
        secret = self._config.client_secret.encode()
        return hmac.new(secret, message.encode(), hashlib.sha256).hexdigest()

    def _profile(self, session: OAuth2Session) -> Mapping[str, Any]:
        with step("profile"):
            response = session.get(
                f"{self._config.api_url}me",
                params={"fields": "id,name,picture.width(200).height(200)"},
            )
        return accepted("profile", response, find_problem)


def identity_of(profile: Mapping[str, Any], client_id: str) -> ExternalIdentity:
    return ExternalIdentity(
        provider=Facebook.name,
        subject=checked_subject(profile.get("id")),
        client_app=client_id,
        name=display_text(profile.get("name")),
        handle=None,
        avatar_url=picture_of(profile),
    )


def picture_of(profile: Mapping[str, Any]) -> str | None:
    """The address of the reader's picture; None for the silhouette of those who have none."""
    picture = profile.get("picture")
    data = picture.get("data") if isinstance(picture, dict) else None
    if not isinstance(data, dict) or data.get("is_silhouette"):
        return None
    return avatar_address(data.get("url"))


def find_problem(_status: int, answer: Mapping[str, Any]) -> Problem | None:
    """Facebook's error, a nested object, with any status."""
    if "error" not in answer:
        return None
    error = answer["error"] if isinstance(answer["error"], dict) else {}
    found = codes(
        code=error.get("code"),
        subcode=error.get("error_subcode"),
        type=error.get("type"),
        fbtrace_id=error.get("fbtrace_id"),
    )
    # A wrong secret shares its code with passing troubles; only the text tells them apart.
    if found.get("code") == NO_SUCH_APP or error.get("message") == WRONG_SECRET:
        return Problem({**found, "cause": "configuration"})
    return Problem(found, temporary=found.get("code") in TEMPORARY_CODES)
