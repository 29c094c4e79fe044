"""The pages on which the desk closes articles, schedules, pins, and puts comments out of sight."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from comments_service.services import sites
from tests.api.moderator.conftest import StaffBrowser
from tests.readers import Reader
from tests.small_app import NEWS, NOON, Clock

ARTICLE = "nato-2026-11"
PAGE = f"/moderator/articles/settings?site=demo&article={ARTICLE}"


@pytest.fixture
def desk(browser: StaffBrowser, jisu: int) -> StaffBrowser:
    browser.log_in()
    return browser


def save(desk: StaffBrowser, **fields: str) -> int:
    form = {"site": "demo", "article": ARTICLE, "status": "open", "pinned": "", **fields}
    return desk.submit("/moderator/articles/settings", **form).status_code


def test_the_list_finds_an_article_by_a_word(
    desk: StaffBrowser, reader: Callable[..., Reader]
) -> None:
    reader().post("글", article="hill")
    reader().post("글", article="ferry")
    assert "ferry" in desk.get("/moderator/articles?site=demo").text
    found = desk.get("/moderator/articles?site=demo&q=hil").text
    assert "hill" in found
    assert "ferry" not in found


def test_a_form_closes_an_article_and_says_that_it_is_saved(
    desk: StaffBrowser, reader: Callable[..., Reader]
) -> None:
    assert save(desk, status="closed", slow_mode_seconds="30") == 303
    page = desk.get(f"{PAGE}&saved=1", **{"Accept-Language": "ko"}).text
    assert "저장했습니다." in page
    assert 'value="closed" checked' in page
    assert reader().post("닫힌 뒤").status_code == 409


def test_a_scheduled_window_is_in_koreas_time_and_can_be_taken_out(
    desk: StaffBrowser, now: Clock
) -> None:
    save(desk, starts_at="2026-11-25T09:00", ends_at="2026-11-25T18:00", window_status="closed")
    assert "2026-11-25 09:00 – 2026-11-25 18:00" in desk.get(PAGE).text
    save(desk, drop="0")
    assert "2026-11-25 09:00" not in desk.get(PAGE).text


def test_a_comment_is_pinned_by_its_address(
    desk: StaffBrowser, reader: Callable[..., Reader]
) -> None:
    comment = reader().post("위에 둘 글").get_json()
    assert save(desk, pinned=comment["permalink"]) == 303
    assert f'value="{comment["id"]}"' in desk.get(PAGE).text


@pytest.mark.parametrize(
    "fields",
    [
        {"slow_mode_seconds": "-1"},
        {"slow_mode_seconds": "a while"},
        {"pinned": "the first"},
        {"pinned": "12"},
        {"starts_at": "2026-11-25T09:00"},
        {"starts_at": "2026-11-25T09:00", "ends_at": "2026-11-25T08:00"},
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_saved(
    desk: StaffBrowser, fields: dict[str, str]
) -> None:
    refused = desk.submit(
        "/moderator/articles/settings",
        **{"site": "demo", "article": ARTICLE, "status": "closed", **fields},
    )
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.text
    assert all(value in refused.text for value in fields.values())
    assert "closed" not in desk.get("/moderator/articles?site=demo").text.lower()


def test_no_other_sites_pages_are_there(desk: StaffBrowser) -> None:
    sites.create("hill", name="Hill", origins=[NEWS], now=NOON)
    for path in ("articles", "articles/settings", "blinds"):
        assert desk.get(f"/moderator/{path}?site=hill&article=a").status_code == 404
    assert save(desk, site="hill") == 404


def test_a_temporary_blind_goes_through_its_steps(
    desk: StaffBrowser, reader: Callable[..., Reader], now: Clock
) -> None:
    comment = reader().post("그 사람에 관한 글").get_json()["id"]
    request = {"site": "demo", "comment": comment, "requester": "대리인", "reason": "명예 훼손"}
    assert desk.submit("/moderator/blinds", **request).status_code == 303
    page = desk.get("/moderator/blinds?site=demo", **{"Accept-Language": "ko"}).text
    assert "그 사람에 관한 글" in page
    assert "2026-12-24 21:00" in page
    step = f"/moderator/blinds/{comment}"
    assert desk.submit(step, site="demo", step="objection", text="사실입니다").status_code == 303
    assert "사실입니다" in desk.get("/moderator/blinds?site=demo").text
    assert desk.submit(step, site="demo", step="restore").status_code == 303
    again = desk.submit(step, site="demo", step="restore")
    assert again.status_code == 409


def test_a_blind_that_cannot_be_is_refused_with_what_was_typed(desk: StaffBrowser) -> None:
    request = {"site": "demo", "comment": "12", "requester": "대리인", "reason": "명예 훼손"}
    refused = desk.submit("/moderator/blinds", **request)
    assert refused.status_code == 404
    assert "대리인" in refused.text


def test_a_correction_is_noted_in_koreas_time(desk: StaffBrowser) -> None:
    assert save(desk, updated_at="2026-11-24T18:00") == 303
    assert "2026-11-24 18:00" in desk.get(PAGE).text
    assert save(desk, updated_at="2026-11-24T18:00") == 303
    assert save(desk, updated_at="") == 303
    assert "2026-11-24 18:00" not in desk.get(PAGE).text
