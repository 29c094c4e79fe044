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
from tests.rows import put_article, put_comment
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


def test_another_sites_comment_is_not_there_for_a_moderator(desk: StaffBrowser) -> None:
    """64: on the API and on the pages, read, decided about, blinded or undone."""
    other = sites.create("other", name="Other", origins=[], now=NOON)
    comment = put_comment(put_article(other, "a"), name="하나", body="파도가 높습니다.")
    headers = {"X-CSRF-Token": desk.csrf_token(), "Origin": ISSUER}

    def ask(method: str, path: str, **json: object) -> TestResponse:
        return desk.client.open(
            f"/api/v1/moderation/{path}",
            method=method,
            json=json or None,
            headers=headers,
            base_url=ISSUER,
        )

    wanted = {"comment_id": str(comment), "decision": "remove", "seen_status": "published"}
    decided = ask("POST", "decisions", decisions=[{**wanted, "reason": "1.1"}]).get_json()
    unknown = ask("POST", "decisions", decisions=[{**wanted, "comment_id": "1", "reason": "1.1"}])
    (of_another,), (of_none,) = decided["results"], unknown.get_json()["results"]
    assert of_another["code"] == 404
    assert of_another == {**of_none, "comment_id": str(comment)}
    assert slug(ask("POST", f"decisions/{decided['batch_id']}/undo")) == "not-found"
    assert slug(ask("GET", f"comments/{comment}")) == "not-found"
    blind = ask("POST", f"comments/{comment}/blind", requester="대리인", reason="명예훼손")
    assert slug(blind) == "not-found"
    for site in ("demo", "other"):
        assert desk.get(f"/moderator/comments/{comment}?site={site}").status_code == 404
    assert desk.get(f"/api/v1/comments/{comment}").get_json()["body"] == "파도가 높습니다."


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
