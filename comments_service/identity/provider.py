"""What every identity provider promises: a code goes in, an identity or one error comes out.

`x.py` and `facebook.py` keep the promise; callers (`services.accounts`, `web.oauth`) know only
what is on this page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

DEADLINE_SECONDS = 8.0
"""What a login may wait for its provider, all calls together."""


@dataclass(frozen=True, slots=True)
class ExternalIdentity:
    """Who the provider says the reader is.

    `provider` and `subject` (decimal digits, at most 32), with `client_app`, are the key of an
    account; everything else changes at the reader's whim. `client_app` is Facebook's app id,
    because its subjects are scoped to the app, and empty for X, whose subjects are not.
    `name` is the reader's own text, untrusted and perhaps empty, though always encodable;
    `handle` is X's, without the @, and None at Facebook. `avatar_url` is unchecked: only
    `outbound.fetch` may open it.
    """

    provider: str
    subject: str
    client_app: str
    name: str
    handle: str | None
    avatar_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderConfig:
    """How to reach one provider. The three addresses are complete; `api_url` ends with a slash."""

    client_id: str
    client_secret: str = field(repr=False)
    authorize_url: str
    token_url: str
    api_url: str
    scopes: tuple[str, ...]
    deadline_seconds: float = DEADLINE_SECONDS


class Reason(StrEnum):
    """Why a login failed at the provider, as the `error_description` of our own answer."""

    UNAVAILABLE = "provider_unavailable"
    """No answer in time, a dripping one, 5xx, a rate limit, or an open circuit: try later."""

    WRONG_ANSWER = "provider_error"
    """An answer that is wrong: trying again will not help."""


class ProviderError(Exception):
    """The provider gave no identity; `reason` may be shown, `log_fields` may be logged.

    `log_fields` names the step and the provider's own codes (`status`, `code`, `subcode`,
    `fbtrace_id`, …); never a code, a token, a secret or text that the provider chose freely.
    """

    def __init__(self, reason: Reason, **log_fields: str | int) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.log_fields: Mapping[str, str | int] = MappingProxyType(log_fields)


class Provider(Protocol):
    """One identity provider, shared by all requests and threads; it keeps nothing of a login."""

    @property
    def name(self) -> str:
        """`twitter` or `facebook`, as in our addresses and in `ExternalIdentity.provider`."""

    def authorize_url(self, *, state: str, redirect_uri: str, code_verifier: str) -> str:
        """The provider's page to send the browser to.

        `state` is ours toward the provider; `redirect_uri` our callback, exactly as registered
        there; `code_verifier` (RFC 7636, 43 to 128 characters) must be kept for `complete`.
        """

    def complete(self, *, code: str, redirect_uri: str, code_verifier: str) -> ExternalIdentity:
        """Exchange `code` for a token, ask once who its owner is, and forget the token.

        `redirect_uri` and `code_verifier` are those given to `authorize_url`. Calls the network
        for `ProviderConfig.deadline_seconds` at most, so never inside a transaction.
        Raises `ProviderError`, and nothing else.
        """
