"""Moderators' login. Numbers are those of `docs/login-threats.md`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from comments_service.config import Settings
from comments_service.identity.provider import ProviderError, Reason
from comments_service.models import (
    AuditEntry,
    AuthorizationCode,
    PendingLogin,
    Purpose,
    StaffSession,
    StaffTotp,
    User,
)
from comments_service.services import staff, totp
from comments_service.services.sites import SiteView
from comments_service.services.staff import Role
from comments_service.services.transaction import reading, transaction
from tests.api.moderator.conftest import JISU, PEPPER, StaffBrowser
from tests.api.oauth.conftest import ISSUER, Browser, count, query_of
from tests.conftest import settings_for
from tests.problems import slug
from tests.readers import Reader
from tests.small_app import NOON, Clock, FakeProvider, person


def actions() -> list[str]:
    with reading() as connection:
        return list(connection.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)))


def code_of(user_id: int, now: Clock) -> str:
    """What the moderator's app shows now."""
    with reading() as connection:
        seed = connection.execute(
            select(StaffTotp.seed).where(StaffTotp.user_id == user_id)
        ).scalar_one()
    return totp.code_at(totp._key(seed, PEPPER), totp.step_at(now()))


def test_a_moderator_logs_in_and_sees_who_they_are(browser: StaffBrowser, jisu: int) -> None:
    answer = browser.log_in()
    assert answer.status_code == 302
    assert answer.location == "/moderator/"
    page = browser.get("/moderator/", **{"Accept-Language": "ko"})
    assert page.status_code == 200
    assert "지수 님" in page.text
    assert "운영자" in page.text
    assert actions()[-1] == "staff.logged_in"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    browser: StaffBrowser, jisu: int
) -> None:
    cookies = browser.log_in().headers.getlist("Set-Cookie")
    cookie = next(c for c in cookies if c.startswith("__Host-social_comments_staff="))
    assert set(cookie.split("; ")[1:]) == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}


