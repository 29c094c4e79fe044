"""Adding a second way to log in."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from comments_service.identity.provider import ExternalIdentity
from comments_service.models import Identity
from comments_service.services import accounts, logins, sessions
from comments_service.services.actor import Actor
from tests.api.oauth.conftest import ISSUER, Browser, count, query_of
from tests.small_app import NOON, Clock, FakeProvider, person

HANA_AT_FACEBOOK = person("77", provider="facebook", name="Hana Kim", handle=None, client_app="1")


@pytest.fixture
def hana(app: Flask, browser: Browser) -> Actor:
    tokens = browser.exchange(browser.code()).get_json()
    return sessions.authenticate(tokens["access_token"], now=NOON)


def go(browser: Browser, ticket: str, whom: ExternalIdentity = HANA_AT_FACEBOOK) -> TestResponse:
    """Follow the ticket to Facebook, approve, and come back to the question."""
    sent = browser.client.get(f"/oauth/link/{ticket}", base_url=ISSUER)
    assert sent.status_code == 302, sent.text
    browser.providers["facebook"].answers["link"] = whom
    state = query_of(sent.location)["state"]
    return browser.come_back(state, provider="facebook", code="link")


def say_yes(browser: Browser, page: TestResponse) -> TestResponse:
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
    return browser.post("/oauth/link", fields, origin="null")


def test_a_reader_links_facebook_to_an_account_made_with_x(browser: Browser, hana: Actor) -> None:
    page = go(browser, logins.offer_link(hana, provider="facebook", now=NOON))
    assert "Hana Kim" in page.text
    assert "김하나" in page.text
    assert count(Identity) == 1
    assert say_yes(browser, page).status_code == 200
    linked = accounts.profile(hana, now=NOON).identities
    assert {identity.provider for identity in linked} == {"twitter", "facebook"}
    tokens = browser.exchange(browser.code(HANA_AT_FACEBOOK, provider="facebook")).get_json()
    assert tokens["user"]["id"] == str(hana.user_id)


def test_saying_yes_twice_links_once(browser: Browser, hana: Actor) -> None:
    page = go(browser, logins.offer_link(hana, provider="facebook", now=NOON))
    assert [say_yes(browser, page).status_code for _ in range(2)] == [200, 200]
    assert count(Identity) == 2


def test_an_identity_that_has_an_account_is_not_linked(browser: Browser, hana: Actor) -> None:
    """84."""
    browser.code(HANA_AT_FACEBOOK, provider="facebook")
    page = go(browser, logins.offer_link(hana, provider="facebook", now=NOON))
    assert say_yes(browser, page).status_code == 409
    assert len(accounts.profile(hana, now=NOON).identities) == 1


def test_a_second_identity_of_the_same_provider_is_not_linked(
    browser: Browser, hana: Actor
) -> None:
    say_yes(browser, go(browser, logins.offer_link(hana, provider="facebook", now=NOON)))
    other = person("78", provider="facebook", client_app="1")
    page = go(browser, logins.offer_link(hana, provider="facebook", now=NOON), other)
    assert say_yes(browser, page).status_code == 409


def test_a_ticket_works_once_and_for_a_minute(browser: Browser, hana: Actor, now: Clock) -> None:
    used = logins.offer_link(hana, provider="facebook", now=NOON)
    go(browser, used)
    late = logins.offer_link(hana, provider="facebook", now=NOON)
    now.advance(seconds=60)
    for ticket in (used, late, "x" * 43):
        assert browser.client.get(f"/oauth/link/{ticket}", base_url=ISSUER).status_code == 400


def test_a_ticket_is_no_state_and_a_state_no_ticket(
    browser: Browser, hana: Actor, providers: dict[str, FakeProvider]
) -> None:
    ticket = logins.offer_link(hana, provider="facebook", now=NOON)
    assert browser.come_back(ticket, provider="facebook", code="c").status_code == 400
    state = browser.state_at_provider()
    assert browser.client.get(f"/oauth/link/{state}", base_url=ISSUER).status_code == 400
    assert providers["facebook"].calls == []


def test_the_offer_is_good_in_the_browser_that_got_it_alone(
    browser: Browser, other_browser: Browser, hana: Actor, now: Clock
) -> None:
    page = go(browser, logins.offer_link(hana, provider="facebook", now=NOON))
    other_browser.start()
    assert say_yes(other_browser, page).status_code == 403
    forged = browser.post("/oauth/link", {"offer": "x.y"}, origin="null")
    assert forged.status_code == 403
    now.advance(minutes=10)
    assert say_yes(browser, page).status_code == 400
    assert count(Identity) == 1


def test_declining_links_nothing_and_ends_on_a_page(browser: Browser, hana: Actor) -> None:
    ticket = logins.offer_link(hana, provider="facebook", now=NOON)
    sent = browser.client.get(f"/oauth/link/{ticket}", base_url=ISSUER)
    state = query_of(sent.location)["state"]
    page = browser.come_back(state, provider="facebook", error="access_denied")
    assert page.status_code == 400
    assert "Location" not in page.headers
    assert count(Identity) == 1
