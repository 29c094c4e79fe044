"""What is X's alone."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from comments_service.identity.circuit import Circuit
from comments_service.identity.provider import Provider, ProviderError, Reason
from comments_service.identity.x import X, XConfig
from tests.unit.development_provider import DevelopmentProvider
from tests.unit.rude import RudeServer, http, rude_server

REDIRECT_URI = "http://127.0.0.1:8000/oauth/callback/twitter"
VERIFIER = "v" * 43
TOKEN = b'{"token_type":"bearer","access_token":"t","scope":"users.read tweet.read"}'
PROFILE = b'{"data":{"id":"2244994945","name":"X Dev","username":"TwitterDev"}}'


def x_at(base: str) -> X:
    config = XConfig(
        client_id="development-twitter-client",
        client_secret="development-twitter-secret",
        authorize_url=f"{base}/i/oauth2/authorize",
        token_url=f"{base}/2/oauth2/token",
        api_url=f"{base}/2/",
    )
    return X(config, circuit=Circuit(clock=time.monotonic))


def at_rude(server: RudeServer) -> X:
    return x_at(server.url.rstrip("/"))


def refusal(provider: Provider, code: str = "a-code", verifier: str = VERIFIER) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        provider.complete(code=code, redirect_uri=REDIRECT_URI, code_verifier=verifier)
    return caught.value


def test_by_default_it_speaks_to_the_real_x() -> None:
    config = XConfig(client_id="i", client_secret="s")
    assert config.authorize_url == "https://x.com/i/oauth2/authorize"
    assert config.token_url == "https://api.x.com/2/oauth2/token"
    assert config.api_url == "https://api.x.com/2/"
    assert config.deadline_seconds == 8


def test_the_challenge_of_the_verifier_goes_out_and_the_verifier_stays() -> None:
    url = x_at("https://x.example").authorize_url(
        state="s", redirect_uri=REDIRECT_URI, code_verifier=VERIFIER
    )
    query = {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}
    assert query["code_challenge"] == create_s256_code_challenge(VERIFIER)
    assert query["code_challenge_method"] == "S256"
    assert query["scope"] == "users.read tweet.read"
    assert VERIFIER not in url


def test_a_handle_and_a_larger_picture_come_with_the_identity(
    development: DevelopmentProvider,
) -> None:
    provider = x_at(development.url)
    url = provider.authorize_url(state="s", redirect_uri=REDIRECT_URI, code_verifier=VERIFIER)
    code = development.approve(url, "Grace Park")
    identity = provider.complete(code=code, redirect_uri=REDIRECT_URI, code_verifier=VERIFIER)
    assert (identity.handle, identity.client_app) == ("GracePark", "")
    assert identity.avatar_url == f"{development.url}/avatars/{identity.subject}_bigger.png"


def test_an_altered_verifier_is_refused(development: DevelopmentProvider) -> None:
    """21."""
    provider = x_at(development.url)
    url = provider.authorize_url(state="s", redirect_uri=REDIRECT_URI, code_verifier=VERIFIER)
    error = refusal(provider, development.approve(url, "김하나"), "w" * 43)
    assert error.reason == Reason.WRONG_ANSWER
    assert error.log_fields == {"step": "token", "status": 400, "error": "invalid_request"}


def test_the_token_is_revoked_after_use(development: DevelopmentProvider) -> None:
    provider = x_at(development.url)
    url = provider.authorize_url(state="s", redirect_uri=REDIRECT_URI, code_verifier=VERIFIER)
    code = development.approve(url, "김하나")
    provider.complete(code=code, redirect_uri=REDIRECT_URI, code_verifier=VERIFIER)
    (revoked,) = development.journal("/2/oauth2/revoke")
    assert (revoked["authorized"], revoked["parameters"]) == (True, ["token", "token_type_hint"])


def test_a_login_does_not_depend_on_the_revocation() -> None:
    with rude_server(http(TOKEN), http(PROFILE), b"") as server:
        identity = at_rude(server).complete(
            code="a-code", redirect_uri=REDIRECT_URI, code_verifier=VERIFIER
        )
    assert identity.subject == "2244994945"
    assert len(server.requests) == 3


@pytest.mark.parametrize("scope", ["tweet.read", "", "users.reader", 7, ["users.read"]])
def test_a_scope_that_lacks_the_readers_is_refused(scope: object) -> None:
    """29."""
    token = TOKEN.replace(b'"users.read tweet.read"', repr(scope).replace("'", '"').encode())
    with rude_server(http(token), http(PROFILE)) as server:
        assert refusal(at_rude(server)).log_fields["failure"] == "scope"
    assert len(server.requests) == 1


def test_an_answer_without_a_scope_is_accepted() -> None:
    """29."""
    with rude_server(
        http(b'{"token_type":"bearer","access_token":"t"}'), http(PROFILE), http()
    ) as server:
        identity = at_rude(server).complete(
            code="a-code", redirect_uri=REDIRECT_URI, code_verifier=VERIFIER
        )
    assert identity.subject == "2244994945"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (
            b'{"errors":[{"type":"https://api.twitter.com/2/problems/resource-not-found"}]}',
            "resource-not-found",
        ),
        (b'{"errors":[]}', None),
        (b'{"errors":"?"}', None),
        (b'{"errors":[{"type":"free text <b> with a token"}]}', None),
        (b'{"data":null}', None),
        (b'{"data":[]}', None),
        (b"{}", None),
    ],
)
def test_a_profile_without_data_is_no_identity(body: bytes, problem: str | None) -> None:
    """30."""
    with rude_server(http(TOKEN), http(body)) as server:
        error = refusal(at_rude(server))
    assert error.reason == Reason.WRONG_ANSWER
    assert error.log_fields.get("problem") == problem


def test_an_operators_problem_is_logged_by_its_type() -> None:
    body = (
        b'{"title":"Client Forbidden","reason":"client-not-enrolled",'
        b'"type":"https://api.twitter.com/2/problems/client-forbidden"}'
    )
    with rude_server(http(TOKEN), http(body, status="403 Forbidden")) as server:
        error = refusal(at_rude(server))
    assert error.reason == Reason.WRONG_ANSWER
    assert error.log_fields == {
        "step": "profile",
        "status": 403,
        "problem": "client-forbidden",
        "cause": "configuration",
    }


@pytest.mark.parametrize("handle", ["", "a" * 16, "a b", "<b>", None, 7])
def test_a_handle_x_would_not_allow_is_left_out(handle: object) -> None:
    text = {None: "null", 7: "7"}.get(handle, f'"{handle}"')  # type: ignore[call-overload]
    with rude_server(
        http(TOKEN), http(PROFILE.replace(b'"TwitterDev"', str(text).encode())), http()
    ) as server:
        identity = at_rude(server).complete(
            code="a-code", redirect_uri=REDIRECT_URI, code_verifier=VERIFIER
        )
    assert identity.handle is None
