"""The development identity provider demands what X and Facebook demand, in their words."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from tests.unit.development_provider import DevelopmentProvider
from tests.unit.rude import http, rude_server

CALLBACK = "http://127.0.0.1:8000/oauth/callback/any"
VERIFIER = "v" * 43
X_CLIENT = ("development-twitter-client", "development-twitter-secret")
FACEBOOK_SECRET = "development-facebook-secret"
FIFTY = "Maximilian Bartholomew Featherstonehaugh-Whitcombe"


def x_url(development: DevelopmentProvider, **change: str) -> str:
    query = {
        "response_type": "code",
        "client_id": X_CLIENT[0],
        "redirect_uri": CALLBACK,
        "scope": "users.read tweet.read",
        "state": "a-state",
        "code_challenge": create_s256_code_challenge(VERIFIER),
        "code_challenge_method": "S256",
        **change,
    }
    return f"{development.url}/i/oauth2/authorize?{urlencode(query)}"


def facebook_url(development: DevelopmentProvider, **change: str) -> str:
    query = {
        "client_id": "development-facebook-client",
        "redirect_uri": CALLBACK,
        "scope": "public_profile",
        "state": "a-state",
        **change,
    }
    return f"{development.url}/v25.0/dialog/oauth?{urlencode(query)}"


def x_token(
    development: DevelopmentProvider,
    code: str,
    client: tuple[str, str] | None = X_CLIENT,
    **change: str,
) -> requests.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        **change,
    }
    return requests.post(f"{development.url}/2/oauth2/token", data=form, auth=client, timeout=5)


def facebook_token(development: DevelopmentProvider, code: str, **change: str) -> requests.Response:
    form = {
        "client_id": "development-facebook-client",
        "client_secret": FACEBOOK_SECRET,
        "code": code,
        "redirect_uri": CALLBACK,
        **change,
    }
    return requests.post(f"{development.url}/v25.0/oauth/access_token", data=form, timeout=5)


def x_code(development: DevelopmentProvider, persona: str = "김하나") -> str:
    return development.approve(x_url(development), persona)


def facebook_code(development: DevelopmentProvider, persona: str = "김하나") -> str:
    return development.approve(facebook_url(development), persona)


class Page(HTMLParser):
    """The forms of a page as a browser would send them, and the language it is in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.actions: list[tuple[str, str]] = []
        self.typed: list[str] = []
        self.lang: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "html":
            self.lang = given.get("lang")
        elif tag == "form":
            self.forms.append({})
            self.actions.append((given["method"], given["action"]))
        elif tag == "input" and given.get("type") == "hidden":
            self.forms[-1][given["name"]] = given["value"]
        elif tag == "input":
            self.typed.append(given["name"])


@pytest.fixture(params=[x_url, facebook_url], ids=["twitter", "facebook"])
def login_url(request: pytest.FixtureRequest, development: DevelopmentProvider) -> str:
    url: str = request.param(development)
    return url


def test_the_page_says_what_it_is_and_offers_each_person(login_url: str) -> None:
    answer = requests.get(login_url, timeout=5)
    page = Page(answer.text)
    assert "DEVELOPMENT IDENTITY PROVIDER" in answer.text
    assert page.lang == "en"
    people = [form["persona"] for form in page.forms if "persona" in form]
    assert {"김하나", "이준호", "Grace Park", FIFTY} <= set(people)
    assert len(FIFTY) == 50
    assert page.typed == ["persona"]
    assert {method for method, _ in page.actions} == {"post"}


def test_a_form_of_the_page_logs_its_person_in(login_url: str) -> None:
    page = Page(requests.get(login_url, timeout=5).text)
    (method, action), form = page.actions[0], page.forms[0]
    answer = requests.request(
        method,
        login_url.split("/", 3)[0] + "//" + urlsplit(login_url).netloc + action,
        data=form,
        allow_redirects=False,
        timeout=5,
    )
    assert answer.status_code == 302
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["state"] == ["a-state"]
    assert query["code"]


def test_the_page_shows_the_subject_that_follows_from_the_name(
    development: DevelopmentProvider,
) -> None:
    for url, provider in ((x_url, "twitter"), (facebook_url, "facebook")):
        digest = hashlib.sha256(f"{provider}:김하나".encode()).hexdigest()
        assert str(int(digest[:15], 16)) in requests.get(url(development), timeout=5).text


