"""A publisher's own login, exchanged for a session (RFC 8693; docs/login.md)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet, OctKey, RSAKey
from werkzeug.test import TestResponse

from comments_service.identity.publisher import Publishers
from comments_service.models import Identity, User
from comments_service.services import sites
from comments_service.services.sites import SiteView
from tests.api.oauth.conftest import ISSUER, count
from tests.small_app import NEWS, NOON, Clock
from tests.unit.rude import http, rude_server

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
PUBLISHER = "https://news.example"


def claims(**changes: Any) -> dict[str, Any]:
    at = int(NOON.timestamp())
    sound = {
        "iss": PUBLISHER,
        "aud": ISSUER,
        "sub": "reader-7",
        "iat": at,
        "exp": at + 300,
        "jti": "first",
        "name": "김하나",
    }
    return {name: value for name, value in {**sound, **changes}.items() if value is not None}


@pytest.fixture
def shared(app: Flask, site: SiteView) -> OctKey:
    """The key of a site that signs with a shared secret."""
    sites.set_sso(site.key, {"issuer": PUBLISHER}, now=NOON)
    publishers: Publishers = app.extensions["comments_publishers"]
    return OctKey.import_key(publishers.shared_secret(site.key))


def signed(key: Key, content: dict[str, Any], **header: str) -> str:
    return jwt.encode(
        {"alg": "HS256", **header}, content, key, algorithms=[header.get("alg", "HS256")]
    )


def exchange(client: FlaskClient, token: str, **changes: str) -> TestResponse:
    headers = {"Origin": changes.pop("origin")} if "origin" in changes else {}
    form = {
        "grant_type": GRANT,
        "subject_token": token,
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "client_id": "demo",
        **changes,
    }
    return client.post("/oauth/token", data=form, headers=headers, base_url=ISSUER)


def refusal(answer: TestResponse) -> str:
    assert answer.status_code == 400, answer.get_data(as_text=True)
    body = answer.get_json()
    assert body["error"] == "invalid_request"
    return str(body["error_description"])


def test_a_signed_reader_is_logged_in_and_can_comment(client: FlaskClient, shared: OctKey) -> None:
    answer = exchange(client, signed(shared, claims()))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    issued = answer.get_json()
    assert issued["issued_token_type"] == "urn:ietf:params:oauth:token-type:access_token"
    assert issued["token_type"] == "Bearer"
    assert issued["user"]["name"] == "김하나"
    assert issued["user"]["provider"] is None
    headers = {"Authorization": f"Bearer {issued['access_token']}", "Origin": NEWS}
    body = {"site": "demo", "article": {"key": "a"}, "body": "The pier looks good"}
    posted = client.post("/api/v1/comments", json=body, headers=headers)
    assert posted.status_code == 201
    assert posted.get_json()["author"]["name"] == "김하나"
    me = client.get("/api/v1/me", headers=headers).get_json()
    assert [identity["provider"] for identity in me["identities"]] == ["publisher"]
    refreshed = client.post(
        "/oauth/token",
        data={"grant_type": "refresh_token", "refresh_token": issued["refresh_token"]},
        headers={"Origin": NEWS},
        base_url=ISSUER,
    )
    assert refreshed.status_code == 200


def test_the_same_reader_has_one_account_and_another_sites_is_another(
    client: FlaskClient, app: Flask, shared: OctKey
) -> None:
    first = exchange(client, signed(shared, claims())).get_json()
    again = exchange(client, signed(shared, claims(jti="second", name="Hana"))).get_json()
    assert first["user"]["id"] == again["user"]["id"]
    assert again["user"]["name"] == "Hana"
    sites.create("other", name="Other", origins=[NEWS], now=NOON)
    sites.set_sso("other", {"issuer": PUBLISHER}, now=NOON)
    publishers: Publishers = app.extensions["comments_publishers"]
    theirs = OctKey.import_key(publishers.shared_secret("other"))
    assert refusal(exchange(client, signed(theirs, claims(jti="third"))))
    elsewhere = exchange(client, signed(theirs, claims(jti="third")), client_id="other").get_json()
    assert elsewhere["user"]["id"] != first["user"]["id"]
    assert (count(User), count(Identity)) == (2, 2)


def test_a_token_is_good_once(client: FlaskClient, shared: OctKey) -> None:
    token = signed(shared, claims())
    assert exchange(client, token).status_code == 200
    assert refusal(exchange(client, token)) == "jti was used before"
    assert refusal(exchange(client, signed(shared, claims(sub="reader-8")))).startswith("jti")
    assert (count(User), count(Identity)) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"iss": "https://evil.example"}, "iss"),
        ({"aud": "https://other.example"}, "aud"),
        ({"aud": None}, "aud"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": 7}, "sub"),
        ({"jti": None}, "jti"),
        ({"iat": None}, "iat"),
        ({"iat": int(NOON.timestamp()) + 120}, "iat"),
        ({"exp": int(NOON.timestamp()) - 61}, "exp"),
        ({"exp": int(NOON.timestamp()) + 601}, "10 minutes"),
        ({"nbf": int(NOON.timestamp()) + 120}, "nbf"),
        ({"exp": "soon"}, "exp"),
    ],
)
def test_a_claim_that_is_wrong_is_named(
    client: FlaskClient, shared: OctKey, changes: dict[str, Any], told: str
) -> None:
    assert told in refusal(exchange(client, signed(shared, claims(**changes))))
    assert (count(User), count(Identity)) == (0, 0)


def test_what_nobody_signed_is_refused(client: FlaskClient, shared: OctKey) -> None:
    sound = signed(shared, claims())
    head, payload, _ = sound.split(".")
    other = OctKey.generate_key(256)
    unsigned = "eyJhbGciOiJub25lIn0." + payload + "."
    for token in (signed(other, claims()), f"{head}.{payload}.", unsigned, "x" * 9000, "a.b.c"):
        assert refusal(exchange(client, token))


def test_a_site_without_its_own_login_takes_none(client: FlaskClient, site: SiteView) -> None:
    assert "no login of its own" in refusal(exchange(client, "a.b.c"))
    assert "client_id" in refusal(exchange(client, "a.b.c", client_id="none"))


def test_the_session_belongs_to_an_origin_of_the_site(client: FlaskClient, shared: OctKey) -> None:
    token = signed(shared, claims())
    for changes in (
        {"origin": "https://evil.example"},
        {"resource": "https://evil.example/a"},
        {"resource": f"{NEWS}@evil.example/"},
        {"origin": NEWS, "resource": "https://evil.example/a"},
    ):
        assert "origin" in refusal(exchange(client, token, **changes))
    assert exchange(client, token, origin=NEWS, resource=f"{NEWS}/a/1").status_code == 200


def test_the_form_must_be_a_token_exchange(client: FlaskClient, shared: OctKey) -> None:
    token = signed(shared, claims())
    saml = "urn:ietf:params:oauth:token-type:saml2"
    assert refusal(exchange(client, token, subject_token_type=saml))
    assert refusal(exchange(client, token, requested_token_type=saml))
    assert refusal(exchange(client, ""))


@pytest.mark.parametrize(
    ("make", "algorithm"),
    [
        (lambda: RSAKey.generate_key(2048, {"kid": "k1"}), "RS256"),
        (lambda: ECKey.generate_key("P-256", {"kid": "k1"}), "ES256"),
    ],
    ids=["RS256", "ES256"],
)
def test_keys_are_fetched_once_and_again_when_they_have_changed(
    app: Flask, client: FlaskClient, site: SiteView, make: Callable[[], Key], algorithm: str
) -> None:
    seconds = 0.0
    app.extensions["comments_publishers"] = Publishers(
        "a secret", allow_private=True, monotonic=lambda: seconds
    )
    old, new = make(), make()

    def shown(key: Key) -> bytes:
        return http(json.dumps(KeySet([key]).as_dict(private=False)).encode())

    with rude_server(shown(old), shown(new)) as server:
        sites.set_sso("demo", {"issuer": PUBLISHER, "jwks_url": server.url}, now=NOON)
        for number in range(3):
            token = signed(old, claims(jti=f"a{number}"), alg=algorithm, kid="k1")
            assert exchange(client, token).status_code == 200
        assert len(server.requests) == 1
        token = signed(new, claims(jti="b"), alg=algorithm, kid="k1")
        assert refusal(exchange(client, token)), "the kept keys are too young to ask again"
        seconds = 31.0
        assert exchange(client, token).status_code == 200
        assert len(server.requests) == 2
        public = json.dumps(new.as_dict(private=False))
        confused = signed(OctKey.import_key(public), claims(jti="c"), kid="k1")
        assert refusal(exchange(client, confused)), "a public key is no shared secret"


def test_without_keys_it_is_to_be_tried_later(
    app: Flask, client: FlaskClient, site: SiteView
) -> None:
    app.extensions["comments_publishers"] = Publishers("a secret", allow_private=True)
    key = RSAKey.generate_key(2048)
    with rude_server(http(b"<p>nothing here</p>")) as server:
        sites.set_sso("demo", {"issuer": PUBLISHER, "jwks_url": server.url}, now=NOON)
        answer = exchange(client, signed(key, claims(), alg="RS256"))
    assert answer.status_code == 503
    assert answer.get_json()["error"] == "temporarily_unavailable"


def test_keys_are_never_fetched_from_a_private_address(client: FlaskClient, site: SiteView) -> None:
    key = RSAKey.generate_key(2048)
    with rude_server(http(b"{}")) as server:
        sites.set_sso("demo", {"issuer": PUBLISHER, "jwks_url": server.url}, now=NOON)
        assert exchange(client, signed(key, claims(), alg="RS256")).status_code == 503
        assert server.requests == []


def test_the_metadata_names_the_grant(client: FlaskClient, site: SiteView) -> None:
    metadata = client.get("/.well-known/oauth-authorization-server", base_url=ISSUER).get_json()
    assert GRANT in metadata["grant_types_supported"]


def test_the_command_turns_it_on_and_off(app: Flask, site: SiteView, now: Clock) -> None:
    run = app.test_cli_runner().invoke
    on = json.loads(run(args=["site", "sso", "demo", "--issuer", PUBLISHER]).output)
    assert on["issuer"] == PUBLISHER
    assert len(on["shared_secret"]) == 43
    keys = ["--issuer", PUBLISHER, "--jwks-url", f"{PUBLISHER}/jwks"]
    assert json.loads(run(args=["site", "sso", "demo", *keys]).output) == {
        "issuer": PUBLISHER,
        "jwks_url": f"{PUBLISHER}/jwks",
    }
    assert run(args=["site", "sso", "demo", "--off"]).output.strip() == "null"
    assert run(args=["site", "sso", "none"]).exit_code == 1
