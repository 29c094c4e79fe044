"""The desk's pages in a real browser: nobody is kept out, in either theme and language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from comments_service import clock
from comments_service.services import (
    accounts,
    article_settings,
    blinds,
    comments,
    jobs,
    policies,
    sites,
    staff,
)
from comments_service.services.actor import Actor
from comments_service.services.article_windows import Window
from comments_service.services.blinds import NewBlind
from comments_service.services.comments import NewComment
from comments_service.services.job_runners import RUNNERS
from comments_service.services.views import ArticleStatus
from tests.api.gulls import POLICY
from tests.browser.moderator_world import PEPPER, Desk, staffed
from tests.small_app import person

pytestmark = pytest.mark.browser

PAGES = (
    "/moderator/articles?site=demo",
    "/moderator/articles/settings?site=demo&article=hill",
    "/moderator/blinds?site=demo",
    "/moderator/policies?site=demo",
    "/moderator/policies/demo/edit?version=2",
    "/moderator/policies/demo/edit?version=2&by=clause",
    "/moderator/statistics?site=demo",
    "/moderator/statistics/sample?site=demo",
    "/moderator/statistics/transparency?site=demo",
    "/moderator/audit?site=demo",
)
LOOKS = ((1280, "light", "ko"), (320, "dark", "ko"), (1280, "dark", "en"), (320, "light", "en"))


@pytest.fixture(scope="module")
def world(
    browser: Browser, migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """A site with comments, a schedule, a temporary blind and a draft of its policy."""
    database = tmp_path_factory.mktemp("desk") / "comments.db"
    database.write_bytes(migrated_file.read_bytes())
    with staffed(browser, database) as desk:
        with desk.app.app_context():
            fill(desk)
        yield desk


@pytest.fixture
def desk(world: Desk) -> Iterator[Desk]:
    yield world
    assert world.complaints == []


def fill(desk: Desk) -> None:
    now, site = clock.now(), sites.get("demo")
    writer = accounts.sign_in(person("31", name="항구 산책자"), pepper=PEPPER, now=now).user_id
    reader = Actor(writer, site.id, frozenset({"comment"}))
    own = staff.roles_of(desk.user_id)
    moderator = Actor(desk.user_id, None, frozenset(), roles=own)
    for number in range(3):
        command = NewComment("demo", "hill", f"갈매기 {number}마리", article_title="신호산")
        said = comments.submit(reader, command, now=now)
    tomorrow = now + timedelta(days=1)
    window = Window(tomorrow, tomorrow + timedelta(hours=1), ArticleStatus.CLOSED)
    article_settings.change(moderator, site, "hill", {"windows": [window]}, now=now)
    blinds.begin(moderator, NewBlind(said.comment.id, "대리인", "명예 훼손"), now=now)
    policies.draft(site.id, POLICY, note="새", now=now, by=moderator.key)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_nobody_out(desk: Desk, path: str) -> None:
    for width, scheme, language in LOOKS:
        desk.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        desk.page.set_viewport_size({"width": width, "height": 900})
        desk.speak(language)
        page = desk.open(path)
        assert page.locator("html").get_attribute("lang") == language
        page.locator("details").evaluate_all("all => all.forEach((each) => { each.open = true; })")
        assert desk.axe() == []
        assert desk.overflow() == 0
        assert desk.too_small() == []


def test_the_navigation_is_gone_through_by_single_keys(desk: Desk) -> None:
    page = desk.open("/moderator/articles?site=demo")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/moderator/statistics**")
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.wait_for_url("**/moderator/audit**")
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()


def test_a_backtest_is_followed_to_its_end(desk: Desk) -> None:
    desk.speak("en")
    page = desk.open("/moderator/policies/demo/edit?version=2")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#backtest")).to_contain_text("Waits for the worker.")
    with desk.app.app_context():
        jobs.run_next(RUNNERS, clock=clock.now)
    expect(page.locator("#backtest")).to_contain_text("judged in", timeout=10_000)


def test_a_draft_is_tried_without_javascript(desk: Desk, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-US")
    context.add_cookies(desk.context.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{desk.origin}/moderator/policies/demo/edit?version=2")
    page.locator("textarea[name=texts]").fill("갈매기가 왔습니다")
    page.get_by_role("button", name="Judge").click()
    expect(page.locator("mark")).to_have_text("갈매기")
    expect(page.get_by_role("cell", name="hold")).to_be_visible()
    context.close()