def test_the_page_cannot_be_framed_or_scripted(login_url: str) -> None:
    headers = requests.get(login_url, timeout=5).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    # Chromium holds the redirects after a form to form-action, and they lead to any publisher.
    assert "form-action" not in policy


def test_a_name_is_text_on_the_page(development: DevelopmentProvider) -> None:
    url = x_url(development, state="<script>alert(1)</script>")
    assert "<script>alert" not in requests.get(url, timeout=5).text


def test_x_declines_in_its_words(development: DevelopmentProvider) -> None:
    assert development.come_back(x_url(development), cancel="1") == {
        "error": "access_denied",
        "state": "a-state",
    }


def test_facebook_declines_in_its_words_and_appends_its_fragment(
    development: DevelopmentProvider,
) -> None:
    url = facebook_url(development, cancel="1")
    location = requests.get(url, allow_redirects=False, timeout=5).headers["Location"]
    assert location.endswith("#_=_")
    assert development.come_back(facebook_url(development), cancel="1") == {
        "error": "access_denied",
        "error_code": "200",
        "error_description": "Permissions error",
        "error_reason": "user_denied",
        "state": "a-state",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "another"},
        {"response_type": "token"},
        {"state": ""},
        {"state": "s" * 501},
        {"code_challenge": ""},
        {"code_challenge_method": "plain"},
        {"scope": ""},
        {"scope": "users.read dm.read"},
        {"redirect_uri": "/relative"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": f"{CALLBACK}#fragment"},
    ],
    ids=str,
)
def test_x_answers_a_wrong_request_with_a_page(
    change: dict[str, str], development: DevelopmentProvider
) -> None:
    url = x_url(development, **change, persona="김하나")
    answer = requests.get(url, allow_redirects=False, timeout=5)
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "another"},
        {"response_type": "token"},
        {"redirect_uri": "ftp://host/"},
        {"code_challenge": "x", "code_challenge_method": "plain"},
    ],
    ids=str,
)
def test_facebook_answers_a_wrong_request_with_a_page(
    change: dict[str, str], development: DevelopmentProvider
) -> None:
    url = facebook_url(development, **change, persona="김하나")
    answer = requests.get(url, allow_redirects=False, timeout=5)
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


def test_x_gives_a_token_and_the_person_behind_it(development: DevelopmentProvider) -> None:
    token = x_token(development, x_code(development, "Grace Park")).json()
    assert (token["token_type"], token["expires_in"]) == ("bearer", 7200)
    assert token["scope"] == "users.read tweet.read"
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    me = requests.get(f"{development.url}/2/users/me", headers=headers, timeout=5).json()["data"]
    assert me.keys() == {"id", "name", "username"}
    assert (me["name"], me["username"]) == ("Grace Park", "GracePark")


def refused(answer: requests.Response) -> tuple[int, str, str]:
    return answer.status_code, answer.json()["error"], answer.json()["error_description"]


def test_x_refuses_a_client_in_its_words(development: DevelopmentProvider) -> None:
    code = x_code(development)
    missing = refused(x_token(development, code, client=None))
    assert missing == (401, "unauthorized_client", "Missing valid authorization header")
    wrong = refused(x_token(development, code, client=(X_CLIENT[0], "wrong")))
    assert wrong[:2] == (401, "invalid_client")
    assert x_token(development, code).ok


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"code": "wrong"}, "authorization code was invalid."),
        (
            {"redirect_uri": f"{CALLBACK}/"},
            "redirect uri did not match the uri of the authorization code.",
        ),
        ({"code_verifier": "w" * 43}, "code verifier did not match the code challenge."),
        ({"code_verifier": ""}, "code verifier did not match the code challenge."),
    ],
)
def test_x_refuses_a_wrong_value_as_an_invalid_request(
    change: dict[str, str], what: str, development: DevelopmentProvider
) -> None:
    form = {"code": x_code(development), **change}
    answer = x_token(development, form.pop("code"), X_CLIENT, **form)
    assert refused(answer) == (400, "invalid_request", f"Value passed for the {what}")


