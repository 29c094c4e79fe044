"""Where a provider sends the browser back to. Numbers are those of `docs/login-threats.md`."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from comments_service.identity.provider import ProviderError, Reason
from comments_service.models import PendingLogin, Purpose, User
from comments_service.services.transaction import transaction
from tests.api.oauth.conftest import ISSUER, STATE, Browser, count, query_of
from tests.api.oauth.test_happy_path import message_of
from tests.small_app import NEWS, Clock, FakeProvider, person


def is_refused(answer: TestResponse) -> bool:
    """A page that says nothing to an opener and leads nowhere near the publisher."""
    return (
        answer.status_code == 400
        and "Location" not in answer.headers
        and "postMessage" not in answer.text
        and NEWS not in answer.text
    )


@pytest.fixture
def twitter(providers: dict[str, FakeProvider]) -> FakeProvider:
    providers["twitter"].answers["good"] = person()
    return providers["twitter"]


def test_an_unknown_state_reaches_no_provider(browser: Browser, twitter: FakeProvider) -> None:
    """8."""
    browser.start()
    assert is_refused(browser.come_back("s" * 43, code="good"))
    assert twitter.calls == []


def test_a_callback_needs_exactly_one_state_of_a_sane_length(
    browser: Browser, twitter: FakeProvider
) -> None:
    """9."""
    state = browser.state_at_provider()
    path = "/oauth/callback/twitter"
    for query in ("code=good", f"state={state}&state={state}&code=good", f"state={'s' * 10_000}"):
        assert is_refused(browser.client.get(f"{path}?{query}", base_url=ISSUER))
    assert twitter.calls == []


def test_a_login_is_not_finished_in_another_browser(
    browser: Browser, other_browser: Browser, twitter: FakeProvider
) -> None:
    """10: whoever brings it, the state is used up."""
    state = browser.state_at_provider()
    other_browser.start()
    assert is_refused(other_browser.come_back(state, code="good"))
    assert is_refused(browser.come_back(state, code="good"))
    assert twitter.calls == []


def test_a_browser_without_the_cookie_is_refused(
    app: Flask, browser: Browser, twitter: FakeProvider
) -> None:
    """10."""
    state = browser.state_at_provider()
    bare = Browser(app.test_client(), {"twitter": twitter})
    assert is_refused(bare.come_back(state, code="good"))


def test_a_callback_works_once(browser: Browser, twitter: FakeProvider) -> None:
    """11."""
    state = browser.state_at_provider()
    assert browser.come_back(state, code="good").status_code == 302
    assert is_refused(browser.come_back(state, code="good"))
    assert len(twitter.calls) == 1


def test_of_two_callbacks_at_once_one_succeeds(
    app: Flask, browser: Browser, twitter: FakeProvider
) -> None:
    """12."""
    state = browser.state_at_provider()
    cookie = browser.client.get_cookie("__Host-social_comments_login", "comments.example")
    assert cookie is not None
    statuses = []

    def come_back() -> None:
        client = app.test_client()
        client.set_cookie(cookie.key, cookie.value, domain="comments.example")
        statuses.append(
            Browser(client, {"twitter": twitter}).come_back(state, code="good").status_code
        )

    at_once([come_back] * 4)
    assert sorted(statuses) == [302, 400, 400, 400]


def test_the_state_of_one_provider_is_no_good_at_another(
    browser: Browser, providers: dict[str, FakeProvider]
) -> None:
    """13."""
    state = browser.state_at_provider(provider="facebook")
    assert is_refused(browser.come_back(state, provider="twitter", code="good"))
    assert providers["twitter"].calls == providers["facebook"].calls == []


def test_a_provider_that_is_none_of_ours_is_refused(browser: Browser) -> None:
    assert is_refused(browser.come_back(browser.state_at_provider(), provider="myspace", code="c"))


def test_a_login_takes_ten_minutes_at_most(
    browser: Browser, twitter: FakeProvider, now: Clock
) -> None:
    """14."""
    state = browser.state_at_provider()
    now.advance(minutes=10)
    answer = browser.come_back(state, code="good")
    assert is_refused(answer)
    assert "took too long" in answer.text


def test_a_forged_refusal_says_nothing_to_the_opener(browser: Browser) -> None:
    """15."""
    browser.start(response_mode="web_message")
    assert is_refused(browser.come_back("s" * 43, error="access_denied"))


@pytest.mark.parametrize("mode", ["query", "web_message"])
def test_a_reader_who_declines_goes_back_with_access_denied(browser: Browser, mode: str) -> None:
    """16."""
    state = browser.state_at_provider(response_mode=mode)
    answer = browser.come_back(state, error="access_denied")
    given = (
        query_of(answer.location) if mode == "query" else message_of(answer)["message"]["response"]
    )
    assert given == {"error": "access_denied", "state": STATE, "iss": ISSUER}
    assert is_refused(browser.come_back(state, error="access_denied"))
    assert count(User) == 0


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"error_code": "1349126", "error_message": "App not set up"}, "provider_error"),
        ({"error": "server_error"}, "provider_unavailable"),
        ({"error": "temporarily_unavailable"}, "provider_unavailable"),
        ({"error": "invalid_scope"}, "provider_error"),
        ({}, "provider_error"),
        ({"code": ""}, "provider_error"),
        ({"code": "c" * 2049}, "provider_error"),
    ],
)
def test_a_provider_that_answers_oddly_is_reported_as_a_code(
    browser: Browser, query: dict[str, str], reason: str
) -> None:
    """17."""
    answer = browser.come_back(browser.state_at_provider(), **query)
    given = query_of(answer.location)
    assert (given["error"], given["error_description"]) == ("temporarily_unavailable", reason)


def test_what_a_provider_says_is_never_echoed(browser: Browser) -> None:
    """18."""
    state = browser.state_at_provider(response_mode="web_message")
    page = browser.come_back(
        state, error="odd", error_description="<script>alert(1)</script>", error_uri="evil.example"
    )
    assert "alert(1)" not in page.text
    assert "evil.example" not in page.text
    assert "script-src 'nonce-" in page.headers["Content-Security-Policy"]


def test_a_login_of_staff_does_not_end_here(browser: Browser, twitter: FakeProvider) -> None:
    """19."""
    state = browser.state_at_provider()
    with transaction() as session:
        session.execute(update(PendingLogin).values(purpose=Purpose.STAFF))
    assert is_refused(browser.come_back(state, code="good"))
    assert twitter.calls == []


def test_a_failing_provider_leaves_nothing_and_sessions_go_on(browser: Browser) -> None:
    """35."""
    before = browser.exchange(browser.code()).get_json()
    failure = ProviderError(Reason.UNAVAILABLE, step="circuit")
    answer = browser.approve(failure)
    given = query_of(answer.location)
    assert (given["error"], given["error_description"]) == (
        "temporarily_unavailable",
        "provider_unavailable",
    )
    assert count(User) == 1
    assert browser.refresh(before["refresh_token"]).status_code == 200


def test_the_message_page_cannot_be_framed_and_tells_no_referrer(browser: Browser) -> None:
    """36 and 81."""
    page = browser.approve(response_mode="web_message")
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert "Cross-Origin-Opener-Policy" not in page.headers


def test_the_message_page_names_its_target_exactly(browser: Browser) -> None:
    """37 and 38."""
    page = browser.approve(response_mode="web_message")
    assert message_of(page)["origin"] == NEWS
    assert "postMessage(data.message, data.origin)" in page.text
    assert '"*"' not in page.text


def test_a_name_or_state_cannot_break_out_of_the_page(browser: Browser) -> None:
    page = browser.approve(
        response_mode="web_message", redirect_uri=f"{NEWS}/</script><script>alert(1)</script>"
    )
    assert "<script>alert(1)" not in page.text
    assert "</script><script>" not in page.text
    assert message_of(page)["fallback"].startswith(f"{NEWS}/</script>")


@pytest.mark.parametrize("mode", ["query", "fragment", "web_message"])
@pytest.mark.parametrize("approved", [True, False])
def test_no_page_after_a_login_hears_where_it_came_from(
    browser: Browser, twitter: FakeProvider, mode: str, approved: bool
) -> None:
    """81: the address of the callback has the provider's code in it."""
    state = browser.state_at_provider(response_mode=mode)
    query = {"code": "good"} if approved else {"error": "access_denied"}
    answers = [
        browser.come_back(state, **query),
        browser.come_back(state, **query),
        browser.client.get("/oauth/done", base_url=ISSUER),
        browser.start(referer=None),
        browser.start(),
    ]
    for answer in answers:
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
    if mode == "web_message":
        assert "history.replaceState" in answers[0].text


