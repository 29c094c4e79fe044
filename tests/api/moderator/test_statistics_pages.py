"""The pages of statistics: charts without styles of their own, tables, files of all numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date

import pytest

from comments_service.services import rejudgements, sites
from comments_service.services.sites import SiteView
from comments_service.services.statistics import Day
from comments_service.web.http import csv_file
from comments_service.web.moderator import charts
from tests.api.desk import one
from tests.api.gulls import hold_gulls
from tests.api.moderator.conftest import StaffBrowser
from tests.api.services import service
from tests.readers import Reader
from tests.small_app import NEWS, NOON


@pytest.fixture
def desk(
    browser: StaffBrowser, jisu: int, reader: Callable[..., Reader], site: SiteView
) -> StaffBrowser:
    browser.log_in()
    hold_gulls(site)
    hana = reader()
    hana.post("좋은 글입니다")
    comment = hana.post("갈매기가 왔습니다.").get_json()["id"]
    maker = service(browser.client.application, "moderation:write", site="demo")
    one(maker, comment, "reject", "held", "other", note="-")
    return browser


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix(csv_file.BOM))))


def test_the_charts_have_no_style_of_their_own_and_a_table_beneath(desk: StaffBrowser) -> None:
    page = desk.get("/moderator/statistics?site=demo", **{"Accept-Language": "ko"}).text
    assert "style=" not in page
    assert page.count('<svg class="chart" role="img"') == 4
    assert page.count("<summary>표") == 4
    assert "2개 가운데 50.0%가 바로 게시되었습니다." in page


def test_all_numbers_are_in_the_file(desk: StaffBrowser) -> None:
    answer = desk.get("/moderator/statistics/export?site=demo&days=7")
    found = {(row["table"], row["name"], row["measure"]): row["value"] for row in rows(answer.text)}
    assert found["days", "2026-11-24", "published"] == "1"
    assert found["decisions", "reject", "count"] == "1"
    assert found["appeals", "", "filed"] == "0"


def test_the_report_of_a_month_is_a_page_and_a_file(desk: StaffBrowser) -> None:
    page = desk.get(
        "/moderator/statistics/transparency?site=demo&month=2026-11", **{"Accept-Language": "ko"}
    ).text
    assert "월간 투명성 보고서" in page
    assert "댓글 거절" in page
    file = desk.get("/moderator/statistics/transparency/export?site=demo&month=2026-11")
    assert "transparency-demo-2026-11.csv" in file.headers["Content-Disposition"]
    assert {"table": "actions", "measure": "comment.rejected", "value": "1"} in rows(file.text)
    refused = desk.get("/moderator/statistics/transparency?site=demo&month=2027-01")
    assert refused.status_code == 422


def test_a_second_look_shows_the_words_and_not_the_decision(
    desk: StaffBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rejudgements, "ONE_IN", 1)
    page = desk.get("/moderator/statistics/sample?site=demo", **{"Accept-Language": "ko"}).text
    assert "갈매기가 왔습니다." in page
    assert "거절" not in page
    number = page.partition('name="decision" value="')[2].partition('"')[0]
    answer = desk.submit("/moderator/statistics/sample", site="demo", decision=number, answer="not")
    assert answer.status_code == 303
    page = desk.get("/moderator/statistics/sample?site=demo", **{"Accept-Language": "ko"}).text
    assert "다시 판단할 댓글이 없습니다." in page


def test_another_sites_pages_are_not_there(desk: StaffBrowser) -> None:
    sites.create("hill", name="Hill", origins=[NEWS], now=NOON)
    for path in ("", "/export", "/sample", "/transparency", "/transparency/export"):
        assert desk.get(f"/moderator/statistics{path}?site=hill").status_code == 404


@pytest.mark.parametrize(
    ("value", "expected"), [(0, 1), (1, 1), (3, 5), (7, 10), (101, 200), (4_999, 5_000)]
)
def test_a_scale_ends_at_a_round_number(value: float, expected: float) -> None:
    assert charts.nice(value) == expected


def test_bars_stand_upon_each_other_and_within_the_chart() -> None:
    days = [Day(date(2026, 11, 1), 60, 30, 10, 0, None, None)] * 30
    chart = charts.volume(days)
    for bar in chart.bars:
        lower, middle, upper = bar.pieces
        assert lower.y + lower.height == charts.BASE
        assert middle.y + middle.height == pytest.approx(lower.y)
        assert upper.y == charts.TOP
        assert charts.LEFT <= bar.x < bar.x + bar.width <= charts.RIGHT
    assert sum(bool(bar.label) for bar in chart.bars) <= charts.MOST_LABELS


def test_a_line_stops_where_a_day_has_no_decision() -> None:
    values = [60.0, 120.0, None, 60.0]
    days = [Day(date(2026, 11, 1), 0, 0, 0, 1, value, value) for value in values]
    _p95, median = charts.durations(days).series
    assert [len(run) for run in median] == [2, 1]
