"""The moderators' queue and people, in a browser without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from comments_service.models import Article, ArticleStatus, db
from comments_service.services import articles, queues, staff
from comments_service.services.identities import IdentityKey
from comments_service.services.sites import SiteView
from comments_service.services.staff import Role
from comments_service.services.transaction import transaction
from tests.api.moderator.conftest import PEPPER, StaffBrowser
from tests.problems import slug
from tests.readers import Reader
from tests.small_app import NOON, person

MINJAE = person("2002", name="민재", handle="minjae")
KO = {"Accept-Language": "ko"}

Readers = Callable[..., Reader]


@pytest.fixture
def desk(browser: StaffBrowser, jisu: int) -> StaffBrowser:
    browser.log_in()
    return browser


@pytest.fixture
def colleague(other_browser: StaffBrowser, site: SiteView) -> StaffBrowser:
    staff.grant(
        IdentityKey("twitter", "", "2002"), Role.MODERATOR, site="demo", pepper=PEPPER, now=NOON
    )
    other_browser.log_in(MINJAE)
    return other_browser


@pytest.fixture(autouse=True)
def premoderated(app: Flask, site: SiteView) -> None:
    """Everything under the article waits for a moderator."""
    with transaction() as session:
        row = articles.lock(site, "nato-2026-11", url=None, title=None, now=NOON)
        session.get_one(Article, row.id).status = ArticleStatus.PREMODERATED
    db.session.remove()


def held(who: Reader, text: str = "자전거 도로가 필요합니다") -> str:
    answer = who.post(text)
    assert answer.status_code == 202, answer.text
    return str(answer.get_json()["id"])


def decide(browser: StaffBrowser, comment: str, decision: str, **fields: str) -> TestResponse:
    """The form of a comment's card."""
    back = "/moderator/queue/held?site=demo"
    form = {"comment_id": comment, f"seen-{comment}": "held", "back": back, **fields}
    return browser.submit("/moderator/queue/decisions?site=demo", decision=decision, **form)


def test_the_queue_leads_to_what_is_held(desk: StaffBrowser) -> None:
    answer = desk.get("/moderator/queue?site=demo")
    assert answer.location == "/moderator/queue/held?site=demo"
    assert desk.get("/moderator/queue/nonsense").status_code == 404
    assert desk.get("/moderator/queue/held?site=other").status_code == 404


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    "tab", ["held", "reported", "appealed", "published", "rejected", "removed"]
)
def test_each_tab_is_a_page_in_each_language(desk: StaffBrowser, tab: str, language: str) -> None:
    page = desk.get(f"/moderator/queue/{tab}", **{"Accept-Language": language})
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.text


def test_a_card_says_what_there_is_to_know(desk: StaffBrowser, reader: Readers) -> None:
    reader("<b>하나</b>").post("연락은 010-1234-5678 <i>로</i>")
    page = desk.get("/moderator/queue/rejected?site=demo", **KO).text
    assert "&lt;b&gt;하나&lt;/b&gt;" in page
    assert re.search("<mark>[^<]*<sup>2</sup></mark>", page)
    assert "010-1234-5678" not in page
    assert "&lt;i&gt;로&lt;/i&gt;" in page
    assert "오늘 가입" in page
    assert "v1" in page


def test_tabs_count_as_far_as_it_matters(
    desk: StaffBrowser, reader: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "ON_TABS", 2)
    who = reader()
    for shown in ("1", "2+", "2+"):
        held(who)
        page = desk.get("/moderator/queue/held?site=demo").text
        assert f'<span class="n">{shown}</span>' in page


def test_a_decision_leads_back_with_the_undo_bar(desk: StaffBrowser, reader: Readers) -> None:
    comment = held(reader("김하나"))
    answer = decide(desk, comment, "approve")
    assert answer.status_code == 303
    assert answer.location.startswith("/moderator/queue/held?site=demo&batch=")
    page = desk.get(answer.location, **KO).text
    assert "승인함" in page
    assert f'id="card-{comment}"' not in page
    batch = re.search(r'name="batch_id" value="(\d+)"', page)
    assert batch is not None
    undone = desk.submit("/moderator/queue/undo?site=demo", batch_id=batch[1])
    assert undone.status_code == 303
    assert f'id="card-{comment}"' in desk.get(undone.location).text


def test_whoever_is_late_is_told_who_was_first(
    desk: StaffBrowser, colleague: StaffBrowser, reader: Readers
) -> None:
    comment = held(reader("김하나"))
    decide(colleague, comment, "approve")
    late = decide(desk, comment, "reject", reason="other", note="광고")
    assert late.status_code == 409
    assert "민재 decided this" in unescape(late.text)
    assert "Your decision was not applied." in late.text
    assert f"/moderator/comments/{comment}" in late.text


def test_a_rejection_without_a_note_for_other_is_not_applied(
    desk: StaffBrowser, reader: Readers
) -> None:
    comment = held(reader())
    wrong = decide(desk, comment, "reject", reason="other")
    assert wrong.status_code == 422
    assert "needs a note" in wrong.text
    assert f'id="card-{comment}"' in wrong.text


