"""What all moderators' pages share: navigation, shortcuts, and no script but their own."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.moderator_world import Desk, staffed

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
