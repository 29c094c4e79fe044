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
    """33: and it works where the provider refuses calls without proof."""
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
    """20."""
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
    """22."""
    provider = kind.at(development.url, secret="not-the-secret")
    error = complete(provider, development.approve(authorize(provider), "김하나"))
    assert error.reason == Reason.WRONG_ANSWER
    assert error.log_fields["cause"] == "configuration"
    assert "not-the-secret" not in f"{error} {error.log_fields}"


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
    fault: str,
    reason: Reason,
    logged: dict[str, str | int],
    development: DevelopmentProvider,
) -> None:
    """23 to 27."""
    provider = kind.at(development.url, seconds=SHORT if logged == {"failure": "timeout"} else 8)
    code = development.approve(authorize(provider), "김하나")
    development.misbehave(kind.name, fault, times=1)
    began = time.monotonic()
    error = complete(provider, code)
    assert error.reason == reason
    assert error.log_fields.items() >= {"step": "token", **logged}.items()
    assert time.monotonic() - began < 2
    assert development.journal("/__elsewhere") == []


HTML = b"<!doctype html><title>Sorry</title>"
NOT_AN_OBJECT = [
    pytest.param(http(HTML), id="HTML"),
    pytest.param(http(b'[{"access_token":"t"}]'), id="a JSON list"),
    pytest.param(http(b'{"access_token":"t'), id="truncated JSON"),
    pytest.param(http(b""), id="nothing"),
    pytest.param(http(b"null"), id="null"),
    pytest.param(http(b"[" * 60_000), id="60,000 brackets"),
    pytest.param(http(b'{"a":' + b"9" * 5000 + b"}"), id="5,000 digits"),
    pytest.param(http(b"\xff\xfe\xfa"), id="no text at all"),
    pytest.param(http(b'{"a":1}' + b" " * 70_000), id="too much of it"),
    pytest.param(http(b'{"a":1}', status="201 Created"), id="a status of something else"),
    pytest.param(http(b'{"a":1}', status="404 Not Found"), id="not found"),
    pytest.param(http(HTML, status="403 Forbidden"), id="forbidden, in HTML"),
]
OUTAGES = [
    pytest.param(http(HTML, status="500 Oops"), id="500 HTML"),
    pytest.param(http(HTML, status="502 Bad Gateway"), id="502 HTML"),
    pytest.param(http(b"{}", status="503 Service Unavailable"), id="503 JSON"),
    pytest.param(http(HTML, status="429 Too Many Requests"), id="429 HTML"),
    pytest.param(b"", id="hung up"),
]


@pytest.mark.parametrize("answer", NOT_AN_OBJECT)
def test_an_answer_that_is_no_json_object_is_wrong(kind: Kind, answer: bytes) -> None:
    """25, at both calls."""
    with rude_server(answer) as server:
        assert complete(at_rude(kind, server)).reason == Reason.WRONG_ANSWER
    with rude_server(as_json(kind.token), answer) as server:
        error = complete(at_rude(kind, server))
    assert (error.reason, error.log_fields["step"]) == (Reason.WRONG_ANSWER, "profile")


@pytest.mark.parametrize("answer", OUTAGES)
def test_an_outage_is_unavailable(kind: Kind, answer: bytes) -> None:
    """24, at both calls."""
    with rude_server(answer) as server:
        assert complete(at_rude(kind, server)).reason == Reason.UNAVAILABLE
    with rude_server(as_json(kind.token), answer) as server:
        error = complete(at_rude(kind, server))
    assert (error.reason, error.log_fields["step"]) == (Reason.UNAVAILABLE, "profile")


def test_both_calls_share_the_deadline(kind: Kind) -> None:
    """23: the token comes late, the profile drips."""
    late = [b""] * 4 + [as_json(kind.token)]
    with rude_server(late, dripping(as_json(kind.profile))) as server:
        began = time.monotonic()
        error = complete(at_rude(kind, server, seconds=2 * SHORT))
    assert (error.reason, error.log_fields["step"]) == (Reason.UNAVAILABLE, "profile")
    assert time.monotonic() - began < 2 * SHORT + 0.5


def test_a_redirect_of_either_call_tells_nobody_anything(kind: Kind) -> None:
    """27."""
    with rude_server(http()) as elsewhere:
        headers = (f"Location: {elsewhere.url}",)
        moved = http(status="307 Temporary Redirect", headers=headers)
        with rude_server(moved) as server:
            assert complete(at_rude(kind, server)).reason == Reason.WRONG_ANSWER
        with rude_server(as_json(kind.token), moved) as server:
            assert complete(at_rude(kind, server)).reason == Reason.WRONG_ANSWER
        assert elsewhere.requests == []


@pytest.mark.parametrize(
    "change",
    [
        {"access_token": None},
        {"access_token": ""},
        {"access_token": 12345},
        {"access_token": ["t"]},
        {"access_token": "t" * 4097},
        {"access_token": "t\r\nX-Injected: 1"},
        {"access_token": "토큰"},
        {"token_type": None},
        {"token_type": "mac"},
        {"token_type": 1},
        {"expires_in": "soon"},
        {"expires_in": [1]},
        {"expires_in": -1},
        {"error": "surprise"},
    ],
    ids=str,
)
def test_a_token_answer_with_anything_wrong_is_refused(
    kind: Kind, change: dict[str, object]
) -> None:
    """28, and what Authlib would let through."""
    answer = {name: value for name, value in {**kind.token, **change}.items() if value is not None}
    with rude_server(as_json(answer), as_json(kind.profile)) as server:
        assert complete(at_rude(kind, server)).reason == Reason.WRONG_ANSWER


