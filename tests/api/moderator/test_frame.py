"""What all moderators' pages share, as far as it needs no browser."""

from __future__ import annotations

from comments_service.services import sites
from tests.api.moderator.conftest import StaffBrowser
from tests.small_app import NEWS, NOON


def test_shortcuts_are_on_until_switched_off_and_stay_off(browser: StaffBrowser, jisu: int) -> None:
    browser.log_in()
    assert 'data-shortcuts="on"' in browser.get("/moderator/").text
    assert browser.submit("/moderator/shortcuts", shortcuts="off").status_code == 303
    assert 'data-shortcuts="off"' in browser.get("/moderator/").text
    browser.submit("/moderator/shortcuts", shortcuts="on")
    assert 'data-shortcuts="on"' in browser.get("/moderator/").text


def test_after_a_switch_one_is_where_one_was(browser: StaffBrowser, jisu: int) -> None:
    browser.log_in()
    form = {"csrf_token": browser.csrf_token(), "shortcuts": "off"}
    was = "https://comments.example/moderator/second-step?site=demo"
    answer = browser.post("/moderator/shortcuts", form, Referer=was)
    assert answer.location == "/moderator/second-step?site=demo"
    elsewhere = browser.post(
        "/moderator/shortcuts", form, Referer="https://evil.example/moderator/"
    )
    assert elsewhere.location == "/moderator/"


def test_a_moderator_is_shown_no_other_site(browser: StaffBrowser, jisu: int) -> None:
    sites.create("hill", name="Hill Weekly", origins=[NEWS], now=NOON)
    browser.log_in()
    page = browser.get("/moderator/").text
    assert "Maru Daily" in page
    assert "Hill Weekly" not in page
