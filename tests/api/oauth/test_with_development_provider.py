"""The whole way, over real HTTP to the development identity provider, on good days and bad.

Numbers are those of the threat table in `docs/login-threats.md`.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from comments_service import create_app
from comments_service.models import PendingLogin, User, db
from comments_service.services import sites
from comments_service.services.transaction import transaction
from tests.api.oauth.conftest import VERIFIER, Browser, count, query_of
from tests.conftest import settings_for
from tests.small_app import NEWS, NOON, Clock
from tests.unit.development_provider import DevelopmentProvider, running_provider

PATHS = {
    "twitter": ("/i/oauth2/authorize", "/2/oauth2/token", "/2/"),
    "facebook": ("/v25.0/dialog/oauth", "/v25.0/oauth/access_token", "/v25.0/"),
}
SECONDS = 0.5
"""What a login may wait for its provider here."""


@pytest.fixture(scope="module")
def running() -> Iterator[DevelopmentProvider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def development(running: DevelopmentProvider) -> DevelopmentProvider:
    running.forget()
    return running


@pytest.fixture
def database_url(migrated_file: Path, tmp_path: Path) -> str:
    """SQLite alone: what is tested here happens outside the database."""
    shutil.copy(migrated_file, tmp_path / "comments.db")
    return f"sqlite:///{tmp_path / 'comments.db'}"


def service(database_url: str, development: DevelopmentProvider, **given: object) -> Flask:
    """The application as `make run` would start it, with its real providers."""
    values: dict[str, object] = {"provider_deadline_seconds": SECONDS}
    for provider, paths in PATHS.items():
        values[f"{provider}_client_id"] = f"development-{provider}-client"
        values[f"{provider}_client_secret"] = f"development-{provider}-secret"
        for name, path in zip(("authorize", "token", "api"), paths, strict=True):
            values[f"{provider}_{name}_url"] = development.url + path
    return create_app(settings_for(database_url, **(values | given)))


@pytest.fixture
def browser(database_url: str, development: DevelopmentProvider, now: Clock) -> Iterator[Browser]:
    app = service(database_url, development)
    with app.app_context():
        sites.create("demo", name="Demo", origins=[NEWS], now=NOON)
        yield Browser(app.test_client(), {})
        app.extensions["comments_background"].finish()
        db.engine.dispose()


def log_in(browser: Browser, development: DevelopmentProvider, **changes: str) -> dict[str, str]:
    """What the client is told after the reader chose a persona at the provider."""
    sent = browser.start(**changes)
    returned = development.come_back(sent.location, persona="hana")
    answer = browser.come_back(
        returned.pop("state"), provider=changes.get("provider", "twitter"), **returned
    )
    assert answer.status_code == 302, answer.text
    return query_of(answer.location)


@pytest.mark.parametrize("provider", ["twitter", "facebook"])
def test_a_reader_logs_in_twice_and_is_the_same_person(
    browser: Browser, development: DevelopmentProvider, provider: str
) -> None:
    users = set()
    for _ in range(2):
        code = log_in(browser, development, provider=provider)["code"]
        body = browser.exchange(code).get_json()
        assert body["user"]["provider"] == provider
        users.add(body["user"]["id"])
    assert len(users) == 1


@pytest.mark.parametrize("provider", ["twitter", "facebook"])
def test_the_readers_picture_comes_along(
    browser: Browser, development: DevelopmentProvider, provider: str
) -> None:
    """In development, from this machine over http; `test_avatars.py` has production's rules."""
    code = log_in(browser, development, provider=provider)["code"]
    browser.client.application.extensions["comments_background"].finish()
    user = browser.exchange(code).get_json()["user"]
    picture = browser.client.get(user["avatar_url"])
    assert picture.headers["Content-Type"] == "image/png"
    assert picture.data.startswith(b"\x89PNG")


def test_a_reader_who_cancels_comes_back_with_access_denied(
    browser: Browser, development: DevelopmentProvider
) -> None:
    """16."""
    development.misbehave("twitter", "declined", times=1)
    assert log_in(browser, development)["error"] == "access_denied"


