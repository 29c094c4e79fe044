"""Cursors, tokens and whatever is signed: nothing holds that its maker did not make."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey
from standardwebhooks import Webhook, WebhookVerificationError

from comments_service.errors import InvalidCursor, InvalidSignedRequest
from comments_service.identity import signed_request
from comments_service.identity.publisher import AssertionRefused, PublisherConfig, Publishers
from comments_service.web.http import csrf, cursor
from comments_service.webhooks import signature
from tests.fuzz.spoiling import MANY, TEXTS, VALUES, spoilt, spoilt_value
from tests.readers import Reader
from tests.small_app import NOON

pytestmark = [
    pytest.mark.soak,
    pytest.mark.slow,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

CONFIG = PublisherConfig("demo", "https://news.example")
AUDIENCE = "https://comments.example"
CLAIMS: dict[str, Any] = {
    "iss": CONFIG.issuer,
    "aud": AUDIENCE,
    "sub": "reader-7",
    "exp": int(NOON.timestamp()) + 60,
    "iat": int(NOON.timestamp()),
    "jti": "one",
    "name": "김하나",
}
PUBLISHERS = Publishers("s" * 40)
KEY = OctKey.import_key(PUBLISHERS.shared_secret("demo"))
TOKEN = jwt.encode({"alg": "HS256"}, CLAIMS, KEY)
SECRET = "facebook-secret"


@pytest.fixture(autouse=True)
def _inside(app: Flask) -> None:
    """Cursors and form tokens are signed with the application's keys."""


def as_text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def test_a_spoilt_cursor_is_none() -> None:
    place = [1234567890123456, "가", None]
    sound = cursor.encode("thread:1:a", place)
    assert cursor.decode("thread:1:a", sound) == place

    @MANY
    @given(spoilt(sound.encode()).map(as_text) | TEXTS)
    def decode(text: str) -> None:
        with suppress(InvalidCursor):
            assert cursor.decode("thread:1:a", text) == place
        with pytest.raises(InvalidCursor):
            cursor.decode("thread:2:a", text)

    decode()


def test_a_spoilt_cursor_is_answered_as_one(app: Flask, reader: Callable[..., Reader]) -> None:
    hana = reader()
    for number in range(3):
        hana.post(f"맑은 날 {number}", article="a")
    client = app.test_client()
    path = "/api/v1/comments?site=demo&article=a&limit=1"
    sound = client.get(path).get_json()["next_cursor"]

    @MANY
    @given(spoilt(sound.encode()).map(as_text) | TEXTS)
    def ask(text: str) -> None:
        query = {"site": "demo", "article": "a", "cursor": text.encode("utf-8", "replace")}
        assert client.get("/api/v1/comments", query_string=query).status_code in {200, 400, 422}

    ask()


def test_a_spoilt_token_opens_nothing(app: Flask, reader: Callable[..., Reader]) -> None:
    hana, client = reader(), app.test_client()
    sound = f"Bearer {hana.access_token}"

    @MANY
    @given(spoilt(sound.encode()).map(as_text) | TEXTS)
    def ask(header: str) -> None:
        text = header.encode("latin-1", "replace").decode("latin-1")
        text = "".join(letter for letter in text if letter not in "\r\n")
        answer = client.get("/api/v1/me", headers={"Authorization": text})
        same = text.strip().split()[1:] == [hana.access_token]
        assert answer.status_code in ({200, 401} if same else {401})

    ask()


@pytest.mark.parametrize("kind", ["authorization_code", "refresh_token", "client_credentials"])
def test_a_spoilt_request_for_a_token_gives_none(
    app: Flask, reader: Callable[..., Reader], kind: str
) -> None:
    hana, client = reader(), app.test_client()
    form = {
        "grant_type": kind,
        "client_id": "demo",
        "redirect_uri": "https://news.example/articles/1",
        "code": "c" * 43,
        "code_verifier": "v" * 43,
        "refresh_token": hana.refresh_token + "x",
    }

    @MANY
    @given(spoilt_value(form))
    def ask(content: Any) -> None:
        fields = content if isinstance(content, dict) else {"grant_type": content}
        data = {
            str(name).encode("utf-8", "replace").decode(): str(value).encode("utf-8", "replace")
            for name, value in fields.items()
        }
        answer = client.post("/oauth/token", data=data, base_url="https://comments.example")
        assert answer.status_code in {400, 401, 403, 413}, answer.text

    ask()


