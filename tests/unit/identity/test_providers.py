"""What X and Facebook must both get right, over HTTP against the development provider."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from comments_service.identity.circuit import Circuit
from comments_service.identity.facebook import Facebook, FacebookConfig
from comments_service.identity.provider import Provider, ProviderError, Reason
from comments_service.identity.x import X, XConfig
from tests.unit.development_provider import DevelopmentProvider
from tests.unit.rude import RudeServer, dripping, http, rude_server

REDIRECT_URI = "http://127.0.0.1:8000/oauth/callback/any"
VERIFIER = "v" * 43
SHORT = 0.4
"""Seconds; for answers that never come."""


@dataclass(frozen=True)
class Kind:
    """One of the two providers: how to build it, and where it speaks."""

    name: str
    build: Callable[[str, float, str, Circuit], Provider]
    token_path: str
    profile_path: str
    token: dict[str, object]
    profile: dict[str, object]

    def at(
        self,
        url: str,
        *,
        seconds: float = 8.0,
        secret: str | None = None,
        circuit: Circuit | None = None,
    ) -> Provider:
        secret = secret or f"development-{self.name}-secret"
        return self.build(url, seconds, secret, circuit or Circuit(clock=time.monotonic))


def build_x(url: str, seconds: float, secret: str, circuit: Circuit) -> Provider:
    config = XConfig(
        client_id="development-twitter-client",
        client_secret=secret,
        authorize_url=f"{url}/i/oauth2/authorize",
        token_url=f"{url}/2/oauth2/token",
        api_url=f"{url}/2/",
        deadline_seconds=seconds,
    )
    return X(config, circuit=circuit)


def build_facebook(url: str, seconds: float, secret: str, circuit: Circuit) -> Provider:
    config = FacebookConfig(
        client_id="development-facebook-client",
        client_secret=secret,
        authorize_url=f"{url}/v25.0/dialog/oauth",
        token_url=f"{url}/v25.0/oauth/access_token",
        api_url=f"{url}/v25.0/",
        deadline_seconds=seconds,
    )
    return Facebook(config, circuit=circuit)


KINDS = [
    Kind(
        "twitter",
        build_x,
        "/2/oauth2/token",
        "/2/users/me",
        {"token_type": "bearer", "access_token": "t", "scope": "users.read tweet.read"},
        {"data": {"id": "2244994945", "name": "이준호", "username": "junho"}},
    ),
    Kind(
        "facebook",
        build_facebook,
        "/v25.0/oauth/access_token",
        "/v25.0/me",
        {"token_type": "bearer", "access_token": "t", "expires_in": 5183944},
        {"id": "10224", "name": "이준호"},
    ),
]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> Kind:
    chosen: Kind = request.param
    return chosen


def authorize(provider: Provider) -> str:
    return provider.authorize_url(state="s" * 43, redirect_uri=REDIRECT_URI, code_verifier=VERIFIER)


def complete(provider: Provider, code: str = "a-code") -> ProviderError:
    """The error with which a login ends that cannot end well."""
    with pytest.raises(ProviderError) as caught:
        provider.complete(code=code, redirect_uri=REDIRECT_URI, code_verifier=VERIFIER)
    return caught.value


def at_rude(kind: Kind, server: RudeServer, *, seconds: float = 8.0) -> Provider:
    return kind.at(server.url.rstrip("/"), seconds=seconds)


def as_json(value: object) -> bytes:
    return http(json.dumps(value).encode())


def subject(provider: str, persona: str) -> str:
    return str(int(hashlib.sha256(f"{provider}:{persona}".encode()).hexdigest()[:15], 16))


@pytest.mark.parametrize("persona", ["김하나", "Grace Park", "🦊 여우비", "<b>x</b>", "  "])
def test_a_login_ends_with_who_it_was(
    kind: Kind, persona: str, development: DevelopmentProvider
) -> None:
    provider = kind.at(development.url)
    code = development.approve(authorize(provider), persona)
    identity = provider.complete(code=code, redirect_uri=REDIRECT_URI, code_verifier=VERIFIER)
    assert (identity.provider, identity.subject) == (kind.name, subject(kind.name, persona))
    assert identity.name == persona
    assert identity.avatar_url is not None
    assert requests.get(identity.avatar_url, timeout=5).content.startswith(b"\x89PNG")


def test_a_login_asks_twice_and_proves_itself_each_time(
    kind: Kind, development: DevelopmentProvider
) -> None:
    """LOGIN row 33: and it works where the provider refuses calls without proof."""
    provider = kind.at(development.url)
    code = development.approve(authorize(provider), "김하나")
    provider.complete(code=code, redirect_uri=REDIRECT_URI, code_verifier=VERIFIER)
    (token,) = development.journal(kind.token_path)
    (profile,) = development.journal(kind.profile_path)
    assert (token["method"], token["authorized"]) == ("POST", True)
    assert (profile["method"], profile["authorized"]) == ("GET", True)
    assert "Authorization" in profile["headers"]


def test_a_code_for_another_redirect_uri_is_refused(
    kind: Kind, development: DevelopmentProvider
) -> None:
    """LOGIN row 20."""
    provider = kind.at(development.url)
    code = development.approve(authorize(provider), "김하나")
    with pytest.raises(ProviderError) as caught:
        provider.complete(code=code, redirect_uri=f"{REDIRECT_URI}/", code_verifier=VERIFIER)
    assert caught.value.reason == Reason.WRONG_ANSWER
    assert caught.value.log_fields["status"] == 400


def test_a_code_works_once(kind: Kind, development: DevelopmentProvider) -> None:
    provider = kind.at(development.url)
    code = development.approve(authorize(provider), "김하나")
    provider.complete(code=code, redirect_uri=REDIRECT_URI, code_verifier=VERIFIER)
    assert complete(provider, code).reason == Reason.WRONG_ANSWER


def test_a_wrong_secret_is_called_a_matter_of_configuration(
    kind: Kind, development: DevelopmentProvider
) -> None:
    """LOGIN row 22."""
    provider = kind.at(development.url, secret="not-the-secret")
    error = complete(provider, development.approve(authorize(provider), "김하나"))
    assert error.reason == Reason.WRONG_ANSWER
    assert error.log_fields["cause"] == "configuration"
    assert "not-the-secret" not in f"{error} {error.log_fields}"


@pytest.mark.parametrize("where", ["token", "profile"])
@pytest.mark.parametrize(
    ("fault", "reason", "logged"),
    [
        ("timeout", Reason.UNAVAILABLE, {"failure": "timeout"}),
        ("drip", Reason.UNAVAILABLE, {"failure": "timeout"}),
        ("500", Reason.UNAVAILABLE, {"status": 500}),
        ("rate-limited", Reason.UNAVAILABLE, {}),
        ("html", Reason.WRONG_ANSWER, {"status": 200}),
        ("bad-json", Reason.WRONG_ANSWER, {"status": 200}),
        ("oversize", Reason.WRONG_ANSWER, {"failure": "too-large"}),
        ("gzip-bomb", Reason.WRONG_ANSWER, {"failure": "too-large"}),
        ("redirect", Reason.WRONG_ANSWER, {"failure": "redirect"}),
    ],
)
def test_a_provider_that_misbehaves_is_told_apart(
    kind: Kind,
    where: str,
    fault: str,
    reason: Reason,
    logged: dict[str, str | int],
    development: DevelopmentProvider,
) -> None:
    """LOGIN rows 23 to 27."""
    provider = kind.at(development.url, seconds=SHORT if logged == {"failure": "timeout"} else 8)
    code = development.approve(authorize(provider), "김하나")
    began = time.monotonic()
    if where == "token":
        development.misbehave(kind.name, fault)
        error = complete(provider, code)
    else:
        with rude_relay(development, kind, fault) as relay:
            error = complete(kind.at(relay, seconds=SHORT if "failure" in logged else 8), code)
    assert error.reason == reason
    assert error.log_fields.items() >= {"step": where, **logged}.items()
    assert time.monotonic() - began < 2
    assert development.journal("/__elsewhere") == []
