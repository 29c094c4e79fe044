"""The page of the audit log, and what is taken home from it."""

from __future__ import annotations

import csv
import io

import pytest

from comments_service.services import audit, audit_log, sites
from comments_service.services.audit import AuditAction, Head
from comments_service.services.sites import SiteView
from comments_service.services.transaction import transaction
from comments_service.web.http import csv_file
from tests.api.moderator.conftest import StaffBrowser
from tests.small_app import NEWS, NOON


@pytest.fixture
def desk(browser: StaffBrowser, jisu: int, site: SiteView) -> StaffBrowser:
    browser.log_in()
    for number in range(3):
        with transaction():
            audit.record(
                AuditAction.POLICY_PUBLISHED,
                actor=audit.user(jisu),
                target=f"policy:{number}",
                site_id=site.id,
                reason='=HYPERLINK("https://evil.example")',
                after={"policy_version": number},
                now=NOON,
            )
    return browser


def test_the_page_shows_who_did_what_in_words(desk: StaffBrowser) -> None:
    page = desk.get("/moderator/audit?site=demo", **{"Accept-Language": "ko"}).text
    assert "운영정책 게시" in page
    assert "지수" in page
    assert "2026-11-24 21:00" in page


def test_the_page_is_filtered_by_its_address(desk: StaffBrowser) -> None:
    one = desk.get("/moderator/audit?site=demo&target=policy:1").text
    assert "policy:1" in one
    assert "policy:2" not in one
    assert "policy:1" not in desk.get("/moderator/audit?site=demo&since=2026-11-25").text
    assert "policy:1" in desk.get("/moderator/audit?site=demo&until=2026-11-24").text
    for day in ("yesterday", "0001-01-01", "9999-12-31"):
        assert desk.get(f"/moderator/audit?site=demo&since={day}").status_code == 422


def test_the_csv_calculates_nothing(desk: StaffBrowser) -> None:
    answer = desk.get("/moderator/audit/export?site=demo&format=csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="audit-demo.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix(csv_file.BOM))))
    own = [row for row in rows if row["action"] == "policy.published"]
    assert [row["target"] for row in own] == ["policy:0", "policy:1", "policy:2"]
    assert own[0]["reason"] == '\'=HYPERLINK("https://evil.example")'
    assert own[0]["after"] == '{"policy_version": 0}'


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_no_cell_begins_as_a_formula(begin: str) -> None:
    assert csv_file.cell(f"{begin}1+1") == f"'{begin}1+1"
    assert csv_file.cell(-1) == "-1"
    assert csv_file.cell("a=1") == "a=1"
    assert csv_file.cell(None) == ""


def test_the_json_is_verified_offline(desk: StaffBrowser) -> None:
    answer = desk.get("/moderator/audit/export?site=demo&format=json")
    last = audit_log.verify_export(answer.text.splitlines())
    assert isinstance(last, Head)
    assert last == audit.head()


def test_another_sites_log_is_not_there(desk: StaffBrowser) -> None:
    sites.create("hill", name="Hill", origins=[NEWS], now=NOON)
    assert desk.get("/moderator/audit?site=hill").status_code == 404
    assert desk.get("/moderator/audit/export?site=hill").status_code == 404