@pytest.mark.parametrize("name", ["hana\r\nSet-Cookie: stolen=1", "ha\x00na\x0b", "\r\n"])
@pytest.mark.parametrize("mode", ["query", "fragment", "web_message"])
def test_line_breaks_in_a_name_reach_no_header(browser: Browser, name: str, mode: str) -> None:
    """75."""
    answer = browser.approve(person(name=name, handle=None), response_mode=mode)
    assert answer.status_code in {200, 302}
    values = [value for _, value in answer.headers]
    assert not [value for value in values if "\n" in value or "\r" in value]
    assert not [value for value in values if value.startswith("stolen")]
    if mode == "query":
        shown = browser.exchange(query_of(answer.location)["code"]).get_json()["user"]["name"]
        assert shown == " ".join(shown.split())
        assert shown.isprintable()


@pytest.mark.parametrize(
    "query",
    [
        {"code": "good\r\nX-Evil: 1"},
        {"error": "access_denied\r\nX-Evil: 1"},
        {"error": "odd", "error_description": "a\r\nX-Evil: 1"},
        {"code": "good", "iss": "https://x.com\r\nX-Evil: 1"},
    ],
)
def test_line_breaks_in_what_a_provider_sends_reach_no_header(
    browser: Browser, twitter: FakeProvider, query: dict[str, str]
) -> None:
    """75."""
    twitter.answers["good\r\nX-Evil: 1"] = ProviderError(Reason.WRONG_ANSWER, step="token")
    answer = browser.come_back(browser.state_at_provider(), **query)
    assert answer.status_code == 302
    assert "X-Evil" not in answer.headers
    assert "X-Evil" not in answer.location


@pytest.mark.parametrize(
    "name", ["Accept-Language", "Sec-Purpose", "Referer", "Cookie", "Authorization", "User-Agent"]
)
@pytest.mark.parametrize("value", ["\x00\x01", "\xff\xfe", "a" * 8000, "=;=;,,,;q=9", "%0d%0aX: 1"])
def test_odd_header_values_are_no_fault_of_ours(browser: Browser, name: str, value: str) -> None:
    """75."""
    for path in ("/oauth/authorize", "/oauth/callback/twitter?state=s", "/oauth/done"):
        answer = browser.client.get(path, headers={name: value}, base_url=ISSUER)
        assert answer.status_code < 500


def at_once(calls: list[object]) -> None:
    """Run each call in a thread of its own, all released together."""
    barrier = threading.Barrier(len(calls))
    threads = [threading.Thread(target=_released, args=(barrier, call)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)


def _released(barrier: threading.Barrier, call: object) -> None:
    barrier.wait()
    assert callable(call)
    call()
