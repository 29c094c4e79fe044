"""The queue in a real browser: by keyboard with a Korean layout, by forms alone, in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from comments_service import clock
from comments_service.models import Article, ArticleStatus, Comment, User
from comments_service.services import articles, comments, moderation, sites
from comments_service.services.actor import Actor
from comments_service.services.ids import new_id
from comments_service.services.moderation import DecisionKind, NewDecision
from comments_service.services.roles import Role, RoleView
from comments_service.services.transaction import transaction
from comments_service.services.views import Status
from tests.browser.moderator_world import Desk, staffed

pytestmark = pytest.mark.browser

HELD = "/moderator/queue/held?site=demo"
KOREAN = {"j": ("ㅓ", "KeyJ"), "k": ("ㅏ", "KeyK"), "a": ("ㅁ", "KeyA"), "r": ("ㄱ", "KeyR")}
SAID = (
    "자전거 도로를 넓혀 주세요.",
    "버스가 자주 늦습니다.",
    "I took the guided walk last week. The volunteers were kind.",
    "주차장 예산을 두 번 세었다는 말인가요? 자료를 공개해 주세요.",
)


@pytest.fixture
def desk(browser: Browser, migrated_file: Path, tmp_path: Path) -> Iterator[Desk]:
    database = tmp_path / "comments.db"
    database.write_bytes(migrated_file.read_bytes())
    with staffed(browser, database) as desk:
        yield desk
        assert desk.complaints == []


@pytest.fixture
def without_script(browser: Browser, migrated_file: Path, tmp_path: Path) -> Iterator[Desk]:
    database = tmp_path / "comments.db"
    database.write_bytes(migrated_file.read_bytes())
    with staffed(browser, database, java_script_enabled=False) as desk:
        yield desk


def write(desk: Desk, count: int) -> list[int]:
    """So many comments that wait, by two readers."""
    now = clock.now()
    with desk.app.app_context():
        site = sites.get("demo")
        readers = [new_id(now), new_id(now)]
        with transaction() as session:
            for number, (reader, days) in enumerate(zip(readers, (3, 400), strict=True)):
                name = ("독자 서른하나", "harbor walker")[number]
                joined = now - timedelta(days=days)
                provider = ("twitter", "facebook")[number]
                session.add(
                    User(id=reader, display_name=name, provider=provider, created_at=joined)
                )
            row = articles.lock(site, "hill", url=None, title="Signal hill", now=now)
            session.get_one(Article, row.id).status = ArticleStatus.PREMODERATED
        made = []
        for number in range(count):
            actor = Actor(readers[number % 2], site.id, frozenset({"comment"}))
            text = f"{SAID[number % len(SAID)]} {number}"
            lang = "en" if number % len(SAID) == 2 else "ko"
            command = comments.NewComment("demo", "hill", text, lang=lang)
            when = now - timedelta(seconds=90 * (count - number))
            made.append(comments.submit(actor, command, now=when).comment.id)
        return made


def somebody_else(desk: Desk, comment_id: int) -> None:
    """A colleague approves a comment meanwhile."""
    now = clock.now()
    with desk.app.app_context():
        minjae = new_id(now)
        with transaction() as session:
            session.add(User(id=minjae, display_name="민재", created_at=now))
        actor = Actor(minjae, None, frozenset(), roles=(RoleView(Role.MODERATOR),))
        made = NewDecision(comment_id, DecisionKind.APPROVE, Status.HELD)
        moderation.decide(actor, [made], now=now)


def author_of(desk: Desk, comment_id: int) -> int:
    with desk.app.app_context(), transaction() as session:
        return session.get_one(Comment, comment_id).author_id


def strike(page: Page, key: str, *, taken: bool = False) -> None:
    """A key on a Korean keyboard: the letter is a jamo, or, where an input method has `taken` the
    key, only that it did."""
    letter, code = KOREAN[key]
    event: dict[str, str | int] = {"key": letter, "code": code}
    if taken:
        event |= {"key": "Process", "windowsVirtualKeyCode": 229}
    session = page.context.new_cdp_session(page)
    for kind in ("keyDown", "keyUp"):
        session.send("Input.dispatchKeyEvent", {"type": kind, **event})
    session.detach()


def test_thirty_are_cleared_by_keyboard_with_a_korean_layout(desk: Desk) -> None:
    write(desk, 30)
    desk.page.set_default_timeout(20_000)
    page = desk.open(f"{HELD}&limit=50")
    rows = page.locator("[data-row]")
    expect(rows).to_have_count(30)
    strike(page, "j")
    expect(rows.first).to_be_focused()
    strike(page, "j", taken=True)
    expect(rows.nth(1)).to_be_focused()
    strike(page, "k", taken=True)
    for left in range(29, -1, -1):
        taken = left % 2 == 0
        if left % 3:
            strike(page, "a", taken=taken)
        else:
            strike(page, "r", taken=taken)
            expect(page.locator("#why")).to_be_visible()
            page.keyboard.press("2")
            page.keyboard.press("Enter")
        expect(rows).to_have_count(left)
        if left:
            expect(rows.first).to_be_focused()
    expect(page.locator("#tabs [aria-current] .n")).to_have_text("0")
    assert page.evaluate("document.activeElement !== document.body")


def test_thirty_are_cleared_by_forms_alone(without_script: Desk) -> None:
    write(without_script, 30)
    without_script.page.set_default_timeout(20_000)
    page = without_script.open(f"{HELD}&limit=50")
    rows = page.locator("[data-row]")
    for left in range(29, -1, -1):
        row = rows.first
        if left % 2:
            row.get_by_role("button", name="승인").click()
        else:
            row.locator("select[name=reason]").select_option(index=1)
            row.get_by_role("button", name="거절").click()
        expect(rows).to_have_count(left)
    page.get_by_role("button", name="실행 취소").click()
    expect(rows).to_have_count(1)


def test_a_decision_is_undone_by_a_key(desk: Desk) -> None:
    write(desk, 3)
    page = desk.open(HELD)
    rows = page.locator("[data-row]")
    rows.nth(1).focus()
    page.keyboard.press("a")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_be_focused()
    expect(page.locator("#toast")).to_contain_text("승인함")
    page.keyboard.press("z")
    expect(rows).to_have_count(3)
    expect(page.locator("#toast")).to_be_empty()


def test_what_is_decided_before_the_last_answer_has_come_is_done_in_turn(desk: Desk) -> None:
    write(desk, 4)
    page = desk.open(HELD)
    rows = page.locator("[data-row]")
    names = [rows.nth(number).get_attribute("id") for number in range(4)]
    first: list[Route] = []

    def hold(route: Route) -> None:
        first.append(route)

    page.route(lambda url: "/queue/decisions" in url, hold, times=1)
    rows.first.focus()
    for key in "aja":
        page.keyboard.press(key)
    expect(rows.nth(1)).to_be_focused()

    first[0].continue_()

    expect(rows).to_have_count(2)
    assert [rows.nth(number).get_attribute("id") for number in range(2)] == names[2:]
    expect(rows.first).to_be_focused()
    page.keyboard.press("z")
    expect(rows).to_have_count(3)
    assert rows.first.get_attribute("id") == names[1]


def test_of_a_hundred_at_once_the_stale_one_is_told(desk: Desk) -> None:
    written = write(desk, 100)
    desk.page.set_default_timeout(20_000)
    page = desk.open(f"{HELD}&limit=100")
    somebody_else(desk, written[40])
    page.get_by_label("모두 선택").check()
    expect(page.locator("[data-count]")).to_have_text("선택 100")
    page.keyboard.press("Shift+A")
    told = page.locator("#queue [role=alert]")
    applied = "결정 99개가 반영되었고 1개는 반영되지 않았습니다."
    expect(told).to_contain_text(applied, timeout=20_000)
    expect(told).to_contain_text("민재 님이")
    expect(told).to_be_focused()
    expect(page.locator("[data-row]")).to_have_count(0)


def test_the_drawer_shows_the_thread_and_the_writer(desk: Desk) -> None:
    write(desk, 4)
    page = desk.open(HELD)
    page.locator("[data-row]").nth(1).focus()
    page.keyboard.press("c")
    expect(page.locator("#thread")).to_be_focused()
    expect(page.locator("#drawer")).to_contain_text("harbor walker")
    page.keyboard.press("Escape")
    expect(page.locator("[data-row]").nth(1)).to_be_focused()
    page.keyboard.press("u")
    expect(page.locator("#person")).to_be_focused()
    assert desk.axe() == []


@pytest.mark.parametrize(("language", "scheme"), [("ko-KR", "light"), ("en-US", "dark")])
def test_these_pages_keep_nobody_out(
    browser: Browser, migrated_file: Path, tmp_path: Path, language: str, scheme: str
) -> None:
    database = tmp_path / "comments.db"
    database.write_bytes(migrated_file.read_bytes())
    dark = "dark" if scheme == "dark" else "light"
    with staffed(browser, database, locale=language, color_scheme=dark) as desk:
        (first, *_) = write(desk, 4)
        author = author_of(desk, first)
        for width in (320, 1280):
            desk.page.set_viewport_size({"width": width, "height": 800})
            for path in (
                HELD,
                f"/moderator/comments/{first}?site=demo",
                "/moderator/people?site=demo",
                f"/moderator/people/{author}?site=demo",
                f"/moderator/people/{author}?site=demo&suspend=1",
            ):
                page = desk.open(path)
                assert page.locator("html").get_attribute("lang") == language[:2]
                assert desk.axe() == [], path
                assert desk.overflow() == 0, path
                assert desk.too_small() == [], path
        assert desk.complaints == []
