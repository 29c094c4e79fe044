"""A moderator's session on the API: it opens the routes for moderators, on their sites, and no
others; what changes something must come from a page of the session."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from comments_service.services import sites, staff
from comments_service.services.staff import Role
from tests.api.moderator.conftest import StaffBrowser
from tests.api.oauth.conftest import ISSUER
from tests.problems import slug
from tests.readers import Reader
from tests.small_app import NOON, Clock

POLICIES = "/api/v1/moderation/policies"
DRAFT = {"site": "demo", "policy": {"format": 1, "extends": "default", "clauses": []}}


@pytest.fixture
def desk(browser: StaffBrowser, jisu: int) -> StaffBrowser:
    browser.log_in()
    return browser


def send(browser: StaffBrowser, method: str, path: str, **headers: str) -> TestResponse:
    return browser.client.open(path, method=method, json=DRAFT, headers=headers, base_url=ISSUER)


def test_a_session_reads_what_moderators_read_on_their_own_site(desk: StaffBrowser) -> None:
    sites.create("other", name="Other", origins=[], now=NOON)
    assert desk.get(f"{POLICIES}?site=demo").status_code == 200
    assert slug(desk.get(f"{POLICIES}?site=other")) == "not-found"


def test_a_change_needs_the_pages_token_and_our_own_origin(desk: StaffBrowser) -> None:
    token = desk.csrf_token()
    assert slug(send(desk, "POST", POLICIES, Origin=ISSUER)) == "csrf"
    assert slug(send(desk, "POST", POLICIES, **{"X-CSRF-Token": token})) == "csrf"
    stranger = {"X-CSRF-Token": token, "Origin": "https://news.example"}
    assert slug(send(desk, "POST", POLICIES, **stranger)) == "csrf"
    own = {"X-CSRF-Token": token, "Origin": ISSUER}
    assert send(desk, "POST", POLICIES, **own).status_code == 201


def test_a_foreign_page_reads_nothing_with_the_cookie(desk: StaffBrowser) -> None:
    answer = desk.get(f"{POLICIES}?site=demo", Origin="https://news.example")
    assert slug(answer) == "origin-not-allowed"


def test_a_session_is_nobody_on_a_readers_route(desk: StaffBrowser) -> None:
    assert slug(desk.get("/api/v1/me")) == "unauthenticated"


def test_a_readers_token_moderates_nothing(reader: Callable[..., Reader]) -> None:
    answer = reader().call("GET", f"{POLICIES}?site=demo")
    assert (answer.status_code, slug(answer)) == (403, "insufficient-scope")


def test_a_role_taken_away_closes_the_api_at_once(
    desk: StaffBrowser, jisu: int, now: Clock
) -> None:
    staff.revoke(jisu, role=Role.MODERATOR, site="demo", now=NOON, force=True)
    assert desk.get(f"{POLICIES}?site=demo").status_code in {401, 403}
    assert slug(desk.get(f"{POLICIES}?site=demo")) == "unauthenticated"


def test_a_session_that_is_over_is_nobody(desk: StaffBrowser, now: Clock) -> None:
    now.advance(minutes=61)
    assert slug(desk.get(f"{POLICIES}?site=demo")) == "unauthenticated"