def test_the_pages_cannot_be_framed_cached_or_scripted_by_others(
    browser: StaffBrowser, jisu: int
) -> None:
    browser.log_in()
    headers = browser.get("/moderator/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'; trusted-types sc-mod" in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_without_a_login_there_is_a_way_to_log_in(browser: StaffBrowser) -> None:
    page = browser.get("/moderator/")
    assert page.status_code == 401
    assert 'href="/moderator/login/twitter"' in page.text
    assert 'href="/moderator/login/facebook"' in page.text


def test_the_state_of_a_readers_login_ends_no_moderators_and_the_reverse(
    app: Flask, browser: StaffBrowser, jisu: int, providers: dict[str, FakeProvider]
) -> None:
    """19."""
    reader = Browser(app.test_client(), providers)
    providers["twitter"].answers["code"] = JISU
    state_of_reader, state_of_staff = reader.state_at_provider(), browser.state_at_provider()
    brought = browser.get(f"/moderator/login/twitter?state={state_of_reader}&code=code")
    assert brought.status_code == 400
    assert browser.come_back(state_of_reader, code="code").status_code == 400
    assert reader.come_back(state_of_staff, code="code").status_code == 400
    assert providers["twitter"].calls == []
    assert (count(StaffSession), count(AuthorizationCode)) == (0, 0)


@pytest.mark.parametrize(("begun_as", "becomes"), [("reader", "staff"), ("staff", "reader")])
def test_a_login_that_changed_its_purpose_is_nobodys(
    app: Flask,
    browser: StaffBrowser,
    jisu: int,
    providers: dict[str, FakeProvider],
    begun_as: str,
    becomes: str,
) -> None:
    """19."""
    reader = Browser(browser.client, providers)
    begin = reader.state_at_provider if begun_as == "reader" else browser.state_at_provider
    state = begin()
    with transaction() as session:
        session.execute(update(PendingLogin).values(purpose=Purpose(becomes)))
    assert browser.come_back(state, code="code").status_code == 400
    assert providers["twitter"].calls == []


def test_one_browser_logs_a_reader_and_a_moderator_in_and_each_gets_their_own(
    browser: StaffBrowser, jisu: int, providers: dict[str, FakeProvider]
) -> None:
    """19."""
    reader = Browser(browser.client, providers)
    state_of_reader, state_of_staff = reader.state_at_provider(), browser.state_at_provider()
    providers["twitter"].answers["code"] = JISU
    as_reader = browser.come_back(state_of_reader, code="code")
    assert "code" in query_of(as_reader.location)
    assert browser.cookie is None
    as_staff = browser.come_back(state_of_staff, code="code")
    assert as_staff.location == "/moderator/"
    assert browser.cookie is not None


def test_a_new_login_has_a_new_id_and_ends_the_old(
    browser: StaffBrowser, other_browser: StaffBrowser, jisu: int
) -> None:
    """58."""
    planted = "x" * 43
    browser.bring_cookie(planted)
    browser.log_in()
    first = browser.cookie
    assert first not in {None, planted}
    browser.log_in()
    assert browser.cookie not in {None, first}
    other_browser.bring_cookie(first or "")
    assert other_browser.get("/moderator/").status_code == 401


def test_a_role_taken_away_is_gone_at_the_next_request(browser: StaffBrowser, jisu: int) -> None:
    """59."""
    browser.log_in()
    staff.revoke(jisu, role=None, site=None, now=NOON)
    assert browser.get("/moderator/").status_code == 403
    assert count(StaffSession) == 0
    assert browser.cookie is None


def test_a_new_role_needs_a_new_login(browser: StaffBrowser, jisu: int, site: SiteView) -> None:
    """58."""
    browser.log_in()
    with transaction():
        staff.add_role(jisu, Role.ADMIN, site_id=site.id, granted_by=None, now=NOON)
    assert browser.get("/moderator/").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://news.example"},
        {"Origin": "null"},
        {"Origin": "", "Referer": ""},
        {"Referer": "https://news.example/moderator/"},
        {"Origin": ISSUER, "Sec-Fetch-Site": "cross-site"},
        {"Origin": ISSUER, "Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_from_elsewhere_changes_nothing(
    browser: StaffBrowser, jisu: int, headers: dict[str, str]
) -> None:
    """60."""
    browser.log_in()
    token = browser.csrf_token()
    answer = browser.client.post(
        "/moderator/logout", data={"csrf_token": token}, headers=headers, base_url=ISSUER
    )
    assert answer.status_code == 403
    assert slug(answer) == "csrf"
    assert count(StaffSession) == 1


@pytest.mark.parametrize("form", [{}, {"csrf_token": "0" * 64}, {"csrf_token": "십"}])
def test_a_form_without_its_token_changes_nothing(
    browser: StaffBrowser, jisu: int, form: dict[str, str]
) -> None:
    """60."""
    browser.log_in()
    answer = browser.post("/moderator/logout", form, Accept="*/*")
    assert answer.status_code == 403
    assert slug(answer) == "csrf"
    assert browser.post("/moderator/logout", form).mimetype == "text/html"
    assert count(StaffSession) == 1


def test_the_token_of_another_session_is_none(
    browser: StaffBrowser, other_browser: StaffBrowser, jisu: int
) -> None:
    """60."""
    browser.log_in()
    other_browser.log_in()
    foreign = {"csrf_token": other_browser.csrf_token()}
    assert browser.post("/moderator/logout", foreign).status_code == 403


def test_json_brings_its_token_in_a_header_and_no_other_text_passes(
    browser: StaffBrowser, jisu: int
) -> None:
    """60."""
    browser.log_in()
    token = browser.csrf_token()
    headers = {"Origin": ISSUER, "X-CSRF-Token": token}
    as_text = browser.client.post(
        "/moderator/logout",
        data="{}",
        content_type="text/plain",
        headers=headers,
        base_url=ISSUER,
    )
    assert as_text.status_code == 403
    as_json = browser.client.post("/moderator/logout", json={}, headers=headers, base_url=ISSUER)
    assert as_json.status_code == 303


def test_the_referer_stands_in_for_a_missing_origin(browser: StaffBrowser, jisu: int) -> None:
    browser.log_in()
    answer = browser.client.post(
        "/moderator/logout",
        data={"csrf_token": browser.csrf_token()},
        headers={"Referer": f"{ISSUER}/moderator/"},
        base_url=ISSUER,
    )
    assert answer.status_code == 303


@pytest.mark.parametrize("path", ["/moderator/logout", "/moderator/second-factor/remove"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(browser: StaffBrowser, jisu: int, path: str, method: str) -> None:
    """61."""
    browser.log_in()
    answer = browser.client.open(
        path, method=method, headers={"X-HTTP-Method-Override": "POST"}, base_url=ISSUER
    )
    assert answer.status_code == 405
    assert browser.get("/moderator/").status_code == 200


def test_a_moderators_cookie_writes_no_comment_and_a_readers_token_opens_no_page(
    browser: StaffBrowser, jisu: int, reader: Callable[..., Reader]
) -> None:
    """62."""
    browser.log_in()
    comment = {"site": "demo", "article": {"key": "a"}, "body": "댓글"}
    answer = browser.client.post("/api/v1/comments", json=comment, base_url=ISSUER)
    assert answer.status_code == 401
    page = reader().call("GET", "/moderator/", base_url=ISSUER)
    assert page.status_code == 401


def test_what_is_sensitive_needs_a_login_of_the_last_quarter_of_an_hour(
    browser: StaffBrowser, jisu: int, now: Clock
) -> None:
    """63."""
    browser.log_in()
    now.advance(minutes=15)
    assert browser.submit("/moderator/second-factor").status_code == 200
    now.advance(minutes=1)
    form = {"csrf_token": browser.csrf_token()}
    page = browser.post("/moderator/second-factor", form)
    assert page.status_code == 401
    assert 'href="/moderator/login/twitter"' in page.text
    answer = browser.post("/moderator/second-factor", form, Accept="application/json")
    assert slug(answer) == "reauthentication-required"
    browser.log_in()
    assert browser.submit("/moderator/second-factor").status_code == 200


def test_somebody_without_a_role_gets_a_page_and_leaves_nothing(browser: StaffBrowser) -> None:
    """65."""
    page = browser.log_in(person("9999", name="Nobody"))
    assert page.status_code == 403
    assert page.mimetype == "text/html"
    assert browser.cookie is None
    assert (count(StaffSession), count(User)) == (0, 0)


def offer_in(page: TestResponse) -> dict[str, str]:
    return dict(re.findall(r'name="(offer)" value="([^"]*)"', page.text))


def invited(life: timedelta = timedelta(hours=24), role: Role = Role.ADMIN) -> str:
    return f"/moderator/accept/{staff.invite(role, site=None, life=life, now=NOON)}"


def test_an_invitation_is_looked_at_logged_in_through_and_accepted(browser: StaffBrowser) -> None:
    address = invited()
    assert browser.get(address, **{"Accept-Language": "en"}).status_code == 200
    asked = browser.log_in()
    assert asked.status_code == 200
    assert "@jisu" in asked.text
    assert browser.cookie is None
    accepted = browser.post(address, offer_in(asked))
    assert accepted.status_code == 302
    assert accepted.location == "/moderator/"
    page = browser.get("/moderator/", **{"Accept-Language": "en"})
    assert "Admin" in page.text
    assert actions() == ["staff.invited", "staff.role_granted", "staff.logged_in"]


def test_an_invitation_is_not_used_up_by_looking(
    browser: StaffBrowser, other_browser: StaffBrowser
) -> None:
    """66."""
    address = invited()
    for _ in range(3):
        assert other_browser.get(address).status_code == 200
    browser.get(address)
    assert browser.post(address, offer_in(browser.log_in())).status_code == 302


def test_an_invitation_works_once(browser: StaffBrowser, other_browser: StaffBrowser) -> None:
    """66."""
    address = invited()
    for each in (browser, other_browser):
        each.get(address)
    asked = browser.log_in()
    asked_too = other_browser.log_in(person("3001", name="민재", handle="minjae"))
    assert browser.post(address, offer_in(asked)).status_code == 302
    assert other_browser.post(address, offer_in(asked_too)).status_code == 410
    assert other_browser.get(address).status_code == 410
    assert len(staff.everybody()) == 1


def test_an_invitation_expires(browser: StaffBrowser, now: Clock) -> None:
    """66."""
    address = invited(timedelta(minutes=5))
    browser.get(address)
    asked = browser.log_in()
    now.advance(minutes=5)
    assert browser.get(address).status_code == 410
    assert browser.post(address, offer_in(asked)).status_code == 410
    assert staff.everybody() == ()


def test_an_offer_is_good_for_its_invitation_in_its_browser_alone(
    browser: StaffBrowser, other_browser: StaffBrowser
) -> None:
    address, another = invited(role=Role.MODERATOR), invited()
    browser.get(address)
    offer = offer_in(browser.log_in())
    other_browser.state_at_provider()
    assert other_browser.post(address, offer).status_code == 403
    assert browser.post(another, offer).status_code == 403
    assert browser.post(address, offer, Origin="https://news.example").status_code == 403
    assert browser.post(address, {}).status_code == 403
    assert staff.everybody() == ()


def test_a_made_up_invitation_is_not_found(browser: StaffBrowser) -> None:
    assert browser.get(f"/moderator/accept/{'x' * 43}").status_code == 404


def test_a_session_ends_after_an_idle_hour(browser: StaffBrowser, jisu: int, now: Clock) -> None:
    browser.log_in()
    for _ in range(3):
        now.advance(minutes=59)
        assert browser.get("/moderator/").status_code == 200
    now.advance(minutes=60)
    assert browser.get("/moderator/").status_code == 401


def test_a_session_ends_after_twelve_hours_however_busy(
    browser: StaffBrowser, jisu: int, now: Clock
) -> None:
    browser.log_in()
    for _ in range(14):
        now.advance(minutes=50)
        assert browser.get("/moderator/").status_code == 200
    now.advance(minutes=20)
    assert browser.get("/moderator/").status_code == 401


def test_logging_out_ends_the_session(
    browser: StaffBrowser, other_browser: StaffBrowser, jisu: int
) -> None:
    browser.log_in()
    kept = browser.cookie
    assert browser.submit("/moderator/logout").status_code == 303
    assert browser.cookie is None
    other_browser.bring_cookie(kept or "")
    assert other_browser.get("/moderator/").status_code == 401
    assert actions()[-1] == "staff.logged_out"


def test_a_moderator_ends_their_session_elsewhere_and_nobody_elses(
    browser: StaffBrowser, other_browser: StaffBrowser, jisu: int
) -> None:
    browser.log_in()
    other_browser.log_in()
    address = re.findall(r"/moderator/sessions/\d+/end", browser.get("/moderator/").text)
    assert len(address) == 1
    assert browser.submit(address[0]).status_code == 303
    assert other_browser.get("/moderator/").status_code == 401
    assert browser.submit(address[0]).status_code == 404


def test_declining_and_a_failing_provider_end_on_a_page(
    browser: StaffBrowser, jisu: int, providers: dict[str, FakeProvider]
) -> None:
    declined = browser.come_back(browser.state_at_provider(), error="access_denied")
    assert declined.status_code == 400
    providers["twitter"].answers["bad"] = ProviderError(Reason.UNAVAILABLE, step="token")
    failed = browser.come_back(browser.state_at_provider(), code="bad")
    assert failed.status_code == 400
    assert "Location" not in failed.headers
    assert count(StaffSession) == 0


def test_there_is_no_choosing_where_a_login_ends(browser: StaffBrowser) -> None:
    for query in ("next=//evil.example", "redirect_uri=https://evil.example"):
        assert browser.get(f"/moderator/login/twitter?{query}").status_code == 400
    assert browser.get("/moderator/login/other").status_code == 400
    assert browser.client.head("/moderator/login/twitter", base_url=ISSUER).status_code == 405
    assert count(PendingLogin) == 0


def enrol(browser: StaffBrowser, user_id: int, now: Clock) -> None:
    browser.log_in()
    assert browser.submit("/moderator/second-factor").status_code == 200
    code = code_of(user_id, now)
    assert browser.submit("/moderator/second-factor/confirm", code=code).status_code == 303


def test_a_wrong_first_code_shows_the_same_key_again(
    browser: StaffBrowser, jisu: int, now: Clock
) -> None:
    browser.log_in()
    key = re.compile("<code>([A-Z2-7 ]+)</code>")
    shown = browser.submit("/moderator/second-factor")
    again = browser.submit("/moderator/second-factor/confirm", code="000000")
    assert again.status_code == 422
    assert key.findall(shown.text) == key.findall(again.text) != []
    code = code_of(jisu, now)
    assert browser.submit("/moderator/second-factor/confirm", code=code).status_code == 303


def test_who_owes_a_code_can_log_out(browser: StaffBrowser, jisu: int, now: Clock) -> None:
    enrol(browser, jisu, now)
    browser.log_in()
    assert browser.submit("/moderator/logout").status_code == 303
    assert browser.get("/moderator/").status_code == 401


def test_who_has_a_second_factor_gives_a_code_at_each_login(
    browser: StaffBrowser, jisu: int, now: Clock
) -> None:
    enrol(browser, jisu, now)
    assert browser.get("/moderator/").status_code == 200
    now.advance(seconds=30)
    browser.log_in()
    owed = browser.get("/moderator/")
    assert (owed.status_code, owed.location) == (303, "/moderator/second-step")
    wrong = browser.submit("/moderator/second-step", code="000000")
    assert wrong.status_code == 422
    assert browser.get("/moderator/").status_code == 303
    code = code_of(jisu, now)
    assert browser.submit("/moderator/second-step", code=code).status_code == 303
    assert browser.get("/moderator/").status_code == 200
    assert "staff.second_factor_added" in actions()


def test_a_code_counts_as_a_fresh_login(browser: StaffBrowser, jisu: int, now: Clock) -> None:
    """63."""
    enrol(browser, jisu, now)
    now.advance(minutes=16)
    assert browser.submit("/moderator/second-factor/remove").status_code == 401
    browser.submit("/moderator/second-step", code=code_of(jisu, now))
    assert browser.submit("/moderator/second-factor/remove").status_code == 303
    assert not totp.is_enrolled(jisu)


def test_nobody_without_the_code_removes_or_replaces_the_second_factor(
    browser: StaffBrowser, other_browser: StaffBrowser, jisu: int, now: Clock
) -> None:
    enrol(browser, jisu, now)
    other_browser.log_in()
    assert other_browser.submit("/moderator/second-factor").status_code == 404
    other_browser.submit("/moderator/second-factor/remove")
    assert totp.is_enrolled(jisu)


class TestWhereASecondFactorIsRequired:
    @pytest.fixture
    def settings(self, database_url: str) -> Settings:
        return settings_for(database_url, staff_totp="required")

    def test_a_moderator_without_one_sets_it_up_first(
        self, browser: StaffBrowser, jisu: int, now: Clock
    ) -> None:
        browser.log_in()
        assert browser.get("/moderator/").location == "/moderator/second-step"
        enrol(browser, jisu, now)
        assert browser.get("/moderator/").status_code == 200


def test_the_pages_speak_korean(browser: StaffBrowser, jisu: int) -> None:
    browser.log_in()
    page = browser.get("/moderator/", **{"Accept-Language": "ko"})
    assert '<html lang="ko">' in page.text
    assert "로그아웃" in page.text


def test_the_login_leads_to_the_provider_and_back_here(browser: StaffBrowser) -> None:
    sent = browser.get("/moderator/login/twitter")
    target = urlsplit(sent.location)
    assert target.hostname == "twitter.example"
    assert query_of(sent.location)["redirect_uri"] == f"{ISSUER}/oauth/callback/twitter"
    assert sent.headers["Cache-Control"] == "no-store"