def test_a_code_lives_thirty_seconds_and_once(development: DevelopmentProvider) -> None:
    code = x_code(development)
    assert x_token(development, code).ok
    assert refused(x_token(development, code))[0] == 400
    code = x_code(development)
    development.clock.seconds += 30
    assert refused(x_token(development, code))[0] == 400


def test_a_code_of_facebook_is_none_of_x(development: DevelopmentProvider) -> None:
    assert refused(x_token(development, facebook_code(development)))[0] == 400


def test_x_forgets_a_revoked_token(development: DevelopmentProvider) -> None:
    token = x_token(development, x_code(development)).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    revoke = f"{development.url}/2/oauth2/revoke"
    answer = requests.post(revoke, data={"token": token}, auth=X_CLIENT, timeout=5)
    assert answer.json() == {"revoked": True}
    me = requests.get(f"{development.url}/2/users/me", headers=headers, timeout=5)
    assert (me.status_code, me.json()["title"]) == (401, "Unauthorized")


def graph(
    development: DevelopmentProvider, token: str, path: str = "me", **query: str
) -> requests.Response:
    return requests.get(
        f"{development.url}/v25.0/{path}",
        params={"access_token": token, **query},
        timeout=5,
    )


def proof(token: str, made_at: str | None = None) -> str:
    message = token if made_at is None else f"{token}|{made_at}"
    return hmac.new(FACEBOOK_SECRET.encode(), message.encode(), hashlib.sha256).hexdigest()


def test_facebook_gives_a_token_and_the_person_behind_it(
    development: DevelopmentProvider,
) -> None:
    answer = facebook_token(development, facebook_code(development)).json()
    token = answer["access_token"]
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 5183944)
    me = graph(development, token, appsecret_proof=proof(token), fields="id,name,picture").json()
    assert (me["name"], me["picture"]["data"]["is_silhouette"]) == ("김하나", False)
    assert graph(development, token, appsecret_proof=proof(token)).json().keys() == {"id", "name"}
    granted = graph(development, token, "me/permissions", appsecret_proof=proof(token)).json()
    assert granted == {"data": [{"permission": "public_profile", "status": "granted"}]}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({}, "API calls from the server require an appsecret_proof argument"),
        (
            {"appsecret_proof": "0" * 64},
            "Invalid appsecret_proof provided in the API argument",
        ),
    ],
)
def test_facebook_refuses_a_call_without_proof(
    query: dict[str, str], message: str, development: DevelopmentProvider
) -> None:
    """33."""
    token = facebook_token(development, facebook_code(development)).json()["access_token"]
    answer = graph(development, token, **query)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["message"]) == (400, 100, message)
    assert error["type"] == "GraphMethodException"
    assert error["fbtrace_id"]


def test_facebook_takes_a_proof_with_its_time_for_five_minutes(
    development: DevelopmentProvider,
) -> None:
    token = facebook_token(development, facebook_code(development)).json()["access_token"]
    made_at = str(int(development.clock.seconds))
    query = {"appsecret_proof": proof(token, made_at), "appsecret_time": made_at}
    assert graph(development, token, **query).ok
    development.clock.seconds += 301
    assert graph(development, token, **query).status_code == 400
    assert graph(development, token, **{**query, "appsecret_time": "soon"}).status_code == 400


@pytest.mark.parametrize(
    ("change", "code", "subcode"),
    [
        ({"client_id": "another"}, 101, None),
        ({"client_secret": "wrong"}, 1, None),
        ({"code": "wrong"}, 100, None),
        ({"redirect_uri": f"{CALLBACK}/"}, 100, 36008),
    ],
)
def test_facebook_refuses_a_wrong_value_with_a_nested_error(
    change: dict[str, str], code: int, subcode: int | None, development: DevelopmentProvider
) -> None:
    """34."""
    answer = facebook_token(development, **{"code": facebook_code(development), **change})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, code)
    assert error.get("error_subcode") == subcode


def test_facebook_tells_a_used_code_from_an_expired_one(
    development: DevelopmentProvider,
) -> None:
    code = facebook_code(development)
    assert facebook_token(development, code).ok
    used = facebook_token(development, code).json()["error"]
    code = facebook_code(development)
    development.clock.seconds += 30
    expired = facebook_token(development, code).json()["error"]
    assert (used["error_subcode"], expired["error_subcode"]) == (36009, 36007)


