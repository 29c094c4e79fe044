"""What all moderators' pages share: navigation, shortcuts, and no script but their own."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from comments_service import clock
from comments_service.services import sites, staff
from comments_service.services.actor import Actor
from tests import hostile
from tests.browser.moderator_world import Desk, staffed
from tests.payloads import AT_THE_DESK, PAYLOADS, assert_nothing_runs

pytestmark = pytest.mark.browser

STATIC = Path("comments_service/web/moderator/static")


@pytest.fixture
def desk(browser: Browser, migrated_file: Path, tmp_path: Path) -> Iterator[Desk]:
    database = tmp_path / "comments.db"
    database.write_bytes(migrated_file.read_bytes())
    with staffed(browser, database) as desk:
        yield desk
        assert desk.complaints == []


@pytest.mark.parametrize("name", ["mod.js", "moderator.css"])
def test_the_files_of_all_pages_are_small(name: str) -> None:
    assert len(gzip.compress((STATIC / name).read_bytes(), 9)) <= 6 * 1024


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_start_page_keeps_nobody_out(desk: Desk, scheme: str, language: str) -> None:
    desk.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    desk.speak(language)
    for width in (320, 1280):
        desk.page.set_viewport_size({"width": width, "height": 800})
        page = desk.open("/moderator/")
        assert page.locator("html").get_attribute("lang") == language
        assert desk.axe() == []
        assert desk.overflow() == 0
        assert desk.too_small() == []


def test_the_help_opens_by_key_and_button_and_closes_by_key(desk: Desk) -> None:
    page = desk.open("/moderator/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).not_to_be_visible()
    page.locator("[data-help]").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_single_keys_can_be_switched_off_and_stay_off(desk: Desk) -> None:
    page = desk.open("/moderator/")
    page.keyboard.press("?")
    page.get_by_role("button", name="단축키 끄기").click()
    page.wait_for_url("**/moderator/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).not_to_be_visible()

    desk.log_in()
    page = desk.open("/moderator/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).not_to_be_visible()


def test_an_injected_script_or_markup_does_nothing(desk: Desk) -> None:
    page = desk.open("/moderator/")
    refused = page.evaluate(
        """() => {
          try { document.body.innerHTML = "<img src=x>"; } catch (e) { return e.name; }
        }"""
    )
    assert refused == "TypeError"
    second = page.evaluate(
        """() => {
          try { trustedTypes.createPolicy("other", {}); } catch (e) { return e.name; }
        }"""
    )
    assert second == "TypeError"
    assert any("Trusted Type" in text or "violated" in text for text in desk.complaints)
    desk.complaints.clear()


def test_a_hundred_payloads_are_text_on_every_page(desk: Desk) -> None:
    """As names, texts, titles, reasons and notes; also where a script puts a page's parts in."""
    with desk.app.app_context():
        actor = Actor(desk.user_id, None, frozenset(), roles=staff.roles_of(desk.user_id))
        made = hostile.write(sites.get("demo"), actor, now=clock.now())
    page = desk.page
    page.on("dialog", lambda dialog: desk.complaints.append(dialog.message))
    some = PAYLOADS[30]

    def is_text(*payloads: str) -> None:
        assert_nothing_runs(page.content(), made_of=AT_THE_DESK, scripts="/moderator/static/")
        said = page.locator("body").text_content() or ""
        assert [each for each in payloads if each not in said] == []

    for tab in ("held", "reported", "appealed", "published", "rejected"):
        desk.open(f"/moderator/queue/{tab}?site=demo&limit=100")
        is_text(*PAYLOADS)
    for path in (
        "/queue/removed?site=demo&limit=100",
        "/articles?site=demo",
        "/people?site=demo",
        "/audit?site=demo",
        "/blinds?site=demo",
        "/statistics?site=demo",
        "/statistics/sample?site=demo",
        "/policies?site=demo",
        "/policies/demo/edit?version=2",
        f"/people/{made.writers[some]}?site=demo",
        f"/comments/{made.comments[some][hostile.REPORTED]}?site=demo",
    ):
        desk.open(f"/moderator{path}")
        is_text()
    assert page.locator("body", has_text=some).count() == 1

    desk.open("/moderator/queue/held?site=demo&limit=100")
    rows = page.locator("[data-row]")
    rows.first.focus()
    page.keyboard.press("c")
    expect(page.locator("#thread")).to_be_focused()
    is_text(*PAYLOADS)
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(rows).to_have_count(99)
    expect(page.locator("#toast")).to_contain_text(PAYLOADS[0])
    is_text(*PAYLOADS)
