"""What is Facebook's alone."""

import hashlib
import hmac
import time
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from comments_service.identity.circuit import Circuit
from comments_service.identity.facebook import Facebook, FacebookConfig
from comments_service.identity.provider import ExternalIdentity, ProviderError, Reason
from tests.unit.development_provider import DevelopmentProvider
from tests.unit.rude import http, rude_server

REDIRECT_URI = "http://127.0.0.1:8000/oauth/callback/facebook"
VERIFIER = "v" * 43
SECRET = "development-facebook-secret"
TOKEN = b'{"token_type":"bearer","access_token":"t"}'


def facebook_at(
    base: str,
    *,
    pkce: bool = False,
    proof_time: bool = False,
    now: datetime = datetime(2026, 11, 24, tzinfo=UTC),
) -> Facebook:
    config = FacebookConfig(
        client_id="development-facebook-client",
        client_secret=SECRET,
        authorize_url=f"{base}/v25.0/dialog/oauth",
        token_url=f"{base}/v25.0/oauth/access_token",
        api_url=f"{base}/v25.0/",
        pkce=pkce,
        proof_time=proof_time,
    )
    return Facebook(config, circuit=Circuit(clock=time.monotonic), now=lambda: now)


def log_in(provider: Facebook, development: DevelopmentProvider) -> ExternalIdentity:
    url = provider.authorize_url(state="s", redirect_uri=REDIRECT_URI, code_verifier=VERIFIER)
    code = development.approve(url, "김하나")
    return provider.complete(code=code, redirect_uri=REDIRECT_URI, code_verifier=VERIFIER)


def refusal(*answers: bytes) -> ProviderError:
    with rude_server(*answers) as server, pytest.raises(ProviderError) as caught:
        facebook_at(server.url.rstrip("/")).complete(
            code="a-code", redirect_uri=REDIRECT_URI, code_verifier=VERIFIER
        )
    return caught.value


def test_by_default_it_speaks_to_the_real_facebook() -> None:
    config = FacebookConfig(client_id="i", client_secret="s")
    assert config.authorize_url == "https://www.facebook.com/v25.0/dialog/oauth"
    assert config.token_url == "https://graph.facebook.com/v25.0/oauth/access_token"
    assert config.api_url == "https://graph.facebook.com/v25.0/"


def test_the_app_goes_with_its_subject(development: DevelopmentProvider) -> None:
    identity = log_in(facebook_at(development.url), development)
    assert (identity.client_app, identity.handle) == ("development-facebook-client", None)
    assert identity.avatar_url == f"{development.url}/avatars/{identity.subject}.png"


@pytest.mark.parametrize("pkce", [False, True])
def test_a_code_challenge_is_sent_when_switched_on(
    pkce: bool, development: DevelopmentProvider
) -> None:
    provider = facebook_at(development.url, pkce=pkce)
    url = provider.authorize_url(state="s", redirect_uri=REDIRECT_URI, code_verifier=VERIFIER)
    assert ("code_challenge" in parse_qs(urlsplit(url).query)) == pkce
    log_in(provider, development)
    (token,) = development.journal("/v25.0/oauth/access_token")
    assert ("code_verifier" in token["parameters"]) == pkce


def test_a_wrong_verifier_is_refused_when_pkce_is_on(development: DevelopmentProvider) -> None:
    """21."""
    provider = facebook_at(development.url, pkce=True)
    url = provider.authorize_url(state="s", redirect_uri=REDIRECT_URI, code_verifier=VERIFIER)
    code = development.approve(url, "김하나")
    with pytest.raises(ProviderError) as caught:
        provider.complete(code=code, redirect_uri=REDIRECT_URI, code_verifier="w" * 43)
    assert caught.value.reason == Reason.WRONG_ANSWER


