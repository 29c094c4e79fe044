"""The desk on which a policy is read, changed, tried, back-tested, published and put back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import update

from comments_service.models import Site
from comments_service.services import jobs, policies, sites, staff
from comments_service.services.identities import IdentityKey
from comments_service.services.job_runners import RUNNERS
from comments_service.services.sites import SiteView
from comments_service.services.staff import Role
from comments_service.services.transaction import transaction
from tests.api.moderator.conftest import PEPPER, StaffBrowser
from tests.readers import Reader
from tests.small_app import NEWS, NOON, Clock, person

EDIT = "/moderator/policies/demo/edit"
WORD = "갈매기"
DRAFT = f"""
format: 1
extends: default
clauses:
  - id: "9.1"
    title: {{ko: "새", en: "Birds"}}
    text: {{ko: "새 이야기는 싣지 않습니다.", en: "No birds."}}
    filters:
      - filter: words
        action: reject
        words: ["{WORD}"]
        message: {{ko: "새는 안 됩니다.", en: "No birds here."}}
"""


@pytest.fixture
def desk(browser: StaffBrowser, jisu: int) -> StaffBrowser:
    browser.log_in()
    return browser


def save(desk: StaffBrowser, source: str = DRAFT, **more: str) -> str:
    answer = desk.submit(EDIT, source=source, do="save", **more)
    assert answer.status_code == 303, answer.text
    location: str = answer.location
    return location


def text_of(desk: StaffBrowser, path: str) -> str:
    return desk.get(path, **{"Accept-Language": "ko"}).text


def test_a_word_is_drafted_tried_backtested_published_and_put_back(
    desk: StaffBrowser, reader: Callable[..., Reader], now: Clock, site: SiteView
) -> None:
    hana = reader()
    for number in range(3):
        hana.post(f"{WORD} {number}마리가 부두에 앉았습니다.")
    hana.post("파도가 높습니다.")

    tried = desk.submit(EDIT, source=DRAFT, do="try", texts=f"{WORD}가 왔다\n파도가 높다")
    assert tried.status_code == 200
    assert f"<mark>{WORD}</mark>" in tried.text
    assert "9.1 No birds here." in tried.text

    assert save(desk, note="새를 막는다").startswith(f"{EDIT}?version=2")
    page = text_of(desk, f"{EDIT}?version=2")
    assert "v2" in page
    assert "9.1" in page
    assert "추가" in page

    begun = desk.submit("/moderator/policies/demo/2/backtest", days="30")
    assert begun.status_code == 303
    assert 'data-poll="2"' in text_of(desk, f"{EDIT}?version=2")
    assert jobs.run_next(RUNNERS, clock=now) is True
    page = text_of(desk, f"{EDIT}?version=2")
    assert "data-poll" not in page
    assert "댓글 3개의 처리가 바뀝니다" in page
    assert f"{WORD} 0마리가" in page

    assert desk.submit("/moderator/policies/demo/2/publish").status_code == 303
    refused = hana.post(f"{WORD}가 또 왔습니다.")
    assert refused.status_code == 422
    assert refused.get_json()["findings"][0]["clause"] == "9.1"
    assert policies.version_in_force(site.id) == 2

    assert desk.submit("/moderator/policies/demo/1/publish").location.endswith("published=3")
    assert hana.post(f"{WORD}가 다시 왔습니다.").status_code == 201


def test_a_mistake_is_told_with_its_line_and_what_was_typed_stays(desk: StaffBrowser) -> None:
    wrong = DRAFT.replace("action: reject", "action: shout")
    refused = desk.submit(EDIT, source=wrong, do="save", note="메모")
    assert refused.status_code == 422
    assert "line 10" in refused.text
    assert "action: shout" in refused.text
    assert 'value="메모"' in refused.text


def test_a_draft_judges_nothing(desk: StaffBrowser, reader: Callable[..., Reader]) -> None:
    save(desk)
    assert reader().post(f"{WORD}가 왔습니다.").status_code == 201


def test_where_the_site_wants_it_somebody_else_publishes(
    desk: StaffBrowser, other_browser: StaffBrowser, site: SiteView
) -> None:
    with transaction() as session:
        session.execute(
            update(Site).where(Site.id == site.id).values(settings={"policy_second_person": True})
        )
    save(desk)
    assert "Somebody who did not write this draft" in desk.get(f"{EDIT}?version=2").text
    refused = desk.submit("/moderator/policies/demo/2/publish")
    assert refused.status_code == 409
    staff.grant(
        IdentityKey("twitter", "", "2002"), Role.MODERATOR, site="demo", pepper=PEPPER, now=NOON
    )
    other_browser.log_in(person("2002", name="민재"))
    assert other_browser.submit("/moderator/policies/demo/2/publish").status_code == 303
    assert policies.version_in_force(site.id) == 2
    assert desk.submit("/moderator/policies/demo/1/publish").status_code == 303


def test_a_document_over_the_api_is_shown_a_line_for_each_thing(
    desk: StaffBrowser, site: SiteView
) -> None:
    policies.draft(site.id, {"format": 1, "extends": "default"}, note=None, now=NOON)
    assert "&#34;format&#34;: 1,\n" in desk.get(f"{EDIT}?version=2").text


def test_the_versions_are_listed_with_what_they_are(desk: StaffBrowser) -> None:
    save(desk, note="첫 초안")
    desk.submit("/moderator/policies/demo/2/publish")
    save(desk, note="둘째 초안")
    page = text_of(desk, "/moderator/policies?site=demo")
    assert page.index("<b>v3</b>") < page.index("<b>v2</b>") < page.index("<b>v1</b>")
    assert "둘째 초안" in page
    assert "v1로 되돌리기" in page


@pytest.mark.parametrize("version", ["9", "x", "99999999999"])
def test_a_version_that_is_not_there(desk: StaffBrowser, version: str) -> None:
    answer = desk.get(f"{EDIT}?version={version}")
    assert answer.status_code == (404 if version == "9" else 200)


def test_another_sites_policies_are_not_there(desk: StaffBrowser) -> None:
    sites.create("hill", name="Hill", origins=[NEWS], now=NOON)
    assert desk.get("/moderator/policies/hill/edit").status_code == 404
    assert desk.submit("/moderator/policies/hill/1/publish").status_code == 404
    assert desk.submit("/moderator/policies/hill/1/backtest").status_code == 404
