"""Facebook's signed callbacks. Numbers are those of the threat table in `docs/login-threats.md`."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from comments_service.errors import Unauthenticated
from comments_service.models import DataDeletion, Identity, User
from comments_service.services import identities, sessions
from tests.api.oauth.conftest import ISSUER, Browser, count
from tests.small_app import NOON, person

SECRET = "facebook-secret"
DELETION = "/oauth/facebook/data-deletion"
DEAUTHORIZE = "/oauth/facebook/deauthorize"
HANA = person("218471", provider="facebook", handle=None, client_app="1234")


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(payload: Any = None, *, secret: str = SECRET, **changes: Any) -> str:
    if payload is None:
        payload = {
            "algorithm": "HMAC-SHA256",
            "issued_at": int(NOON.timestamp()),
            "user_id": "218471",
            **changes,
        }
    encoded = b64(json.dumps(payload).encode())
    return f"{b64(hmac.new(secret.encode(), encoded.encode(), hashlib.sha256).digest())}.{encoded}"


def send(browser: Browser, path: str, signed_request: str) -> TestResponse:
    return browser.post(path, {"signed_request": signed_request}, origin=None)


@pytest.mark.parametrize(
    "signed_request",
    [
        signed(secret="another"),
        signed(algorithm="none"),
        signed(issued_at=int(NOON.timestamp()) - 90_000),
        signed(issued_at="yesterday"),
        signed(user_id=218471),
        signed(user_id="1 or 1"),
        signed(user_id=""),
        signed(["a", "list"]),
        signed({"algorithm": "HMAC-SHA256", "issued_at": int(NOON.timestamp())}),
        f"{signed()}.x",
        signed().replace(".", ""),
        f"{'A' * 43}.{signed().partition('.')[2]}",
        "!!!.???",
        "é.é",
        f"{signed()}{'A' * 5000}",
        "",
    ],
)
@pytest.mark.parametrize("path", [DELETION, DEAUTHORIZE])
def test_what_facebook_did_not_sign_is_refused(
    browser: Browser, signed_request: str, path: str
) -> None:
    """68."""
    answer = send(browser, path, signed_request)
    assert answer.status_code == 400
    assert answer.get_json()["type"].endswith("/problems/invalid-signed-request")
    assert count(DataDeletion) == 0


def test_an_unknown_person_is_answered_like_any_other(browser: Browser) -> None:
    """69."""
    answer = send(browser, DELETION, signed())
    assert answer.status_code == 200
    body = answer.get_json()
    assert set(body) == {"url", "confirmation_code"}
    assert body["url"] == f"{ISSUER}/privacy/deletion/{body['confirmation_code']}"
    assert len(body["confirmation_code"]) >= 20


def test_a_repeated_request_has_the_same_code(browser: Browser) -> None:
    """70."""
    codes = {send(browser, DELETION, signed()).get_json()["confirmation_code"] for _ in range(2)}
    assert len(codes) == 1
    assert count(DataDeletion) == 1


def test_deleting_the_last_identity_deletes_the_account(browser: Browser) -> None:
    tokens = browser.exchange(browser.code(HANA, provider="facebook")).get_json()
    send(browser, DELETION, signed())
    assert count(Identity) == 0
    with pytest.raises(Unauthenticated):
        sessions.authenticate(tokens["access_token"], now=NOON)
    browser.code(HANA, provider="facebook")
    assert count(User) == 2


def test_deleting_one_of_two_identities_keeps_the_account(browser: Browser) -> None:
    tokens = browser.exchange(browser.code()).get_json()
    identities.link(int(tokens["user"]["id"]), HANA, pepper="p", now=NOON)
    send(browser, DELETION, signed())
    assert count(Identity) == 1
    assert sessions.authenticate(tokens["access_token"], now=NOON).user_id


def test_the_status_page_says_when_and_not_who(browser: Browser) -> None:
    """71."""
    browser.code(HANA, provider="facebook")
    url = send(browser, DELETION, signed()).get_json()["url"]
    page = browser.client.get(url, base_url=ISSUER)
    assert page.status_code == 200
    assert "2026-11-24" in page.text
    assert "218471" not in page.text
    guessed = browser.client.get(f"/privacy/deletion/{'0' * 32}", base_url=ISSUER)
    assert guessed.status_code == 404


def test_deauthorizing_logs_out_and_keeps_the_account(app: Flask, browser: Browser) -> None:
    tokens = browser.exchange(browser.code(HANA, provider="facebook")).get_json()
    answer = send(browser, DEAUTHORIZE, signed())
    assert (answer.status_code, answer.text) == (200, "")
    assert browser.refresh(tokens["refresh_token"]).status_code == 400
    again = browser.exchange(browser.code(HANA, provider="facebook")).get_json()
    assert again["user"]["id"] == tokens["user"]["id"]
