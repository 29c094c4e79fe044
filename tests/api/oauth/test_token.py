"""Codes and refresh tokens become tokens, once. Numbers are those of `docs/login-threats.md`."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from comments_service.errors import TokenExpired, Unauthenticated
from comments_service.models import Session
from comments_service.services import sessions, sites
from comments_service.services.transaction import reading
from tests.api.oauth.conftest import ARTICLE, ISSUER, VERIFIER, Browser
from tests.api.oauth.test_callback import at_once
from tests.small_app import NEWS, NOON, Clock, FakeProvider

REFUSED = {"error": "invalid_grant"}


@pytest.fixture
def tokens(browser: Browser) -> Any:
    return browser.exchange(browser.code()).get_json()


def is_refused(answer: TestResponse) -> bool:
    return answer.status_code == 400 and answer.get_json() == REFUSED


def is_live(access_token: str, now: Clock) -> bool:
    try:
        sessions.authenticate(access_token, now=now.time)
    except Unauthenticated:
        return False
    return True


def test_a_wrong_verifier_burns_the_code(browser: Browser) -> None:
    """40."""
    code = browser.code()
    assert is_refused(browser.exchange(code, code_verifier="w" * 43))
    assert is_refused(browser.exchange(code))


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://news.example:444"])
def test_a_code_is_not_exchanged_from_another_origin(browser: Browser, origin: str) -> None:
    """41."""
    answer = browser.exchange(browser.code(), origin=origin)
    assert is_refused(answer)
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_server_without_an_origin_may_exchange(browser: Browser) -> None:
    """41."""
    assert browser.exchange(browser.code(), origin=None).status_code == 200


def test_a_preflight_from_elsewhere_gets_nothing_and_uses_nothing_up(browser: Browser) -> None:
    """41 and 47."""
    code = browser.code()
    for origin in ("https://evil.example", "null"):
        answer = preflight(browser, origin)
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
        assert "Origin" in answer.headers["Vary"]
    assert browser.exchange(code).status_code == 200


def test_a_preflight_from_a_site_is_granted_without_credentials(browser: Browser) -> None:
    """47 and 48."""
    answer = preflight(browser, NEWS)
    assert answer.headers["Access-Control-Allow-Origin"] == NEWS
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert answer.headers["Access-Control-Max-Age"] == "600"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    exchanged = browser.exchange(browser.code())
    assert "Access-Control-Allow-Credentials" not in exchanged.headers


def preflight(browser: Browser, origin: str) -> TestResponse:
    return browser.client.options(
        "/oauth/token",
        headers={"Origin": origin, "Access-Control-Request-Method": "POST"},
        base_url=ISSUER,
    )


def test_the_code_of_one_site_is_no_good_at_another(app: Flask, browser: Browser) -> None:
    """42."""
    sites.create("other", name="Other", origins=["https://other.example"], now=NOON)
    assert is_refused(browser.exchange(browser.code(), client_id="other"))
    assert is_refused(
        browser.exchange(
            browser.code(),
            client_id="other",
            redirect_uri="https://other.example/",
            origin="https://other.example",
        )
    )


def test_the_redirect_uri_must_be_the_one_the_code_was_made_for(browser: Browser) -> None:
    assert is_refused(browser.exchange(browser.code(), redirect_uri=f"{ARTICLE}/"))


def test_a_code_lives_sixty_seconds(browser: Browser, now: Clock) -> None:
    """43."""
    code = browser.code()
    now.advance(seconds=60)
    assert is_refused(browser.exchange(code))


def test_a_second_use_of_a_code_ends_the_session_of_the_first(browser: Browser, now: Clock) -> None:
    """44."""
    code = browser.code()
    first = browser.exchange(code).get_json()
    assert is_live(first["access_token"], now)
    assert is_refused(browser.exchange(code))
    assert not is_live(first["access_token"], now)
    assert is_refused(browser.refresh(first["refresh_token"]))


def test_of_ten_exchanges_at_once_one_succeeds(app: Flask, browser: Browser) -> None:
    """45."""
    code = browser.code()
    answers: list[TestResponse] = []

    def exchange() -> None:
        answers.append(Browser(app.test_client(), {}).exchange(code))

    at_once([exchange] * 10)
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 9


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", "multipart/form-data"])
def test_only_a_form_is_taken(browser: Browser, media_type: str) -> None:
    """46: though all is in it, and the code is good afterwards."""
    code = browser.code()
    fields = {
        "grant_type": "authorization_code",
        "client_id": "demo",
        "redirect_uri": ARTICLE,
        "code": code,
        "code_verifier": VERIFIER,
    }
    written = {"application/json": json.dumps(fields), "text/plain": urlencode(fields)}
    answer = browser.client.post(
        "/oauth/token",
        data=written.get(media_type, fields),
        content_type=media_type,
        headers={"Origin": NEWS},
        base_url=ISSUER,
    )
    assert answer.status_code == 400
    assert answer.get_json()["error"] == "invalid_request"
    assert browser.exchange(code).status_code == 200


@pytest.mark.parametrize("name", ["code", "code_verifier", "client_id", "redirect_uri"])
def test_an_exchange_needs_all_its_parameters(browser: Browser, name: str) -> None:
    answer = browser.exchange(browser.code(), **{name: ""})
    assert answer.get_json()["error"] == "invalid_request"


def test_an_unknown_grant_is_named_as_such(browser: Browser) -> None:
    answer = browser.post("/oauth/token", {"grant_type": "password"})
    assert answer.get_json() == {"error": "unsupported_grant_type"}
    assert answer.headers["Access-Control-Allow-Origin"] == NEWS


def test_a_repeated_parameter_is_refused(browser: Browser) -> None:
    answer = browser.client.post(
        "/oauth/token",
        data={"grant_type": ["refresh_token", "refresh_token"]},
        base_url=ISSUER,
    )
    assert answer.get_json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "cst_a_",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "cst_a_" + "x" * 43,
        "cst_a_" + "x" * 1_000_000,
        "cst_a_\x00" + "x" * 42,
    ],
)
def test_what_is_no_access_token_of_ours_is_nobodys(app: Flask, token: str) -> None:
    """49."""
    with pytest.raises(Unauthenticated):
        sessions.authenticate(token, now=NOON)


def test_a_shortened_or_a_refresh_token_opens_nothing(tokens: Any) -> None:
    """49."""
    for token in (tokens["access_token"][:-1], tokens["refresh_token"]):
        with pytest.raises(Unauthenticated):
            sessions.authenticate(token, now=NOON)


def test_the_api_tells_an_unknown_token_from_an_expired_one(
    browser: Browser, tokens: Any, now: Clock
) -> None:
    """49 and 50."""
    unknown = me(browser, "cst_a_" + "x" * 43)
    assert unknown.get_json()["type"].endswith("/problems/unauthenticated")
    assert unknown.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    now.advance(minutes=10)
    expired = me(browser, tokens["access_token"])
    assert expired.status_code == 401
    assert expired.get_json()["type"].endswith("/problems/token-expired")


def test_a_token_in_the_address_is_ignored(browser: Browser, tokens: Any) -> None:
    """51."""
    answer = browser.client.get(
        "/api/v1/me/overlay",
        query_string={"access_token": tokens["access_token"], "site": "demo", "article": "a"},
        base_url=ISSUER,
    )
    assert answer.status_code == 401


def me(browser: Browser, access_token: str) -> TestResponse:
    return browser.client.get(
        "/api/v1/me/overlay?site=demo&article=a",
        headers={"Authorization": f"Bearer {access_token}"},
        base_url=ISSUER,
    )


def test_an_access_token_lives_ten_minutes(tokens: Any, now: Clock) -> None:
    """50."""
    now.advance(seconds=599)
    assert is_live(tokens["access_token"], now)
    now.advance(seconds=1)
    with pytest.raises(TokenExpired):
        sessions.authenticate(tokens["access_token"], now=now.time)


def test_a_used_refresh_token_that_comes_back_later_ends_the_session(
    browser: Browser, tokens: Any, now: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """52."""
    second = browser.refresh(tokens["refresh_token"]).get_json()
    now.advance(seconds=11)
    with caplog.at_level("INFO"):
        assert is_refused(browser.refresh(tokens["refresh_token"]))
    logged = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    reuse = [event for event in logged if event["event"] == "refresh_reuse"]
    assert [event["session_id"] for event in reuse] == [only_session().id]
    assert (only_session().revoked_reason, only_session().revoked_at) == ("refresh_reuse", now.time)
    assert tokens["refresh_token"] not in str(logged)
    assert not is_live(second["access_token"], now)
    assert is_refused(browser.refresh(second["refresh_token"]))


def only_session() -> Any:
    with reading() as connection:
        return connection.execute(select(Session.__table__)).one()


def test_a_reply_lost_on_the_way_is_made_good_once(
    browser: Browser, tokens: Any, now: Clock
) -> None:
    """53."""
    lost = browser.refresh(tokens["refresh_token"]).get_json()
    now.advance(seconds=10)
    again = browser.refresh(tokens["refresh_token"])
    assert again.status_code == 200
    assert is_refused(browser.refresh(tokens["refresh_token"]))
    assert is_refused(browser.refresh(lost["refresh_token"]))
    last = again.get_json()
    assert is_live(last["access_token"], now)
    assert browser.refresh(last["refresh_token"]).status_code == 200


def test_a_reply_that_arrived_is_not_made_good_again(browser: Browser, tokens: Any) -> None:
    """53."""
    second = browser.refresh(tokens["refresh_token"]).get_json()
    third = browser.refresh(second["refresh_token"]).get_json()
    assert is_refused(browser.refresh(tokens["refresh_token"]))
    assert browser.refresh(third["refresh_token"]).status_code == 200


def test_a_thief_who_was_given_the_lost_reply_loses_it_again(
    browser: Browser, tokens: Any, now: Clock
) -> None:
    replaced = browser.refresh(tokens["refresh_token"]).get_json()
    stolen = browser.refresh(tokens["refresh_token"]).get_json()
    now.advance(seconds=11)
    assert is_refused(browser.refresh(replaced["refresh_token"]))
    assert is_refused(browser.refresh(stolen["refresh_token"]))


def test_sixteen_refreshes_at_once_leave_one_chain(
    app: Flask, browser: Browser, tokens: Any, now: Clock
) -> None:
    """53."""
    answers: list[TestResponse] = []

    def refresh() -> None:
        answers.append(Browser(app.test_client(), {}).refresh(tokens["refresh_token"]))

    at_once([refresh] * 16)
    won = [answer.get_json() for answer in answers if answer.status_code == 200]
    assert 1 <= len(won) <= 2
    assert all(is_refused(answer) for answer in answers if answer.status_code != 200)
    assert all(is_live(body["access_token"], now) for body in won)
    went_on = [browser.refresh(body["refresh_token"]).status_code for body in won]
    assert went_on.count(200) == 1


@pytest.mark.parametrize(
    ("change", "origin"),
    [({}, "https://evil.example"), ({}, "null"), ({"client_id": "other"}, NEWS)],
)
def test_a_refresh_from_elsewhere_ends_the_session(
    app: Flask,
    browser: Browser,
    tokens: Any,
    now: Clock,
    change: dict[str, str],
    origin: str,
) -> None:
    """54."""
    sites.create("other", name="Other", origins=["https://other.example"], now=NOON)
    assert is_refused(browser.refresh(tokens["refresh_token"], origin=origin, **change))
    assert not is_live(tokens["access_token"], now)
    assert is_refused(browser.refresh(tokens["refresh_token"]))


def test_a_refresh_token_idles_fourteen_days(browser: Browser, tokens: Any, now: Clock) -> None:
    """55."""
    now.advance(days=14)
    assert is_refused(browser.refresh(tokens["refresh_token"]))


def test_a_session_ends_after_ninety_days_however_often_it_is_refreshed(
    browser: Browser, tokens: Any, now: Clock
) -> None:
    """55."""
    refresh_token = tokens["refresh_token"]
    lives = []
    for _ in range(7):
        now.advance(days=13)
        answer = browser.refresh(refresh_token)
        if answer.status_code != 200:
            break
        refresh_token = answer.get_json()["refresh_token"]
        lives.append(answer.get_json()["refresh_expires_in"])
    assert lives == [14 * 86400] * 5 + [12 * 86400]
    assert is_refused(browser.refresh(refresh_token))


def test_an_origin_added_to_the_site_later_cannot_use_the_session(
    app: Flask, browser: Browser, tokens: Any, providers: dict[str, FakeProvider]
) -> None:
    sites.ensure("demo", name="", origins=["https://second.example"], now=NOON)
    assert is_refused(browser.refresh(tokens["refresh_token"], origin="https://second.example"))


def test_revoking_either_token_ends_the_session(browser: Browser, now: Clock) -> None:
    for name in ("access_token", "refresh_token"):
        body = browser.exchange(browser.code()).get_json()
        assert browser.post("/oauth/revoke", {"token": body[name]}).status_code == 200
        assert not is_live(body["access_token"], now)
        assert is_refused(browser.refresh(body["refresh_token"]))


def test_revoking_nonsense_is_no_error_but_revoking_nothing_is(browser: Browser) -> None:
    assert browser.post("/oauth/revoke", {"token": "nonsense"}).status_code == 200
    assert browser.post("/oauth/revoke", {}).get_json()["error"] == "invalid_request"


def test_a_token_of_one_site_writes_on_no_other(browser: Browser, tokens: Any) -> None:
    """56."""
    sites.create("other", name="Other", origins=["https://other.example"], now=NOON)
    answer = browser.client.post(
        "/api/v1/comments",
        json={"site": "other", "article": {"key": "a"}, "body": "댓글입니다"},
        headers={"Authorization": f"Bearer {tokens['access_token']}", "Origin": NEWS},
        base_url=ISSUER,
    )
    assert answer.status_code == 403
    assert answer.get_json()["type"].endswith("/problems/wrong-site")
