"""Where a login begins. Numbers are those of the table in `docs/login-threats.md`."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from comments_service.models import PendingLogin
from comments_service.services import sites
from tests.api.oauth.conftest import ARTICLE, ISSUER, Browser, authorize_query, count
from tests.small_app import NOON, FakeProvider

COOKIE = "__Host-social_comments_login"


def pending_logins() -> int:
    return count(PendingLogin)


def is_refused(answer: TestResponse, *, status: int = 400) -> bool:
    """A page of ours, in no way a redirect, that leaves nothing behind."""
    return (
        answer.status_code == status
        and answer.mimetype == "text/html"
        and "Location" not in answer.headers
        and "Set-Cookie" not in answer.headers
        and pending_logins() == 0
    )


def test_an_unknown_site_is_refused_and_leaves_nothing(browser: Browser) -> None:
    """1."""
    assert is_refused(browser.start(client_id="nobody"))
    assert is_refused(browser.start(client_id="de\x00mo"))


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "https://news.example.evil/a",
        "https://news.example@evil.com/",
        "http://news.example/a",
        "https://news.example:8443/a",
        "null",
        "https://evil.example/a",
        "//evil.example/a",
        "javascript:alert(1)",
        "https:evil.example",
        "https://news.example\\@evil.example/",
        "https://news.example/a\tb",
        "https://news.example/a\nb",
        "https://news.example/\r\nSet-Cookie: a=b",
        f"https://news.example/{'a' * 3000}",
        "",
    ],
)
def test_only_a_page_of_the_site_may_get_the_answer(browser: Browser, redirect_uri: str) -> None:
    """2, 3 and 75."""
    assert is_refused(browser.start(redirect_uri=redirect_uri))


def test_the_fragment_of_a_redirect_uri_is_dropped(browser: Browser) -> None:
    """4."""
    answer = browser.approve(redirect_uri=f"{ARTICLE}#code=x", response_mode="fragment")
    assert answer.location.count("#") == 1
    assert "code=x&" not in answer.location


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("code_challenge", ""),
        ("code_challenge", "short"),
        ("code_challenge", "+" * 43),
        ("code_challenge_method", "plain"),
        ("code_challenge_method", ""),
        ("state", ""),
        ("state", "seven77"),
        ("state", "<script>alert(1)</script>"),
        ("state", "s" * 129),
        ("response_type", "token"),
        ("response_mode", "form_post"),
        ("provider", "myspace"),
    ],
)
def test_a_malformed_parameter_is_refused(browser: Browser, name: str, value: str) -> None:
    """5."""
    assert is_refused(browser.start(**{name: value}))


@pytest.mark.parametrize("name", sorted(authorize_query()))
def test_every_parameter_but_two_must_be_there(browser: Browser, name: str) -> None:
    query = authorize_query()
    del query[name]
    answer = browser.client.get(
        "/oauth/authorize", query_string=query, headers={"Referer": ARTICLE}, base_url=ISSUER
    )
    if name == "provider":
        assert answer.status_code == 200
    elif name == "response_mode":
        assert answer.status_code == 302
    else:
        assert is_refused(answer)


@pytest.mark.parametrize("name", ["redirect_uri", "state", "provider"])
def test_a_repeated_parameter_is_refused(browser: Browser, name: str) -> None:
    """6."""
    query = [*authorize_query().items(), (name, authorize_query()[name])]
    answer = browser.client.get(
        "/oauth/authorize", query_string=query, headers={"Referer": ARTICLE}, base_url=ISSUER
    )
    assert is_refused(answer)


def test_neither_head_nor_prefetch_begins_a_login(browser: Browser) -> None:
    """7."""
    head = browser.client.head(
        "/oauth/authorize",
        query_string=authorize_query(),
        headers={"Referer": ARTICLE},
        base_url=ISSUER,
    )
    assert is_refused(head, status=405)
    prefetch = browser.client.get(
        "/oauth/authorize",
        query_string=authorize_query(),
        headers={"Referer": ARTICLE, "Sec-Purpose": "prefetch;prerender"},
        base_url=ISSUER,
    )
    assert is_refused(prefetch, status=503)


def test_the_browser_gets_a_cookie_that_only_we_can_read_and_set(browser: Browser) -> None:
    answer = browser.start()
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=900"):
        assert part in cookie
    assert "Domain" not in cookie


def test_a_second_login_in_the_same_browser_keeps_its_cookie(browser: Browser) -> None:
    first = browser.start().headers["Set-Cookie"].partition(";")[0]
    second = browser.start().headers["Set-Cookie"].partition(";")[0]
    assert first == second


def test_a_thousand_unfinished_logins_do_not_grow_the_cookie(browser: Browser) -> None:
    """78: at a hundredth."""
    lengths = {len(browser.start().headers["Set-Cookie"].partition(";")[0]) for _ in range(10)}
    assert len(lengths) == 1


@pytest.mark.parametrize("referer", [None, "https://evil.example/", "https://news.example.evil/"])
def test_a_start_that_the_page_did_not_ask_for_is_confirmed_first(
    browser: Browser, providers: dict[str, FakeProvider], referer: str | None
) -> None:
    """91."""
    page = browser.start(referer=referer)
    assert page.status_code == 200
    assert pending_logins() == 0
    assert "news.example" in page.text
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
    assert browser.post("/oauth/authorize", fields, origin="null").status_code == 302
    assert pending_logins() == 1


def test_a_form_that_we_did_not_show_to_this_browser_begins_nothing(
    browser: Browser, other_browser: Browser
) -> None:
    """91."""
    assert is_refused(browser.post("/oauth/authorize", authorize_query()), status=403)
    page = browser.start(referer=None)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
    other_browser.start(referer=None)
    assert is_refused(other_browser.post("/oauth/authorize", fields), status=403)


def test_a_confirmed_form_is_checked_like_a_link(browser: Browser) -> None:
    page = browser.start(referer=None)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
    answer = browser.post("/oauth/authorize", fields | {"redirect_uri": "https://evil.example/"})
    assert is_refused(answer)


def test_the_pages_speak_the_readers_language_and_load_nothing(browser: Browser) -> None:
    for language, words in (("ko", "X로 계속하기"), ("en", "Continue with X")):
        page = browser.client.get(
            "/oauth/authorize",
            query_string=authorize_query(),
            headers={"Accept-Language": language},
            base_url=ISSUER,
        )
        assert words in page.text
        assert f'<html lang="{language}">' in page.text
        policy = page.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'nonce-")
        assert "frame-ancestors 'none'" in policy
        assert "https://x.com" in policy.partition("form-action")[2]
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"


def test_another_host_is_refused_and_never_reaches_the_provider(browser: Browser) -> None:
    """76."""
    answer = browser.client.get(
        "/oauth/authorize",
        query_string=authorize_query(),
        headers={"Referer": ARTICLE},
        base_url="https://evil.example",
    )
    assert answer.status_code == 400
    forwarded = browser.client.get(
        "/oauth/authorize",
        query_string=authorize_query(),
        headers={"Referer": ARTICLE, "X-Forwarded-Host": "evil.example"},
        base_url=ISSUER,
    )
    assert "redirect_uri=https://comments.example/oauth/callback/twitter" in forwarded.location


def test_a_provider_that_the_site_switched_off_is_not_offered(app: Flask, browser: Browser) -> None:
    sites.create(
        "x-only", name="X", origins=["https://x-only.example"], providers=["twitter"], now=NOON
    )
    page = browser.start(
        client_id="x-only", redirect_uri="https://x-only.example/a", provider="facebook"
    )
    assert is_refused(page)
