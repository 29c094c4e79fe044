"""The page of a thread without JavaScript: log in, write, answer, delete, log out, by forms."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.services.sites import SiteView
from tests.pages import CSRF, PAGE, SERVICE, Browser
from tests.readers import Reader
from tests.small_app import NEWS, Clock


@pytest.fixture
def browser(app: Flask, site: SiteView) -> Browser:
    return Browser(app)


def test_a_reader_logs_in_and_writes_without_javascript(
    browser: Browser, client: FlaskClient
) -> None:
    assert "X로 로그인" in browser.get()
    back = browser.log_in()
    assert back.location == "/embed/demo?article=nato#write"
    cookie = back.headers["Set-Cookie"]
    assert cookie.startswith("__Host-social_comments_reader=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "<bdi>김하나</bdi> 님으로 로그인했습니다." in browser.get()
    written = browser.write("자바스크립트 없이 씁니다")
    assert written.status_code == 303
    (comment,) = client.get("/api/v1/comments?site=demo&article=nato").get_json()["comments"]
    assert (comment["body"], comment["author"]["name"]) == ("자바스크립트 없이 씁니다", "김하나")
    assert written.location == (
        f"/embed/demo?article=nato&notice=published&lang=ko#comment-{comment['id']}"
    )
    assert "댓글을 등록했습니다." in browser.get(written.location)
    assert "자바스크립트 없이 씁니다" in browser.get()


def test_a_reader_answers_and_takes_an_answer_back(browser: Browser, client: FlaskClient) -> None:
    browser.log_in()
    browser.write("첫 글입니다")
    address = "/api/v1/comments?site=demo&article=nato"
    root = client.get(address).get_json()["comments"][0]["id"]
    page = browser.get(f"{PAGE}&reply_to={root}")
    assert f'name="parent_id" value="{root}"' in page
    browser.write("답글입니다", parent_id=root)
    (reply,) = client.get(address).get_json()["comments"][0]["replies"]
    assert (reply["body"], reply["parent_id"]) == ("답글입니다", root)
    gone = browser.send(f"/embed/demo/comments/{reply['id']}/delete")
    assert gone.status_code == 303
    assert client.get(address).get_json()["article"]["comment_count"] == 1


def test_a_text_that_is_refused_comes_back_with_the_reasons(browser: Browser) -> None:
    browser.log_in()
    long = browser.write("가" * 251)
    assert long.status_code == 422
    page = long.get_data(as_text=True)
    assert "가" * 251 in page
    assert 'aria-invalid="true"' in page
    assert long.headers["Cache-Control"] == "private, no-store"
    rejected = browser.write("전화 010-1234-5678로 문자 주세요")
    assert rejected.status_code in {422, 303}
    empty = browser.write("   ")
    assert empty.status_code == 422


def test_logging_out_ends_the_session(browser: Browser) -> None:
    browser.log_in()
    token = CSRF.findall(browser.get())[0]
    kept = browser.client.get_cookie("__Host-social_comments_reader", domain="comments.example")
    assert kept is not None
    assert browser.send("/embed/demo/logout").status_code == 303
    assert "X로 로그인" in browser.get()
    browser.client.set_cookie(
        "__Host-social_comments_reader", kept.value, domain="comments.example", secure=True
    )
    late = browser.write("늦은 글", token=token)
    assert late.status_code == 303
    assert "notice=log-in-again" in late.location


@pytest.mark.parametrize("origin", [None, NEWS, "https://evil.example", "null"])
def test_a_form_of_another_page_does_nothing(browser: Browser, origin: str | None) -> None:
    browser.log_in()
    assert browser.send("/embed/demo/comments", origin=origin, body="위조").status_code == 403
    assert browser.send("/embed/demo/login", origin=origin, provider="twitter").status_code == 403
    assert "위조" not in browser.get()


def test_a_form_without_the_sessions_token_does_nothing(browser: Browser) -> None:
    browser.log_in()
    assert browser.write("위조", token="0" * 64).status_code == 403
    assert "위조" not in browser.get()


def test_a_session_is_of_one_site_alone_and_is_no_access_token(
    browser: Browser, app: Flask
) -> None:
    from comments_service.services import sites
    from tests.small_app import NOON

    sites.create("other", name="Other", origins=[], now=NOON)
    browser.log_in()
    assert "X로 로그인" in browser.get("/embed/other?article=nato&lang=ko")
    cookie = browser.client.get_cookie("__Host-social_comments_reader", domain="comments.example")
    assert cookie is not None
    bearer = {"Authorization": f"Bearer {cookie.value}"}
    assert app.test_client().get("/api/v1/me", headers=bearer).status_code == 401


def test_a_session_ends_after_twelve_hours(browser: Browser, now: Clock) -> None:
    browser.log_in()
    now.advance(hours=12, seconds=1)
    assert "X로 로그인" in browser.get()


def test_a_reader_who_declines_is_told_so(browser: Browser) -> None:
    sent = browser.send("/embed/demo/login", provider="twitter")
    state = parse_qs(urlsplit(sent.location).query)["state"][0]
    back = browser.client.get(
        "/oauth/callback/twitter",
        query_string={"state": state, "error": "access_denied"},
        base_url=SERVICE,
    )
    assert back.location == "/embed/demo?article=nato&notice=not-logged-in#write"
    assert "로그인하지 않았습니다" in browser.get(back.location.replace("#", "&lang=ko#"))


def test_the_page_is_shared_by_caches_until_somebody_logs_in(browser: Browser) -> None:
    anonymous = browser.client.get(PAGE, base_url=SERVICE)
    assert "s-maxage=2" in anonymous.headers["Cache-Control"]
    assert "Cookie" in anonymous.headers["Vary"]
    known = {"If-None-Match": anonymous.headers["ETag"]}
    assert browser.client.get(PAGE, base_url=SERVICE, headers=known).status_code == 304
    browser.log_in()
    own = browser.client.get(PAGE, base_url=SERVICE, headers=known)
    assert own.status_code == 200
    assert own.headers["Cache-Control"] == "private, no-store"


def test_only_the_sites_own_pages_may_frame_it_and_forms_go_home_or_to_the_providers(
    browser: Browser,
) -> None:
    policy = browser.client.get(PAGE, base_url=SERVICE).headers["Content-Security-Policy"]
    assert f"frame-ancestors {NEWS}" in policy
    assert "form-action 'self' https://x.com https://www.facebook.com" in policy
    assert "unsafe" not in policy


def test_all_replies_of_a_root_are_a_page_away(
    browser: Browser, reader: Callable[..., Reader]
) -> None:
    hana = reader("김하나")
    root = hana.post("첫 글", article="nato").get_json()["id"]
    for number in range(4):
        hana.post(f"답글 {number}", article="nato", parent_id=root)
    assert "답글 3" not in browser.get()
    assert f"replies={root}" in browser.get()
    page = browser.get(f"{PAGE}&replies={root}")
    assert [f"답글 {n}" in page for n in range(4)] == [True] * 4
    assert browser.client.get(f"{PAGE}&replies=1", base_url=SERVICE).status_code == 404