def test_the_profile_call_proves_the_app_secret() -> None:
    """33."""
    with rude_server(http(TOKEN), http(b'{"id":"1","name":"n"}')) as server:
        facebook_at(server.url.rstrip("/")).complete(
            code="a-code", redirect_uri=REDIRECT_URI, code_verifier=VERIFIER
        )
    target = server.requests[1].split()[1].decode()
    query = parse_qs(urlsplit(target).query)
    assert query["appsecret_proof"] == [hmac.new(SECRET.encode(), b"t", hashlib.sha256).hexdigest()]
    assert query["fields"] == ["id,name,picture.width(200).height(200)"]


def test_the_proof_may_carry_its_time(development: DevelopmentProvider) -> None:
    now = datetime.fromtimestamp(development.clock.seconds, UTC)
    log_in(facebook_at(development.url, proof_time=True, now=now), development)
    (profile,) = development.journal("/v25.0/me")
    assert profile["authorized"]
    assert {"appsecret_proof", "appsecret_time"} <= set(profile["parameters"])


def test_a_proof_of_another_hour_is_refused(development: DevelopmentProvider) -> None:
    then = datetime.fromtimestamp(development.clock.seconds - 3600, UTC)
    with pytest.raises(ProviderError) as caught:
        log_in(facebook_at(development.url, proof_time=True, now=then), development)
    assert caught.value.reason == Reason.WRONG_ANSWER
    assert caught.value.log_fields["type"] == "GraphMethodException"


def graph_error(code: object, **more: object) -> bytes:
    fields = ",".join(f'"{name}":{value}' for name, value in more.items())
    comma = "," if fields else ""
    return f'{{"error":{{"message":"m","code":{code}{comma}{fields}}}}}'.encode()


def test_a_nested_error_is_logged_by_its_codes_alone() -> None:
    """34."""
    body = (
        b'{"error":{"message":"Error validating access token: t0ken","type":"OAuthException",'
        b'"code":190,"error_subcode":463,"fbtrace_id":"AbC-123_x"}}'
    )
    error = refusal(http(TOKEN), http(body, status="401 Unauthorized"))
    assert error.reason == Reason.WRONG_ANSWER
    assert error.log_fields == {
        "step": "profile",
        "status": 401,
        "code": 190,
        "subcode": 463,
        "type": "OAuthException",
        "fbtrace_id": "AbC-123_x",
    }


@pytest.mark.parametrize("code", [1, 2, 4, 17, 341])
def test_a_passing_trouble_is_unavailable(code: int) -> None:
    bad_request = http(graph_error(code), status="400 Bad Request")
    assert refusal(bad_request).reason == Reason.UNAVAILABLE
    assert refusal(http(TOKEN), bad_request).reason == Reason.UNAVAILABLE


@pytest.mark.parametrize("code", [100, 101, 190, 2500, '"4"', "4.0", "true", "null", "[4]"])
def test_any_other_error_is_a_wrong_answer(code: object) -> None:
    assert refusal(http(graph_error(code), status="400 Bad Request")).reason == Reason.WRONG_ANSWER


@pytest.mark.parametrize(
    "body", [b'{"error":"text"}', b'{"error":null}', b'{"error":[]}', graph_error(190)]
)
def test_an_error_with_status_200_is_an_error(body: bytes) -> None:
    assert refusal(http(body)).reason == Reason.WRONG_ANSWER


@pytest.mark.parametrize(
    "picture",
    [
        b'{"data":{"is_silhouette":true,"url":"https://x.example/p.jpg"}}',
        b'{"data":{"url":"javascript:alert(1)"}}',
        b'{"data":{"url":7}}',
        b'{"data":{}}',
        b'{"data":[]}',
        b'"text"',
        b"null",
    ],
)
def test_a_picture_that_is_none_is_left_out(picture: bytes) -> None:
    profile = b'{"id":"1","name":"n","picture":' + picture + b"}"
    with rude_server(http(TOKEN), http(profile)) as server:
        identity = facebook_at(server.url.rstrip("/")).complete(
            code="a-code", redirect_uri=REDIRECT_URI, code_verifier=VERIFIER
        )
    assert identity.avatar_url is None