@pytest.mark.parametrize("provider", ["twitter", "facebook"])
def test_a_code_made_for_another_redirect_uri_is_refused_by_the_provider(
    browser: Browser, development: DevelopmentProvider, provider: str
) -> None:
    """20."""
    foreign = browser.start(provider=provider).location.replace("comments.example", "evil.example")
    stolen = development.come_back(foreign, persona="hana")["code"]
    state = browser.state_at_provider(provider=provider)
    given = query_of(browser.come_back(state, provider=provider, code=stolen).location)
    assert given["error_description"] == "provider_error"
    assert count(User) == 0


def test_a_verifier_that_was_changed_is_refused_by_the_provider(
    browser: Browser, development: DevelopmentProvider
) -> None:
    """21."""
    sent = browser.start()
    returned = development.come_back(sent.location, persona="hana")
    with transaction() as session:
        session.execute(update(PendingLogin).values(code_verifier=VERIFIER))
    answer = browser.come_back(returned["state"], code=returned["code"])
    assert query_of(answer.location)["error_description"] == "provider_error"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("timeout", "provider_unavailable"),
        ("drip", "provider_unavailable"),
        ("500", "provider_unavailable"),
        ("rate-limited", "provider_unavailable"),
        ("html", "provider_error"),
        ("bad-json", "provider_error"),
        ("oversize", "provider_error"),
        ("gzip-bomb", "provider_error"),
        ("redirect", "provider_error"),
        ("no-id", "provider_error"),
        ("id-int", "provider_error"),
    ],
)
def test_a_provider_that_fails_leaves_nothing_behind(
    browser: Browser, development: DevelopmentProvider, fault: str, reason: str
) -> None:
    """23 to 31."""
    sent = browser.start()
    returned = development.come_back(sent.location, persona="hana")
    development.misbehave("twitter", fault)
    began = time.monotonic()
    answer = browser.come_back(returned["state"], code=returned["code"])
    assert time.monotonic() - began < SECONDS + 3
    given = query_of(answer.location)
    assert (given["error"], given["error_description"]) == ("temporarily_unavailable", reason)
    assert count(User) == 0


def test_a_wrong_client_secret_is_the_operators_problem_and_stays_out_of_the_log(
    database_url: str,
    development: DevelopmentProvider,
    now: Clock,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """22."""
    secret = "a-wrong-secret-of-ours"
    app = service(database_url, development, twitter_client_secret=secret, log_level="DEBUG")
    with app.app_context():
        sites.create("demo", name="Demo", origins=[NEWS], now=NOON)
        given = log_in(Browser(app.test_client(), {}), development)
        db.engine.dispose()
    assert given["error_description"] == "provider_error"
    logged = capfd.readouterr().err
    assert "provider_failed" in logged
    assert secret not in logged


def test_the_log_of_a_whole_login_at_debug_holds_no_secret(
    database_url: str,
    development: DevelopmentProvider,
    now: Clock,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """79 and 80."""
    app = service(database_url, development, log_level="DEBUG")
    secrets: list[str] = ["development-twitter-secret", VERIFIER]
    with app.app_context():
        sites.create("demo", name="Demo", origins=[NEWS], now=NOON)
        browser = Browser(app.test_client(), {})
        sent = browser.start()
        returned = development.come_back(sent.location, persona="hana")
        answer = browser.come_back(returned["state"], code=returned["code"])
        code = query_of(answer.location)["code"]
        tokens = browser.exchange(code).get_json()
        refreshed = browser.refresh(tokens["refresh_token"]).get_json()
        browser.come_back(returned["state"], code=returned["code"])
        browser.exchange(code)
        cookie = sent.headers["Set-Cookie"].partition(";")[0].partition("=")[2]
        secrets += [returned["state"], returned["code"], code, cookie]
        for body in (tokens, refreshed):
            secrets += [body["access_token"], body["refresh_token"]]
        db.engine.dispose()
    logged = capfd.readouterr().err
    assert "signed_in" in logged
    assert [secret for secret in secrets if secret in logged] == []
    assert "cst_" not in logged
