"""A login from the first click to the first token, in every way the answer can travel."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from comments_service.services import service_clients, sessions
from comments_service.services.sites import SiteView
from tests.api.oauth.conftest import ARTICLE, ISSUER, STATE, Browser, authorize_query, query_of
from tests.small_app import NEWS, NOON, Clock, FakeProvider


def message_of(page: TestResponse) -> Any:
    found = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page.text)
    assert found, page.text
    return json.loads(found[1])


def test_a_reader_logs_in_and_gets_tokens(browser: Browser) -> None:
    answer = browser.exchange(browser.code())
    assert answer.status_code == 200, answer.text
    body = answer.get_json()
    assert body["access_token"].startswith("cst_a_")
    assert body["refresh_token"].startswith("cst_r_")
    assert body["user"].pop("id").isdigit()
    assert {k: v for k, v in body.items() if not k.endswith("_token")} == {
        "token_type": "Bearer",
        "expires_in": 600,
        "refresh_expires_in": 14 * 86400,
        "scope": "comment",
        "user": {"name": "김하나", "provider": "twitter", "avatar_url": None},
    }
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == NEWS
    assert "Origin" in answer.headers["Vary"]


def test_the_access_token_names_the_actor(app: Flask, browser: Browser, site: SiteView) -> None:
    body = browser.exchange(browser.code()).get_json()
    with app.app_context():
        actor = sessions.authenticate(body["access_token"], now=NOON)
    assert str(actor.user_id) == body["user"]["id"]
    assert (actor.site_id, actor.scopes) == (site.id, frozenset({"comment"}))
    assert not actor.is_service


def test_a_query_answer_carries_code_state_and_issuer(browser: Browser) -> None:
    answer = browser.approve(redirect_uri=f"{ARTICLE}?page=2#comments")
    assert answer.status_code == 302
    assert answer.location.startswith(f"{ARTICLE}?page=2&")
    assert query_of(answer.location) == {
        "page": "2",
        "code": query_of(answer.location)["code"],
        "state": STATE,
        "iss": ISSUER,
    }


def test_a_fragment_answer_carries_code_state_and_issuer(browser: Browser) -> None:
    answer = browser.approve(response_mode="fragment")
    url = urlsplit(answer.location)
    assert answer.location.startswith(f"{ARTICLE}#")
    fragment = dict(parse_qsl(url.fragment))
    assert (fragment["state"], fragment["iss"]) == (STATE, ISSUER)
    assert browser.exchange(fragment["code"]).status_code == 200


def test_a_message_page_posts_to_the_exact_origin(browser: Browser) -> None:
    page = browser.approve(response_mode="web_message")
    assert page.status_code == 200
    data = message_of(page)
    response = data["message"]["response"]
    assert data["message"]["type"] == "authorization_response"
    assert (response["state"], response["iss"]) == (STATE, ISSUER)
    assert data["origin"] == NEWS
    assert data["fallback"].startswith(f"{ARTICLE}#code={response['code']}&")
    assert browser.exchange(response["code"]).status_code == 200


def test_an_unsolicited_start_asks_first(
    browser: Browser, providers: dict[str, FakeProvider]
) -> None:
    """91."""
    page = browser.start(referer=None)
    assert page.status_code == 200
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
    answer = browser.post("/oauth/authorize", fields, origin=None)
    assert answer.status_code == 302
    assert answer.location.startswith("https://twitter.example/authorize?")


def test_without_a_provider_the_page_offers_those_of_the_site(browser: Browser) -> None:
    query = authorize_query()
    del query["provider"]
    page = browser.client.get(
        "/oauth/authorize", query_string=query, headers={"Referer": ARTICLE}, base_url=ISSUER
    )
    assert page.text.count("<form") == 2
    assert "Continue with X" in page.text
    assert "Continue with Facebook" in page.text


def test_a_refreshed_token_works_and_the_old_one_is_used_up(
    app: Flask, browser: Browser, now: Clock
) -> None:
    first = browser.exchange(browser.code()).get_json()
    now.advance(minutes=11)
    second = browser.refresh(first["refresh_token"]).get_json()
    assert second["user"] == first["user"]
    with app.app_context():
        assert sessions.authenticate(second["access_token"], now=now.time).user_id


def test_a_revoked_token_is_gone_and_revoking_it_again_is_no_error(browser: Browser) -> None:
    body = browser.exchange(browser.code()).get_json()
    for _ in range(2):
        answer = browser.post("/oauth/revoke", {"token": body["refresh_token"]})
        assert answer.status_code == 200
    assert browser.refresh(body["refresh_token"]).get_json() == {"error": "invalid_grant"}


@pytest.mark.parametrize("by_basic", [True, False])
def test_a_service_gets_a_token_for_its_secret(app: Flask, site: SiteView, by_basic: bool) -> None:
    with app.app_context():
        made = service_clients.create(
            "CMS", scopes=["comments:read", "sites:read"], site="demo", now=NOON
        )
    form = {"grant_type": "client_credentials", "scope": "sites:read"}
    auth = None
    if by_basic:
        auth = (made.client_id, made.client_secret)
    else:
        form |= {"client_id": made.client_id, "client_secret": made.client_secret}
    answer = app.test_client().post("/oauth/token", data=form, auth=auth, base_url=ISSUER)
    body = answer.get_json()
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 600, "sites:read")
    assert "refresh_token" not in body
    with app.app_context():
        actor = sessions.authenticate(body["access_token"], now=NOON)
    assert (actor.is_service, actor.site_id, actor.scopes) == (
        True,
        site.id,
        frozenset({"sites:read"}),
    )
