"""How often one address may log in. Numbers are those of `docs/login-threats.md`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from comments_service.config import Settings
from comments_service.web.http.limits import limiter
from tests.api.oauth.conftest import Browser
from tests.conftest import settings_for


@pytest.fixture
def settings(database_url: str) -> Settings:
    return settings_for(database_url, ratelimit_enabled=True, ratelimit_logins="3 per minute")


@pytest.fixture
def browser(browser: Browser, app: Flask) -> Iterator[Browser]:
    limiter.reset()
    yield browser
    limiter.reset()


def test_too_many_logins_from_one_address_are_refused_for_a_while(browser: Browser) -> None:
    """77."""
    statuses = [browser.start().status_code for _ in range(4)]
    assert statuses == [302, 302, 302, 429]
    refused = browser.start()
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert refused.get_json()["type"].endswith("/problems/too-many-requests")


def test_each_step_of_a_login_has_a_count_of_its_own(browser: Browser) -> None:
    """77."""
    for _ in range(3):
        assert browser.exchange(browser.code()).status_code == 200


def test_a_services_secret_cannot_be_guessed_for_ever(browser: Browser) -> None:
    """77."""
    form = {"grant_type": "client_credentials", "client_id": "svc_1", "client_secret": "x"}
    statuses = [browser.post("/oauth/token", form).status_code for _ in range(4)]
    assert statuses == [401, 401, 401, 429]
