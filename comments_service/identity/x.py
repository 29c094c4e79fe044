"""X (Twitter): OAuth 2.0 with PKCE as a confidential client, and one look at `/2/users/me`.

https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from authlib.integrations.requests_client import OAuth2Session

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
from comments_service.identity.provider import (
    ExternalIdentity,
    ProviderConfig,
    ProviderError,
    Reason,
)
from comments_service.outbound.deadline import Deadline

REVOKE_SECONDS = 2.0
HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")
CLIENT_ERRORS = frozenset({"unauthorized_client", "invalid_client"})


@dataclass(frozen=True, slots=True, kw_only=True)
class XConfig(ProviderConfig):
    authorize_url: str = "https://x.com/i/oauth2/authorize"
    token_url: str = "https://api.x.com/2/oauth2/token"  # noqa: S105 -- an address
    api_url: str = "https://api.x.com/2/"
    scopes: tuple[str, ...] = ("users.read", "tweet.read")


class X:
    """The provider `twitter`; see `provider.Provider`."""

    name = "twitter"

    def __init__(self, config: XConfig, *, circuit: Circuit) -> None:
        self._config = config
        self._circuit = circuit

    def authorize_url(self, *, state: str, redirect_uri: str, code_verifier: str) -> str:
        with self._session(Deadline(self._config.deadline_seconds)) as session:
            url, _ = session.create_authorization_url(
                self._config.authorize_url,
                state=state,
                redirect_uri=redirect_uri,
                code_verifier=code_verifier,
            )
        return str(url)

    def complete(self, *, code: str, redirect_uri: str, code_verifier: str) -> ExternalIdentity:
        deadline = Deadline(self._config.deadline_seconds)
        with self._circuit.watched() as seconds, self._session(deadline) as session:
            deadline.cut_to(seconds)
            token = fetch_token(
                session,
                self._config,
                find_problem,
                code=code,
                redirect_uri=redirect_uri,
                code_verifier=code_verifier,
            )
            check_scope(token)
            profile = self._profile(session)
            deadline.cut_to(REVOKE_SECONDS)
            self._revoke(session, token)
        return identity_of(profile)

    def _session(self, deadline: Deadline) -> OAuth2Session:
        return new_session(
            self._config,
            deadline,
            token_endpoint_auth_method="client_secret_basic",  # noqa: S106 -- a method's name
            code_challenge_method="S256",
        )

    def _profile(self, session: OAuth2Session) -> Mapping[str, Any]:
        with step("profile"):
            response = session.get(
                f"{self._config.api_url}users/me",
                params={"user.fields": "profile_image_url,protected,verified"},
            )
        profile = accepted("profile", response, find_problem).get("data")
        if not isinstance(profile, dict):
            raise ProviderError(Reason.WRONG_ANSWER, step="profile", failure="data")
        return profile

    def _revoke(self, session: OAuth2Session, token: Mapping[str, Any]) -> None:
        """Tell X we are done. The token is forgotten here and expires there either way."""
        with suppress(ProviderError), step("revoke"):
            session.revoke_token(
                f"{self._config.api_url}oauth2/revoke",
                token=token["access_token"],
                token_type_hint="access_token",  # noqa: S106 -- a kind of token
            )


def check_scope(token: Mapping[str, Any]) -> None:
    """X may leave the scope out, but one without `users.read` will show us nobody."""
    scope = token.get("scope", "users.read")
    if not isinstance(scope, str) or "users.read" not in scope.split():
        raise ProviderError(Reason.WRONG_ANSWER, step="token", failure="scope")


def identity_of(profile: Mapping[str, Any]) -> ExternalIdentity:
    handle = profile.get("username")
    avatar_url = avatar_address(profile.get("profile_image_url"))
    return ExternalIdentity(
        provider=X.name,
        subject=checked_subject(profile.get("id")),
        client_app="",
        name=display_text(profile.get("name")),
        handle=handle if isinstance(handle, str) and HANDLE.fullmatch(handle) else None,
        # 73 pixels instead of 48, for screens with two dots to a pixel.
        avatar_url=avatar_url and re.sub(r"_normal(?=\.\w+$)", "_bigger", avatar_url),
    )


def find_problem(status: int, answer: Mapping[str, Any]) -> Problem | None:
    """X's errors: OAuth's `error`, a problem with a `type`, or `errors` in place of `data`."""
    if "error" in answer:
        found = codes(error=answer["error"])
    elif status != 200:
        found = codes(problem=problem_slug(answer))
    elif "errors" in answer and "data" not in answer:
        errors = answer["errors"]
        first = errors[0] if isinstance(errors, list) and errors else None
        found = codes(problem=problem_slug(first))
    else:
        return None
    if status in (402, 403) or found.get("error") in CLIENT_ERRORS:
        found["cause"] = "configuration"
    return Problem(found)


def problem_slug(problem: object) -> object:
    """`client-forbidden` of `https://api.twitter.com/2/problems/client-forbidden`."""
    kind = problem.get("type") if isinstance(problem, dict) else None
    return kind.rpartition("/")[2] if isinstance(kind, str) else None
