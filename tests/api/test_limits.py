"""How often: limits and what they say of themselves (API contract, section 1)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.config import Settings
from comments_service.services.sites import SiteView
from tests.conftest import settings_for
from tests.pages import Browser
from tests.problems import problem, slug
from tests.readers import Reader

COMMENTS = "/api/v1/comments"
BODIES = [f"{word} 의견을 남깁니다" for word in ("찬성하는", "반대하는", "새로운", "다른", "짧은")]


@pytest.fixture
def settings(database_url: str) -> Settings:
    return settings_for(database_url, ratelimit_enabled=True)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the limiter's own time of day on by some seconds."""

    def move(seconds: float, started: float = time.time()) -> None:
        monkeypatch.setattr(time, "time", lambda: started + seconds)

    return move


def post_wrong(who: Reader) -> object:
    """A post that is counted and costs nothing."""
    return who.call("POST", COMMENTS, json={})


def test_the_defaults_are_those_of_the_documentation() -> None:
    settings = settings_for("sqlite://")
    assert settings.ratelimit_comments == "10 per minute; 100 per day"
    assert settings.ratelimit_votes == settings.ratelimit_reports == "60 per minute"
    assert settings.ratelimit_logins == "60 per minute"


def test_the_eleventh_comment_within_a_minute_is_too_many(
    reader: Callable[..., Reader], later: Callable[[float], None]
) -> None:
    hana, junho = reader("김하나"), reader("이준호")
    later(0)
    for number in range(10):
        answer = hana.call("POST", COMMENTS, json={})
        assert answer.status_code == 422
        assert answer.headers["RateLimit-Limit"] == "10"
        assert answer.headers["RateLimit-Remaining"] == str(9 - number)
        assert 0 < int(answer.headers["RateLimit-Reset"]) <= 60
    later(20)
    refused = hana.post("댓글입니다", headers={"Idempotency-Key": "k"})
    assert slug(refused) == "too-many-requests"
    assert refused.headers["Retry-After"] == "40"
    assert refused.headers["RateLimit-Remaining"] == "0"
    assert refused.headers["RateLimit-Reset"] == "40"
    assert problem(refused)["retry_after"] == 40
    assert junho.post("댓글입니다").status_code == 201
    later(61)
    assert hana.post("댓글입니다", headers={"Idempotency-Key": "k"}).status_code == 201


def test_the_hundred_and_first_comment_within_a_day_is_too_many(
    reader: Callable[..., Reader], later: Callable[[float], None]
) -> None:
    hana = reader()
    for number in range(100):
        later(number * 61)
        assert hana.call("POST", COMMENTS, json={}).status_code == 422
    later(100 * 61)
    refused = hana.post("댓글입니다")
    assert slug(refused) == "too-many-requests"
    assert int(refused.headers["Retry-After"]) == 24 * 3600 - 100 * 61
    assert refused.headers["RateLimit-Limit"] == "100"
    later(24 * 3600 + 1)
    assert hana.post("댓글입니다").status_code == 201


@pytest.mark.parametrize(("method", "what"), [("PUT", "vote"), ("POST", "reports")])
def test_votes_and_reports_are_sixty_a_minute(
    reader: Callable[..., Reader], later: Callable[[float], None], method: str, what: str
) -> None:
    hana = reader()
    later(0)
    for _ in range(60):
        assert hana.call(method, f"{COMMENTS}/1/{what}", json={}).status_code == 422
    assert slug(hana.call(method, f"{COMMENTS}/1/{what}", json={})) == "too-many-requests"
    assert hana.post("댓글입니다").status_code == 201


def test_whoever_shows_no_token_is_asked_for_one_however_often_they_come(
    client: FlaskClient, reader: Callable[..., Reader]
) -> None:
    for _ in range(12):
        answer = client.post(COMMENTS, json={})
        assert slug(answer) == "unauthenticated"
        assert "RateLimit-Limit" not in answer.headers


def test_a_public_read_is_not_limited(client: FlaskClient, reader: Callable[..., Reader]) -> None:
    reader()
    answers = [client.get(f"{COMMENTS}?site=demo&article=a") for _ in range(70)]
    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit-Limit" not in answers[-1].headers


def test_the_log_does_not_name_the_address_that_came_too_often(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger().addHandler(caplog.handler)  # the application has put its own in its place
    caplog.set_level(logging.DEBUG)
    came_from = {"REMOTE_ADDR": "203.0.113.9"}
    answers = [client.get("/oauth/authorize", environ_base=came_from) for _ in range(61)]
    assert answers[-1].status_code == 429
    assert "203.0.113.9" not in caplog.text


def test_the_page_without_javascript_has_the_comment_boxs_budget(
    app: Flask, site: SiteView
) -> None:
    browser = Browser(app)
    browser.log_in()
    codes = [browser.write(" ").status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]
