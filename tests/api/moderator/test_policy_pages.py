"""The desk on which a policy is read, changed, tried, back-tested, published and put back."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

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


BY_CLAUSE = {"by": "clause"}
NEW_CLAUSE = {
    "new:id": "9.1",
    "new:title:ko": "새",
    "new:title:en": "Birds",
    "new:text:ko": "새 이야기는 싣지 않습니다.",
    "new:text:en": "No birds.",
    "new:action": "reject",
    "new:words": f"{WORD}\r\n\r\n두루미",
    "new:message:ko": "새는 안 됩니다.",
    "new:message:en": "No birds here.",
}


class Fields(HTMLParser):
    """What a browser would send of the form with the id `editor`, left as it is."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self._inside, self._writing, self._choosing = False, "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        name = own.get("name") or ""
        if tag == "form":
            self._inside = own.get("id") == "editor"
        elif self._inside and tag == "input" and own.get("type") != "checkbox":
            self.sent[name] = own.get("value") or ""
        elif self._inside and tag == "textarea":
            self._writing = name
            self.sent[name] = ""
        elif self._inside and tag == "select":
            self._choosing = name
        elif self._inside and tag == "option" and "selected" in own:
            self.sent[self._choosing] = own["value"] or ""

    def handle_data(self, data: str) -> None:
        if self._writing:
            self.sent[self._writing] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._writing = ""
        elif tag == "form":
            self._inside = False


def fields_of(page: str) -> dict[str, str]:
    fields = Fields()
    fields.feed(page)
    return fields.sent


def document(desk: StaffBrowser, version: int) -> dict[str, Any]:
    policy = desk.get(f"/api/v1/moderation/policies/{version}?site=demo").get_json()["policy"]
    return dict(policy)


def test_a_form_that_nobody_touched_changes_nothing(desk: StaffBrowser) -> None:
    sent = fields_of(text_of(desk, f"{EDIT}?by=clause"))
    assert sent["3.1:0:action"] == "reject"
    assert sent["3.1:2:threshold"] == "0.5"
    assert desk.submit(EDIT, **sent, do="save").status_code == 303
    assert document(desk, 2) == {"format": 1, "extends": "default", "clauses": []}


def test_a_clause_is_changed_added_and_taken_out_by_form(desk: StaffBrowser) -> None:
    sent = fields_of(text_of(desk, f"{EDIT}?by=clause"))
    changes = {"3.1:0:action": "hold", "3.1:1:action": "off", "3.1:2:threshold": "0.8"}
    changes |= {"3.1:2:except": "괜찮은 말", "3.1:title:en": "Abuse", "3.9:drop": "on"}
    tried = desk.submit(EDIT, **{**sent, **changes, **NEW_CLAUSE}, do="try", texts=f"{WORD}가 왔다")
    assert f"<mark>{WORD}</mark>" in tried.text
    assert "9.1 No birds here." in tried.text
    sent = fields_of(tried.text) | {"3.9:drop": "on"}  # the page keeps what was filled in
    saved = desk.submit(EDIT, **sent, do="save")
    assert saved.status_code == 303
    assert saved.location.endswith("by=clause")
    made = document(desk, 2)
    assert made["without"] == ["3.9"]
    assert [clause["id"] for clause in made["clauses"]] == ["3.1", "9.1"]
    abuse, birds = made["clauses"]
    assert abuse["title"]["en"] == "Abuse"
    assert [(use["filter"], use["action"]) for use in abuse["filters"]] == [
        ("words", "hold"),
        ("classifier", "hold"),
    ]
    assert (abuse["filters"][1]["threshold"], abuse["filters"][1]["except"]) == (0.8, ["괜찮은 말"])
    assert birds["filters"][0]["words"] == [WORD, "두루미"]


def test_what_is_wrong_in_the_form_is_told_by_clause(desk: StaffBrowser) -> None:
    sent = fields_of(text_of(desk, f"{EDIT}?by=clause"))
    answer = desk.submit(EDIT, **{**sent, "3.1:2:threshold": "viel", "3.2:text:ko": " "}, do="save")
    assert answer.status_code == 422
    page = answer.text
    assert "<code>3.1 filters/2/threshold</code>" in page
    assert "<code>3.2 text/ko</code>" in page
    assert 'value="viel"' in page