def test_facebook_checks_a_code_challenge_that_was_sent(
    development: DevelopmentProvider,
) -> None:
    challenge = create_s256_code_challenge(VERIFIER)
    url = facebook_url(development, code_challenge=challenge, code_challenge_method="S256")
    assert not facebook_token(development, development.approve(url, "김하나")).ok
    code = development.approve(url, "김하나")
    assert facebook_token(development, code, code_verifier=VERIFIER).ok


def test_any_version_of_the_graph_answers(development: DevelopmentProvider) -> None:
    for version, status in (("v26.0", 400), ("v30.1", 400), ("latest", 404)):
        answer = requests.get(f"{development.url}/{version}/me", timeout=5)
        assert answer.status_code == status


def test_a_fault_is_spent_after_its_times_and_by_requests_it_can_spoil(
    development: DevelopmentProvider,
) -> None:
    development.misbehave("twitter", "id-int", times=1)
    token = x_token(development, x_code(development)).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    kinds = [
        type(
            requests.get(f"{development.url}/2/users/me", headers=headers, timeout=5).json()[
                "data"
            ]["id"]
        )
        for _ in range(2)
    ]
    assert kinds == [int, str]


def test_a_fault_without_times_lasts_until_cleared(development: DevelopmentProvider) -> None:
    development.misbehave("twitter", "500")
    code = x_code(development)
    assert [x_token(development, code).status_code for _ in range(3)] == [500] * 3
    assert facebook_token(development, facebook_code(development)).ok
    assert requests.delete(f"{development.url}/__control", timeout=5).ok
    assert x_token(development, code).ok


@pytest.mark.parametrize(
    ("fault", "status"),
    [("html", 200), ("bad-json", 200), ("oversize", 200), ("redirect", 307), ("rate-limited", 429)],
)
def test_each_fault_spoils_the_answer_its_way(
    fault: str, status: int, development: DevelopmentProvider
) -> None:
    development.misbehave("twitter", fault)
    answer = requests.post(f"{development.url}/2/oauth2/token", allow_redirects=False, timeout=5)
    assert answer.status_code == status
    spoiled = {
        "html": "text/html" in answer.headers["Content-Type"],
        "bad-json": answer.text.startswith("{") and not answer.text.endswith("}"),
        "oversize": len(answer.content) > 5_000_000,
        "redirect": answer.headers.get("Location", "").startswith("http://localhost:"),
        "rate-limited": "x-rate-limit-reset" in answer.headers,
    }
    assert spoiled[fault]


def test_a_hanging_request_is_let_go_when_the_faults_are_cleared(
    development: DevelopmentProvider,
) -> None:
    development.misbehave("facebook", "timeout")
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{development.url}/v25.0/me", timeout=0.3)


def test_a_person_can_be_made_to_decline_or_to_be_another(
    development: DevelopmentProvider,
) -> None:
    development.misbehave("facebook", "declined", times=1)
    declined = development.come_back(facebook_url(development), persona="김하나")
    assert declined["error"] == "access_denied"
    development.misbehave("facebook", "swap-user", times=1)
    token = facebook_token(development, facebook_code(development)).json()["access_token"]
    names = [
        graph(development, token, appsecret_proof=proof(token)).json()["name"] for _ in range(2)
    ]
    assert names == ["Not 김하나", "김하나"]


@pytest.mark.parametrize("policy", ["same-origin", "same-origin-allow-popups", "unsafe-none"])
def test_the_page_can_sever_its_opener(policy: str, development: DevelopmentProvider) -> None:
    """87."""
    development.misbehave("twitter", f"coop={policy}")
    for url in (x_url(development), x_url(development, persona="김하나")):
        headers = requests.get(url, allow_redirects=False, timeout=5).headers
        assert headers["Cross-Origin-Opener-Policy"] == policy
    headers = requests.get(facebook_url(development), timeout=5).headers
    assert "Cross-Origin-Opener-Policy" not in headers