def test_several_are_decided_at_once_and_the_late_one_is_told(
    desk: StaffBrowser, colleague: StaffBrowser, reader: Readers
) -> None:
    hana = reader("김하나")
    comments = [held(hana, f"자전거 {number}") for number in range(3)]
    decide(colleague, comments[1], "approve")
    form: dict[str, str | list[str]] = {
        "csrf_token": desk.csrf_token(),
        "decision": "no",
        "reason": "other",
        "note": "광고",
        "comment_id": comments,
        **{f"seen-{each}": "held" for each in comments},
    }
    answer = desk.client.post(
        "/moderator/queue/decisions?site=demo",
        data=form,
        headers={"Origin": "https://comments.example", "Accept": "text/html"},
        base_url="https://comments.example",
    )
    assert answer.status_code == 409
    assert "2 decisions were applied, 1 were not." in answer.text
    assert 'name="batch_id"' in answer.text


def test_a_form_comes_back_to_our_own_pages_alone(desk: StaffBrowser, reader: Readers) -> None:
    for back in ("https://evil.example/", "//evil.example/", "/moderator/\\evil", "/other"):
        comment = held(reader())
        answer = decide(desk, comment, "approve", back=back)
        assert answer.location.startswith("/moderator/queue/held?site=demo"), back


def test_a_comments_page_has_its_history_thread_and_writer(
    desk: StaffBrowser, reader: Readers
) -> None:
    hana = reader("김하나")
    first, second = held(hana), held(hana, "버스가 늦습니다")
    decide(desk, first, "approve")
    page = unescape(desk.get(f"/moderator/comments/{first}?site=demo").text)
    assert "Approved by 지수" in page
    assert "버스가 늦습니다" in page
    assert f"/moderator/people/{hana.user_id}" in page
    assert desk.get(f"/moderator/comments/{second}?site=demo", **KO).status_code == 200
    assert desk.get("/moderator/comments/1?site=demo").status_code == 404


def test_colleagues_see_who_is_looking(
    desk: StaffBrowser, colleague: StaffBrowser, reader: Readers
) -> None:
    comment = held(reader())
    seen = colleague.submit("/moderator/queue/glance?site=demo", comment_id=comment)
    assert seen.status_code == 204
    assert "민재 님이 보는 중" in desk.get("/moderator/queue/held", **KO).text
    assert "보는 중" not in colleague.get("/moderator/queue/held", **KO).text


def test_a_person_is_found_noted_and_suspended(desk: StaffBrowser, reader: Readers) -> None:
    hana = reader("김하나")
    held(hana)
    page = desk.get("/moderator/people?site=demo&q=김하", **KO).text
    assert f"/moderator/people/{hana.user_id}" in page
    path = f"/moderator/people/{hana.user_id}"
    desk.submit(f"{path}/notes?site=demo", text="한 번 주의를 주었음")
    answer = desk.submit(f"{path}/suspensions?site=demo", until="7", reason="other", note="도배")
    assert answer.status_code == 303
    page = desk.get(f"{path}?site=demo", **KO).text
    assert "한 번 주의를 주었음" in page
    assert "2026-12-01 21:00까지 정지" in page
    refused = hana.post("또 씁니다")
    assert slug(refused) == "account-suspended"
    suspension = re.search(r"/moderator/suspensions/(\d+)/lift", page)
    assert suspension is not None
    desk.submit(f"{suspension[0]}?site=demo", user_id=hana.user_id)
    assert hana.post("다시 씁니다").status_code == 202


def test_the_last_hours_of_a_person_are_rejected_together(
    desk: StaffBrowser, reader: Readers
) -> None:
    hana = reader("김하나")
    for number in range(3):
        held(hana, f"자전거 {number}")
    path = f"/moderator/people/{hana.user_id}"
    answer = desk.submit(f"{path}/reject-recent?site=demo", hours="24", reason="other", note="도배")
    assert answer.status_code == 303
    page = desk.get(answer.location, **KO).text
    assert "거절함: 댓글 3개" in page
    assert desk.get("/moderator/queue/held?site=demo", **KO).text.count('data-row="') == 0
    batch = re.search(r'name="batch_id" value="(\d+)"', page)
    assert batch is not None
    desk.submit("/moderator/queue/undo?site=demo", batch_id=batch[1])
    assert desk.get("/moderator/queue/held?site=demo", **KO).text.count('data-row="') == 3


def test_only_an_admin_gives_roles(desk: StaffBrowser, reader: Readers, app: Flask) -> None:
    hana = reader("김하나")
    held(hana)
    path = f"/moderator/people/{hana.user_id}"
    assert "roles" not in desk.get(f"{path}?site=demo").text.split("<main")[1].split("</main")[0]
    assert desk.submit(f"{path}/roles?site=demo", role="moderator").status_code == 403
    staff.grant(
        IdentityKey("twitter", "", "2001"), Role.ADMIN, site="demo", pepper=PEPPER, now=NOON
    )
    desk.log_in()
    answer = desk.submit(f"{path}/roles?site=demo", role="moderator")
    assert answer.status_code == 303
    assert [view.role for view in staff.roles_of(int(hana.user_id))] == [Role.MODERATOR]
    desk.submit(f"{path}/roles?site=demo")
    assert staff.roles_of(int(hana.user_id)) == ()
