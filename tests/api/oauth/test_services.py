"""For machines: client credentials, introspection, metadata."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from comments_service.errors import InvalidRequest, Unauthenticated, UnknownSite
from comments_service.services import service_clients, sessions, sites
from comments_service.services.service_clients import NewServiceClient
from tests.api.oauth.conftest import ISSUER, Browser
from tests.small_app import NOON, Clock


@pytest.fixture
def service(app: Flask, browser: Browser) -> NewServiceClient:
    return service_clients.create(
        "CMS", scopes=["comments:read", "sites:read"], site="demo", now=NOON
    )


def ask(
    browser: Browser, service: NewServiceClient, *, secret: str | None = None, **form: str
) -> TestResponse:
    return browser.client.post(
        "/oauth/token",
        data={"grant_type": "client_credentials", **form},
        auth=(service.client_id, secret or service.client_secret),
        base_url=ISSUER,
    )


def introspect(browser: Browser, service: NewServiceClient, token: str) -> Any:
    return browser.client.post(
        "/oauth/introspect",
        data={"token": token},
        auth=(service.client_id, service.client_secret),
        base_url=ISSUER,
    ).get_json()


def test_a_wrong_secret_gets_nothing(browser: Browser, service: NewServiceClient) -> None:
    answer = ask(browser, service, secret="cst_s_" + "x" * 43)
    assert answer.status_code == 401
    assert answer.get_json() == {"error": "invalid_client"}
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize("client_id", ["", "svc_1", "svc_\x00", "demo"])
def test_an_unknown_client_gets_the_same_answer(browser: Browser, client_id: str) -> None:
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": "x"}
    answer = browser.post("/oauth/token", form, origin=None)
    assert (answer.status_code, answer.get_json()) == (401, {"error": "invalid_client"})


def test_a_client_shows_its_secret_in_one_way_only(
    browser: Browser, service: NewServiceClient
) -> None:
    answer = ask(browser, service, client_secret=service.client_secret)
    assert answer.get_json()["error"] == "invalid_request"


def test_without_a_scope_a_service_gets_all_it_has(
    browser: Browser, service: NewServiceClient
) -> None:
    assert ask(browser, service).get_json()["scope"] == "comments:read sites:read"


@pytest.mark.parametrize("scope", ["moderation:write", "comments:read comment", ""])
def test_a_scope_it_does_not_have_is_refused(
    browser: Browser, service: NewServiceClient, scope: str
) -> None:
    assert ask(browser, service, scope=scope).get_json() == {"error": "invalid_scope"}


def test_a_client_is_made_with_known_scopes_for_a_known_site(app: Flask) -> None:
    with pytest.raises(InvalidRequest):
        service_clients.create("CMS", scopes=["everything"], site=None, now=NOON)
    with pytest.raises(InvalidRequest):
        service_clients.create("CMS", scopes=[], site=None, now=NOON)
    with pytest.raises(UnknownSite):
        service_clients.create("CMS", scopes=["comments:read"], site="nowhere", now=NOON)


def test_a_revoked_service_token_opens_nothing(browser: Browser, service: NewServiceClient) -> None:
    token = ask(browser, service).get_json()["access_token"]
    browser.post("/oauth/revoke", {"token": token})
    with pytest.raises(Unauthenticated):
        sessions.authenticate(token, now=NOON)


def test_a_service_learns_what_a_readers_token_is_good_for(
    browser: Browser, service: NewServiceClient
) -> None:
    body = browser.exchange(browser.code()).get_json()
    assert introspect(browser, service, body["access_token"]) == {
        "active": True,
        "token_type": "Bearer",
        "client_id": "demo",
        "sub": body["user"]["id"],
        "scope": "comment",
        "iat": int(NOON.timestamp()),
        "exp": int(NOON.timestamp()) + 600,
        "iss": ISSUER,
    }


def test_of_any_other_token_it_learns_nothing(
    app: Flask, browser: Browser, service: NewServiceClient, now: Clock
) -> None:
    sites.create("other", name="Other", origins=["https://other.example"], now=NOON)
    foreign = service_clients.create("Other", scopes=["sites:read"], site="other", now=NOON)
    body = browser.exchange(browser.code()).get_json()
    inactive = {"active": False}
    assert introspect(browser, foreign, body["access_token"]) == inactive
    assert introspect(browser, service, "cst_a_" + "x" * 43) == inactive
    assert introspect(browser, service, body["refresh_token"]) == inactive
    now.advance(minutes=10)
    assert introspect(browser, service, body["access_token"]) == inactive


def test_introspection_takes_a_service_token_and_no_readers(
    browser: Browser, service: NewServiceClient
) -> None:
    own = ask(browser, service).get_json()["access_token"]
    reader = browser.exchange(browser.code()).get_json()["access_token"]

    def answer(bearer: str) -> TestResponse:
        return browser.client.post(
            "/oauth/introspect",
            data={"token": reader},
            headers={"Authorization": f"Bearer {bearer}"},
            base_url=ISSUER,
        )

    assert answer(own).get_json()["active"] is True
    assert answer(reader).status_code == 403
    assert answer("cst_a_" + "x" * 43).status_code == 401
    assert browser.post("/oauth/introspect", {"token": reader}).status_code == 401


def test_the_metadata_names_addresses_that_answer(browser: Browser) -> None:
    answer = browser.client.get(
        "/.well-known/oauth-authorization-server",
        headers={"Origin": "https://anywhere.example"},
        base_url=ISSUER,
    )
    document = answer.get_json()
    assert document["issuer"] == ISSUER
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["authorization_response_iss_parameter_supported"] is True
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    for name, address in document.items():
        if name.endswith("_endpoint"):
            path = address.removeprefix(ISSUER)
            method = "GET" if name == "authorization_endpoint" else "POST"
            reached = browser.client.open(path, method=method, base_url=ISSUER)
            assert reached.status_code in {400, 401}, name