@pytest.mark.parametrize(
    "wish",
    [
        {"provider": "myspace", "fault": "500"},
        {"provider": "twitter", "fault": "gremlins"},
        {"provider": "twitter", "fault": "500", "times": 0},
        {"provider": "twitter", "fault": "500", "times": "1"},
        {"fault": "500"},
        [],
    ],
    ids=str,
)
def test_an_unknown_fault_is_refused(wish: Any, development: DevelopmentProvider) -> None:
    answer = requests.post(f"{development.url}/__control", json=wish, timeout=5)
    assert answer.status_code == 400
    assert requests.get(f"{development.url}/__control", timeout=5).json() == {"faults": []}


def test_a_foreign_page_cannot_switch_faults(development: DevelopmentProvider) -> None:
    """What a form or a simple request can send is no JSON."""
    answer = requests.post(
        f"{development.url}/__control",
        data=json.dumps({"provider": "twitter", "fault": "500"}),
        headers={"Content-Type": "text/plain"},
        timeout=5,
    )
    assert answer.status_code == 415


def test_the_journal_holds_names_and_no_values(development: DevelopmentProvider) -> None:
    code = x_code(development)
    x_token(development, code)
    (entry,) = development.journal("/2/oauth2/token")
    assert entry["authorized"] is True
    assert entry["parameters"] == ["code", "code_verifier", "grant_type", "redirect_uri"]
    assert "Authorization" in entry["headers"]
    written = requests.get(f"{development.url}/__journal", timeout=5).text
    assert code not in written
    assert VERIFIER not in written


def test_the_journal_tells_wrong_credentials(development: DevelopmentProvider) -> None:
    x_token(development, "a-code", client=("a", "b"))
    facebook_token(development, "a-code", client_secret="wrong")
    assert [entry["authorized"] for entry in development.journal()] == [False, False]


@pytest.fixture
def service_answer() -> Iterator[tuple[str, list[bytes]]]:
    with rude_server(http(b'{"url":"u","confirmation_code":"c"}')) as server:
        yield server.url, server.requests


@pytest.mark.parametrize("kind", ["deauthorize", "data-deletion"])
def test_a_signed_callback_reaches_the_service(
    kind: str, service_answer: tuple[str, list[bytes]], development: DevelopmentProvider
) -> None:
    url, received = service_answer
    answer = requests.post(
        f"{development.url}/__facebook/{kind}",
        json={"persona": "김하나", "to": url},
        timeout=5,
    )
    assert answer.json() == {"url": "u", "confirmation_code": "c"}
    head, _, body = received[0].partition(b"\r\n\r\n")
    assert head.startswith(f"POST /oauth/facebook/{kind} HTTP/1.1".encode())
    (signed,) = parse_qs(body.decode())["signed_request"]
    signature, payload = signed.split(".")
    expected = hmac.new(FACEBOOK_SECRET.encode(), payload.encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(signature + "=") == expected
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert claims["algorithm"] == "HMAC-SHA256"
    digest = hashlib.sha256("facebook:김하나".encode()).hexdigest()
    assert claims["user_id"] == str(int(digest[:15], 16))


def test_a_picture_is_a_picture(development: DevelopmentProvider) -> None:
    for name in ("1.png", "22_normal.png", "22_bigger.png"):
        answer = requests.get(f"{development.url}/avatars/{name}", timeout=5)
        assert answer.headers["Content-Type"] == "image/png"
        assert struct.unpack(">II", answer.content[16:24]) == (48, 48)
    assert requests.get(f"{development.url}/avatars/x.png", timeout=5).status_code == 404


@pytest.fixture
def run() -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Starts it as a command, on a port that is taken, so that it ends either way."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        def start(host: str, *arguments: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-m", "comments_service.demo.identity_provider", *arguments],
                env={**os.environ, "HOST": host, "PORT": port},
                capture_output=True,
                text=True,
                timeout=30,
                check=False,
            )

        yield start


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "comments.example"])
def test_it_refuses_to_serve_strangers(
    host: str, run: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """86."""
    ended = run(host)
    assert ended.returncode == 1
    assert f"HOST={host} is not a loopback address" in ended.stderr


@pytest.mark.parametrize("arguments", [("127.0.0.1",), ("localhost",), ("0.0.0.0", "--i-know")])
def test_it_serves_on_loopback_or_when_told_twice(
    arguments: tuple[str, ...], run: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    ended = run(*arguments)
    assert "is not a loopback address" not in ended.stderr
    assert "in use" in ended.stderr
