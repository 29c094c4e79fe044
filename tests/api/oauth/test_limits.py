"""How often one may log in, and refresh. Numbers are those of `docs/login-threats.md`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from comments_service.config import Settings
from comments_service.models import PendingLogin
from comments_service.services import retention
from comments_service.web.http.limits import limiter, network_of
from tests.api.oauth.conftest import Browser, count
from tests.conftest import settings_for
from tests.small_app import NEWS, NOON, Clock

CLIENT_ADDRESS = {"REMOTE_ADDR": "203.0.113.7"}


@pytest.fixture
def settings(database_url: str) -> Settings:
    return settings_for(
        database_url,
        ratelimit_enabled=True,
        ratelimit_logins="4 per minute",
        ratelimit_login_starts="3 per minute",
        ratelimit_refreshes="2 per hour",
    )


@pytest.fixture
def browser(browser: Browser, app: Flask) -> Iterator[Browser]:
    limiter.reset()
    yield browser
    limiter.reset()


def bare(app: Flask) -> Browser:
    """A browser that has no cookie yet."""
    return Browser(app.test_client(), app.extensions["comments_providers"])


def test_too_many_logins_from_one_address_are_refused_for_a_while(
    app: Flask, browser: Browser
) -> None:
    """77."""
    statuses = [bare(app).start().status_code for _ in range(5)]
    assert statuses == [302, 302, 302, 302, 429]
    refused = bare(app).start()
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert refused.get_json()["type"].endswith("/problems/too-many-requests")


def test_one_browser_begins_fewer_logins_than_an_address(app: Flask, browser: Browser) -> None:
    """77: the first request has no cookie to be counted by."""
    statuses = [browser.start().status_code for _ in range(5)]
    assert statuses == [302, 302, 302, 302, 429]
    limiter.reset()
    browser.client.environ_base.update(CLIENT_ADDRESS)
    statuses = [browser.start().status_code for _ in range(4)]
    assert statuses == [302, 302, 302, 429]
    assert bare(app).start().status_code == 302


def test_each_step_of_a_login_has_a_count_of_its_own(app: Flask, browser: Browser) -> None:
    """77."""
    for _ in range(4):
        one = bare(app)
        assert one.exchange(one.code()).status_code == 200
    late = bare(app)
    for answer in (late.start(), late.come_back("s" * 43, code="c"), late.exchange("c")):
        assert answer.status_code == 429


def test_readers_behind_one_address_refresh_as_often_as_each_may(
    app: Flask, browser: Browser
) -> None:
    """77: thousands of readers of a mobile carrier come from one address."""
    readers = [bare(app) for _ in range(4)]
    tokens = [one.exchange(one.code()).get_json()["refresh_token"] for one in readers]
    assert readers[0].exchange("c").status_code == 429
    for _ in range(2):
        answers = [one.refresh(token) for one, token in zip(readers, tokens, strict=True)]
        assert {answer.status_code for answer in answers} == {200}
        tokens = [answer.get_json()["refresh_token"] for answer in answers]


def test_one_login_is_refreshed_only_so_often_whatever_token_of_it_is_shown(
    app: Flask, browser: Browser
) -> None:
    """77."""
    first = browser.exchange(browser.code()).get_json()["refresh_token"]
    second = browser.refresh(first).get_json()["refresh_token"]
    third = browser.refresh(second).get_json()["refresh_token"]
    refused = browser.refresh(third)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 3601
    assert refused.headers["Access-Control-Allow-Origin"] == NEWS
    other = bare(app)
    assert other.refresh(other.exchange(other.code()).get_json()["refresh_token"]).status_code


def test_made_up_refresh_tokens_count_against_their_address(browser: Browser) -> None:
    """77."""
    statuses = [browser.refresh(f"cst_r_{n:043}").status_code for n in range(5)]
    assert statuses == [400, 400, 400, 400, 429]


def test_a_services_secret_cannot_be_guessed_for_ever(browser: Browser) -> None:
    """77."""
    form = {"grant_type": "client_credentials", "client_id": "svc_1", "client_secret": "x"}
    statuses = [browser.post("/oauth/token", form).status_code for _ in range(5)]
    assert statuses == [401, 401, 401, 401, 429]


def test_a_thousand_unfinished_logins_leave_few_rows_and_one_small_cookie(
    app: Flask, browser: Browser, now: Clock
) -> None:
    """78."""
    statuses = [bare(app).start().status_code for _ in range(1000)]
    assert statuses.count(302) == count(PendingLogin) == 4
    limiter.reset()
    sizes = {len(browser.start().headers["Set-Cookie"]) for _ in range(4)}
    assert len(sizes) == 1
    assert sizes.pop() < 250
    later = NOON + timedelta(minutes=10)
    purged = next(retention.purge(retention.Kept(), now=later))
    assert (purged.what, purged.count) == ("pending logins", 8)
    assert count(PendingLogin) == 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8:0:0:aaaa::1", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_an_ipv6_subscriber_is_a_network(address: str, network: str) -> None:
    """77."""
    assert network_of(address) == network