@pytest.mark.parametrize("change", [{"token_type": "Bearer"}, {"expires_in": None}], ids=str)
def test_a_token_answer_may_differ_in_what_does_not_matter(
    kind: Kind, change: dict[str, object]
) -> None:
    answer = {name: value for name, value in {**kind.token, **change}.items() if value is not None}
    with rude_server(as_json(answer), as_json(kind.profile)) as server:
        identity = at_rude(kind, server).complete(
            code="a-code", redirect_uri=REDIRECT_URI, code_verifier=VERIFIER
        )
    assert identity.name == "이준호"


def with_profile(kind: Kind, **change: object) -> bytes:
    """A profile answer of this provider; a value of None takes its field away."""
    inner = kind.profile["data"] if kind.name == "twitter" else kind.profile
    assert isinstance(inner, dict)
    changed = {name: value for name, value in {**inner, **change}.items() if value is not None}
    return as_json({"data": changed} if kind.name == "twitter" else changed)


@pytest.mark.parametrize(
    "wrong",
    [None, 2244994945, "", "1" * 33, "1" * 65, "1 or 1", "-1", "1\n", "１２３", ["1"], True],
    ids=repr,
)
def test_a_profile_without_a_subject_of_digits_is_refused(kind: Kind, wrong: object) -> None:
    """31."""
    with rude_server(as_json(kind.token), with_profile(kind, id=wrong)) as server:
        error = complete(at_rude(kind, server))
    assert (error.reason, error.log_fields["failure"]) == (Reason.WRONG_ANSWER, "id")


@pytest.mark.parametrize("fault", ["no-id", "id-int"])
def test_the_development_provider_can_spoil_the_subject(
    kind: Kind, fault: str, development: DevelopmentProvider
) -> None:
    """31."""
    provider = kind.at(development.url)
    code = development.approve(authorize(provider), "김하나")
    development.misbehave(kind.name, fault)
    assert complete(provider, code).reason == Reason.WRONG_ANSWER


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        ("이" * 3000, "이" * 3000),
        ("\u202egnirts", "\u202egnirts"),
        ("<script>", "<script>"),
        ("half \ud83d", "half ?"),
        (None, ""),
        (7, ""),
    ],
)
def test_any_name_comes_through_and_can_be_stored(kind: Kind, sent: object, got: str) -> None:
    """32: cleaning it is the business of accounts."""
    with rude_server(as_json(kind.token), with_profile(kind, name=sent)) as server:
        identity = at_rude(kind, server).complete(
            code="a-code", redirect_uri=REDIRECT_URI, code_verifier=VERIFIER
        )
    assert identity.name == got
    assert identity.name.encode().decode() == got


def test_an_open_circuit_fails_at_once_and_closes_again(kind: Kind) -> None:
    """35."""
    now = [0.0]
    circuit = Circuit(clock=lambda: now[0])
    outage = http(status="503 Service Unavailable")
    with rude_server(outage) as server:
        provider = kind.at(server.url.rstrip("/"), circuit=circuit)
        for _ in range(5):
            complete(provider)
        error = complete(provider)
        assert (error.reason, error.log_fields["step"]) == (Reason.UNAVAILABLE, "circuit")
        assert len(server.requests) == 5
        now[0] = 31.0
        assert complete(provider).log_fields["step"] == "token"


def test_logs_of_a_login_at_debug_hold_nothing_secret(
    kind: Kind, development: DevelopmentProvider, caplog: pytest.LogCaptureFixture
) -> None:
    """79, as far as it concerns the wire."""
    with caplog.at_level(logging.DEBUG):
        provider = kind.at(development.url)
        code = development.approve(authorize(provider), "김하나")
        provider.complete(code=code, redirect_uri=REDIRECT_URI, code_verifier=VERIFIER)
        refused = complete(provider, code)
    written = f"{caplog.text} {refused} {refused.log_fields}"
    for secret in (code, VERIFIER, "s" * 43, f"development-{kind.name}-secret", "appsecret_proof"):
        assert secret not in written


def test_the_secret_is_in_no_address_and_in_no_representation(kind: Kind) -> None:
    with rude_server(as_json(kind.token), as_json(kind.profile)) as server:
        provider = at_rude(kind, server)
        provider.complete(code="a-code", redirect_uri=REDIRECT_URI, code_verifier=VERIFIER)
        assert "secret" not in authorize(provider)
    for request in server.requests:
        assert b"-secret" not in request.split(b"\r\n")[0]
    config = XConfig(client_id="i", client_secret="a-secret")
    assert "a-secret" not in repr(config)


def test_the_authorize_address_carries_what_the_provider_needs(kind: Kind) -> None:
    url = urlsplit(authorize(kind.at("https://idp.example")))
    query = {name: value for name, (value,) in parse_qs(url.query).items()}
    assert query["response_type"] == "code"
    assert query["client_id"] == f"development-{kind.name}-client"
    assert query["redirect_uri"] == REDIRECT_URI
    assert query["state"] == "s" * 43