def test_a_spoilt_form_token_is_none() -> None:
    sound = csrf.token("session")

    @MANY
    @given(spoilt(sound.encode()).map(as_text) | TEXTS)
    def check(text: str) -> None:
        signed = csrf._unmasked(text) == csrf._unmasked(sound)
        # Hexadecimal has capitals as well, and Python passes over spaces between bytes.
        assert not signed or bytes.fromhex(text) == bytes.fromhex(sound) or len(text) > len(sound)

    check()


def test_a_spoilt_jwt_proves_nothing() -> None:
    assert PUBLISHERS.check(TOKEN, CONFIG, audience=AUDIENCE, now=NOON).jti == "one"
    own = {part: base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
           for part, value in (("none", {"alg": "none"}), ("claims", CLAIMS))}  # fmt: skip
    unsigned = f"{own['none']}.{own['claims']}."

    @MANY
    @given(
        (spoilt(TOKEN.encode()) | spoilt(unsigned.encode())).map(as_text)
        | TEXTS
        | st.just(unsigned)
    )
    def check(text: str) -> None:
        try:
            found = PUBLISHERS.check(text, CONFIG, audience=AUDIENCE, now=NOON)
        except AssertionRefused:
            return
        # Base64 has letters whose last bits mean nothing: the same signature, otherwise written.
        assert text.split(".")[:2] == TOKEN.split(".")[:2]
        assert found.jti == "one"

    check()


def test_any_claims_that_the_publisher_signed_are_taken_or_refused() -> None:
    @MANY
    @given(spoilt_value(CLAIMS) | VALUES)
    def check(claims: Any) -> None:
        try:
            text = _signed(claims)
        except (ValueError, TypeError, UnicodeError):
            return
        try:
            found = PUBLISHERS.check(text, CONFIG, audience=AUDIENCE, now=NOON)
        except AssertionRefused:
            return
        assert isinstance(claims, dict)
        assert claims["iss"] == CONFIG.issuer
        assert found.expires_at > NOON

    check()


def _signed(claims: Any) -> str:
    """A JWT by hand, since a library would look at what it signs."""
    parts = [
        base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")
        for value in ({"alg": "HS256"}, claims)
    ]
    secret = PUBLISHERS.shared_secret("demo").encode()
    made = hmac.digest(secret, b".".join(parts), hashlib.sha256)
    return b".".join([*parts, base64.urlsafe_b64encode(made).rstrip(b"=")]).decode()


def _facebook(payload: bytes) -> str:
    encoded = base64.urlsafe_b64encode(payload).rstrip(b"=")
    made = hmac.digest(SECRET.encode(), encoded, hashlib.sha256)
    return f"{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}.{encoded.decode()}"


REQUEST: dict[str, Any] = {
    "algorithm": "HMAC-SHA256",
    "user_id": "218471",
    "issued_at": int(NOON.timestamp()),
}


def test_a_spoilt_signed_request_says_nothing() -> None:
    sound = _facebook(json.dumps(REQUEST).encode())
    assert signed_request.parse(sound, secret=SECRET, now=NOON).subject == "218471"

    @MANY
    @given(spoilt(sound.encode()).map(as_text) | TEXTS)
    def parse(text: str) -> None:
        try:
            found = signed_request.parse(text, secret=SECRET, now=NOON)
        except InvalidSignedRequest:
            return
        assert found.subject == "218471"

    parse()


def test_any_payload_that_is_signed_is_taken_or_refused() -> None:
    anything = (spoilt_value(REQUEST) | VALUES).map(lambda value: json.dumps(value).encode())

    @MANY
    @given(anything | st.binary(max_size=200) | st.just(b"[" * 3000))
    def parse(payload: bytes) -> None:
        try:
            found = signed_request.parse(_facebook(payload), secret=SECRET, now=NOON)
        except InvalidSignedRequest:
            return
        assert found.subject.isdigit()
        issued = json.loads(payload)["issued_at"]
        assert abs(NOON.timestamp() - issued) <= timedelta(hours=24).total_seconds()

    parse()


def test_no_spoilt_delivery_passes_the_receivers_check() -> None:
    secret = signature.secret_of(b"k" * 32)
    receiver = Webhook(secret)
    body = json.dumps({"type": "comment.published", "data": {"id": "1"}}).encode()

    @MANY
    @given(spoilt(body), st.text(st.characters(codec="ascii"), min_size=1, max_size=30))
    def check(other: bytes, message_id: str) -> None:
        headers = signature.headers(secret, message_id, body, sent_at=datetime.now(UTC))
        receiver.verify(body, headers)
        if other != body:
            with pytest.raises((WebhookVerificationError, ValueError)):
                receiver.verify(other, headers)

    check()
