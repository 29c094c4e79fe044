"""Logging in and out, by popup, by fragment and by full page."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Request, expect

from tests.browser.waiting import until
from tests.browser.widget_world import Reader, Service

pytestmark = pytest.mark.browser


def test_a_popup_logs_in_and_the_reader_goes_on_writing(service: Service, reader: Reader) -> None:
    page = reader.opens()

    reader.logs_in()

    expect(page.get_by_role("textbox", name="댓글 쓰기")).to_be_focused()
    expect(page.get_by_text("홍길동")).to_be_visible()
    until(lambda: len(reader.context.pages) == 1)
    (asked,) = service.calls("GET", "/oauth/authorize")
    assert asked.query["response_mode"] == "web_message"
    assert asked.query["code_challenge_method"] == "S256"
    assert asked.query["redirect_uri"] == page.url


def test_tokens_lie_where_they_should(service: Service, reader: Reader) -> None:
    page = reader.opens()
    reader.logs_in()

    kept = json.loads(page.evaluate("localStorage['social-comments:demo']"))
    stores = page.evaluate("[JSON.stringify(localStorage), JSON.stringify(sessionStorage)]")

    assert kept["refresh_token"].startswith("cst_r_")
    assert kept["user"]["name"] == "홍길동"
    assert "cst_a_" not in stores[0]
    assert "cst_a_" in stores[1]
    assert "pending" not in stores[0]
    assert page.context.cookies() == []


def test_a_severed_popup_comes_back_by_the_address(service: Service, reader: Reader) -> None:
    """87."""
    service.severs_opener = True
    page = reader.opens()

    reader.logs_in()

    expect(page.get_by_role("textbox", name="댓글 쓰기")).to_be_visible()
    until(lambda: len(reader.context.pages) == 1)
    grants = [each.body["grant_type"] for each in service.calls("POST", "/oauth/token")]
    assert grants.count("authorization_code") == 1


def test_a_blocked_popup_goes_on_as_a_page_and_the_draft_is_kept(
    service: Service, reader: Reader
) -> None:
    """88."""
    reader.page.add_init_script("window.open = () => null")
    page = reader.opens()
    page.evaluate("localStorage['social-comments:draft:demo:a1'] = JSON.stringify('쓰던 글')")

    page.get_by_role("button", name="페이스북").click()
    page.locator("#allow").click()

    expect(page.get_by_role("textbox", name="댓글 쓰기")).to_have_value("쓰던 글")
    expect(page.get_by_role("textbox", name="댓글 쓰기")).to_be_focused()
    assert "#" not in page.url
    assert service.calls("GET", "/oauth/authorize")[0].query["provider"] == "facebook"


def test_a_reader_who_declines_is_where_they_were(service: Service, reader: Reader) -> None:
    """89."""
    page = reader.opens()

    with reader.context.expect_page() as opened:
        page.get_by_role("button", name="트위터(X)").click()
    opened.value.locator("#cancel").click()

    expect(page.get_by_role("status")).to_have_text("로그인하지 않았습니다.")
    expect(page.get_by_role("button", name="트위터(X)")).to_be_visible()
    assert service.calls("POST", "/oauth/token") == []


def test_an_answer_nobody_asked_for_is_left_alone(service: Service, reader: Reader) -> None:
    """39."""
    page = reader.opens(fragment="#code=stolen&state=unknown-state")
    page.get_by_role("heading", name="댓글").first.hover()
    page.evaluate(
        "postMessage({type: 'authorization_response', response: {code: 'c', state: 's'}}, '*')"
    )
    page.wait_for_timeout(300)

    assert page.url.endswith("#code=stolen&state=unknown-state")
    assert service.calls("POST", "/oauth/token") == []


def test_other_tabs_follow_a_login_and_a_logout(reader: Reader) -> None:
    first = reader.opens()
    second = reader.opens(page=reader.new_page())

    reader.logs_in(page=first)
    expect(second.get_by_role("textbox", name="댓글 쓰기")).to_be_visible()
    second.get_by_role("button", name="로그아웃").click()

    expect(first.get_by_role("button", name="트위터(X)")).to_be_visible()


def test_logging_out_revokes_the_login(service: Service, reader: Reader) -> None:
    page = reader.opens()
    reader.logs_in()
    token = json.loads(page.evaluate("localStorage['social-comments:demo']"))["refresh_token"]

    page.get_by_role("button", name="로그아웃").click()

    expect(page.get_by_role("button", name="트위터(X)")).to_be_focused()
    until(lambda: len(service.calls("POST", "/oauth/revoke")) == 1)
    assert service.calls("POST", "/oauth/revoke")[0].body["token"] == token
    assert page.evaluate("JSON.stringify([localStorage, sessionStorage])") == "[{},{}]"


def test_reading_again_costs_no_refresh_token(service: Service, reader: Reader) -> None:
    page = reader.opens()
    with page.expect_response("**/me/notifications*"):  # the last of what a login asks
        reader.logs_in()
    page.evaluate("sessionStorage.clear()")

    reader.opens()
    expect(page.get_by_role("textbox", name="댓글 쓰기")).to_be_visible()
    assert len(service.calls("POST", "/oauth/token")) == 1
    page.get_by_role("textbox", name="댓글 쓰기").focus()

    until(lambda: len(service.calls("POST", "/oauth/token")) == 2)


def test_a_token_that_ran_out_is_renewed_once_for_all(service: Service, reader: Reader) -> None:
    reader.opens()
    reader.logs_in()
    until(lambda: len(service.calls("GET", "/api/v1/me/overlay")) == 1)
    service.expire_access()

    reader.posts("새 토큰으로")

    expect(reader.page.get_by_role("article").first).to_contain_text("새 토큰으로")
    grants = [each.body["grant_type"] for each in service.calls("POST", "/oauth/token")]
    assert grants == ["authorization_code", "refresh_token"]


def test_a_login_that_was_ended_elsewhere_ends_here_and_keeps_the_text(
    service: Service, reader: Reader
) -> None:
    reader.opens()
    reader.logs_in()
    until(lambda: len(service.calls("GET", "/api/v1/me/notifications")) == 1)
    service.expire_access()
    service._refresh.clear()

    reader.posts("잃으면 안 되는 글")

    expect(reader.page.get_by_role("button", name="트위터(X)")).to_be_visible()
    reader.logs_in()
    expect(reader.page.get_by_role("textbox")).to_have_value("잃으면 안 되는 글")


def test_a_late_refusal_of_a_login_that_has_ended_does_not_end_the_next(
    service: Service, reader: Reader
) -> None:
    service.answer_next("GET", "/api/v1/me/overlay", 401, type="/problems/unauthenticated")
    let_go = service.withhold("/api/v1/me/overlay")
    page = reader.opens()
    reader.logs_in()
    until(lambda: len(service.calls("GET", "/api/v1/me/overlay")) == 1)
    page.get_by_role("button", name="로그아웃").click()
    reader.logs_in()

    with page.expect_response("**/me/notifications*"):
        let_go()

    expect(page.get_by_role("button", name="로그아웃")).to_be_visible()
    assert len(service.calls("POST", "/oauth/token")) == 2


@pytest.mark.parametrize("persist", ["session", "memory"])
@pytest.mark.parametrize("severed", [False, True])
def test_a_publisher_can_have_logins_kept_for_less_long(
    service: Service, reader: Reader, persist: str, severed: bool
) -> None:
    service.severs_opener = severed
    page = reader.opens(f"attributes=persist={persist}")

    reader.logs_in()

    assert "cst_" not in page.evaluate("JSON.stringify(localStorage)")
    assert ("cst_r_" in page.evaluate("JSON.stringify(sessionStorage)")) == (persist == "session")
    assert len(service.calls("POST", "/oauth/token")) == 1


def test_a_provider_that_does_not_answer_is_named(service: Service, reader: Reader) -> None:
    service.login_error = {
        "error": "temporarily_unavailable",
        "error_description": "provider_unavailable",
    }
    page = reader.opens()

    with reader.context.expect_page() as opened:
        page.get_by_role("button", name="트위터(X)").click()
    opened.value.locator("#allow").click()

    expect(page.get_by_role("alert")).to_contain_text("트위터(X) 쪽에서 응답이 없습니다")
    assert service.calls("POST", "/oauth/token") == []


def asks(request: Request, path: str) -> bool:
    """Whether a request is the one for a path itself, not the question whether it may be made."""
    return request.method == "GET" and path in request.url


def test_an_expired_login_is_explained(service: Service, reader: Reader) -> None:
    page = reader.opens()
    # What a login is followed by must be over: it would find out by itself.
    with (
        page.expect_request_finished(lambda each: asks(each, "/me/overlay")),
        page.expect_request_finished(lambda each: asks(each, "/me/notifications")),
    ):
        reader.logs_in()
    service.expire_access()
    service._refresh.clear()

    reader.posts("늦은 글")

    expect(page.get_by_role("alert")).to_have_text("로그아웃되었습니다. 다시 로그인해 주세요.")


def test_logins_never_finished_are_forgotten(reader: Reader) -> None:
    page = reader.opens()
    page.evaluate(
        """() => { for (let n = 0; n < 9; n++) localStorage["social-comments:pending:" + n] =
          JSON.stringify({ at: Date.now() - n * 60000, site: "demo" }) ;
          localStorage["social-comments:pending:broken"] = "{";
          localStorage["social-comments:pending:old"] =
            JSON.stringify({ at: Date.now() - 16 * 60000, site: "demo" }) }"""
    )

    with reader.context.expect_page():
        page.get_by_role("button", name="트위터(X)").click()

    pending = page.evaluate("Object.keys(localStorage).filter(key => key.includes('pending'))")
    assert len(pending) == 5
    assert not any(key.endswith((":broken", ":old", ":8")) for key in pending)


def test_a_second_file_that_was_tampered_with_is_not_run(reader: Reader) -> None:
    reader.expected += ["Failed to find a valid digest", "Failed to load module script"]
    reader.page.route(
        "**/writing.js",
        lambda route: route.fulfill(
            content_type="text/javascript",
            headers={"Access-Control-Allow-Origin": "*"},
            body="window.tampered = true; export default () => ({})",
        ),
    )
    page = reader.opens()

    page.get_by_role("button", name="트위터(X)").click()

    expect(page.get_by_role("status")).to_have_text("문제가 생겼습니다. 다시 시도해 주세요.")
    assert page.evaluate("window.tampered") is None
