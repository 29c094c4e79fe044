"""The box on pages of every kind: nothing moves, nobody complains, and one can take part."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.widget_world import Host, Reader, Service

pytestmark = pytest.mark.browser

log = logging.getLogger(__name__)

#: Chromium's tasks as they are traced; `tdur` is what a task took of the processor.
TRACED = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"]

NOTE_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput, sources } of list.getEntries())
    if (!hadRecentInput) shifts.push([value, sources.map(({ node }) => node?.outerHTML ?? "")]);
}).observe({ type: "layout-shift", buffered: true });
addEventListener("social-comments:ready", () => { window.ready ??= performance.now(); });
"""

FIELD_BELOW_TOP = """() => {
  const box = document.querySelector("social-comments");
  const field = box.shadowRoot.querySelector("textarea");
  return field.getBoundingClientRect().top - box.getBoundingClientRect().top;
}"""

HOSTILE = """
* { color: lime !important; box-sizing: content-box !important; border: 3px solid red !important;
    transition: all 2s !important; font-family: fantasy !important; line-height: 3 !important }
button { background: red !important; display: none !important }
body { text-align: right; text-transform: uppercase; letter-spacing: .5em; word-spacing: 2em;
       white-space: nowrap; text-indent: 40px; font: italic 700 30px fantasy; text-shadow: 0 0 9px }
ul, li { list-style: square inside !important; float: left }
social-comments { display: inline; padding: 9px }
"""

HASH_ROUTER = """
addEventListener("hashchange", () => {
  window.routed = [...(window.routed ?? []), location.hash];
});
if (!location.hash) location.hash = "#/story/1";
"""

SPA = """
const box = document.querySelector("social-comments");
box.addEventListener("social-comments:ready", () => {
  history.pushState({}, "", "/article?story=2");
  box.article = "a2";
}, { once: true });
"""

AGAIN = """
const box = document.querySelector("social-comments");
const home = box.parentElement;
box.remove();
home.append(box);
customElements.whenDefined("social-comments").then(() => {
  box.remove();
  requestAnimationFrame(() => home.append(box));
});
"""

PRESS_MORE = """async () => {
  const { shadowRoot } = document.querySelector("social-comments");
  const shown = () => shadowRoot.querySelectorAll("article").length;
  for (;;) {
    const before = shown();
    const more = shadowRoot.querySelector(".wide[part=more]");
    if (!more) return true;
    more.click();
    for (let waits = 0; shown() === before; waits += 1) {
      if (waits === 1_000) return false;
      if (waits % 100 === 99) shadowRoot.querySelector(".wide[part=more]")?.click();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}"""
MUTE = """async () => {
  const { shadowRoot } = document.querySelector("social-comments");
  shadowRoot.querySelector("[part=mute-button]").click();
  for (let waits = 0; waits < 3_000; waits += 1) {
    if (shadowRoot.querySelectorAll(".gone").length === 1000) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}"""

ONE = "<social-comments site=demo article=a1></social-comments>"
TWO = ONE * 2
# Whatever can be seen below a box while it fills is pushed down by a thread that is longer than the
# height kept for it; so the page keeps more than a screen.
ROOM_FOR_TWO = "social-comments { --sc-min-height: 45rem }"

HOSTS = {
    "plain": Host(policy=None),
    "strict-csp": Host(),
    "hostile-css": Host(css=HOSTILE),
    "dark": Host(scheme="dark"),
    "opener-policy": Host(headers={"Cross-Origin-Opener-Policy": "same-origin"}),
    "no-referrer": Host(headers={"Referrer-Policy": "no-referrer"}),
    "hash-routing": Host(script=HASH_ROUTER),
    "single-page": Host(script=SPA),
    "two": Host(tags=TWO, css=ROOM_FOR_TWO),
    "again": Host(script=AGAIN),
}


def shifts(page: Page) -> list[Any]:
    found: list[Any] = page.evaluate("shifts")
    return found


@pytest.mark.parametrize("host", HOSTS)
def test_nothing_moves_and_one_can_take_part(service: Service, reader: Reader, host: str) -> None:
    """The service takes two seconds for the thread."""
    service.host = HOSTS[host]
    service.delay = 2
    for number in range(20):
        service.comment(f"댓글 번호 {number}")
    page = reader.page
    page.add_init_script(NOTE_SHIFTS)

    reader.opens()
    expect(page.get_by_text("댓글 번호 19").first).to_be_visible()
    expect(page.locator("[aria-busy]")).to_have_count(0)
    service.delay = 0
    page.get_by_role("button", name="페이스북").first.scroll_into_view_if_needed()
    reader.logs_in(button="페이스북")
    assert shifts(page) == []
    field = page.evaluate(FIELD_BELOW_TOP)
    reader.posts("새 댓글입니다")

    # Of two boxes that show the same article, the other may have the comment by now.
    expect(page.get_by_role("article").filter(has_text="새 댓글입니다").first).to_be_focused()
    assert page.evaluate(FIELD_BELOW_TOP) == field


def test_of_two_boxes_the_one_that_asked_takes_the_focus(service: Service, reader: Reader) -> None:
    """Both know of the login by then, and are told of it in turn."""
    service.host = HOSTS["two"]
    service.comment("먼저 있던 댓글")
    page = reader.opens()
    boxes = page.locator("social-comments")
    expect(boxes.nth(1).get_by_text("먼저 있던 댓글")).to_be_visible()
    boxes.nth(1).get_by_role("heading", name="댓글 1개").hover()
    reader.logs_in()
    expect(boxes.nth(1).get_by_role("textbox")).to_be_visible()
    expect(boxes.nth(0).get_by_role("textbox")).to_be_focused()

    boxes.nth(1).get_by_role("button", name="로그아웃").press("Enter")

    expect(boxes.nth(0).get_by_role("button", name="페이스북")).to_be_visible()
    expect(boxes.nth(1).get_by_role("button", name="트위터(X)")).to_be_focused()


def test_a_short_thread_pulls_up_nothing_that_stands_below(
    service: Service, reader: Reader
) -> None:
    """The grey lines that stood there were no taller than the height kept for the box."""
    service.host = Host(tags=f"{ONE}<footer>발행인</footer>")
    service.delay = 2
    service.comment("하나뿐인 댓글")
    page = reader.page
    page.set_viewport_size({"width": 1280, "height": 1200})
    page.add_init_script(NOTE_SHIFTS)

    reader.opens()
    expect(page.get_by_text("하나뿐인 댓글")).to_be_visible()

    assert shifts(page) == []


@pytest.mark.parametrize("host", ["strict-csp", "hostile-css"])
def test_a_failing_service_moves_nothing_and_can_be_tried_again(
    service: Service, reader: Reader, host: str
) -> None:
    service.host = HOSTS[host]
    service.comment("가나다")
    service.answer_next("GET", "/api/v1/comments", 503, type="/problems/overloaded")
    reader.expected.append("Failed to load resource: the server responded with a status of 503")
    page = reader.page
    page.add_init_script(NOTE_SHIFTS)

    page.goto(f"{service.news}/article")
    retry = page.get_by_role("button", name="다시 시도")
    expect(retry).to_be_visible()
    assert shifts(page) == []
    retry.press("Enter")

    expect(page.get_by_text("가나다")).to_be_visible()
    expect(page.get_by_role("heading", name="댓글 1개")).to_be_focused()


def test_a_page_with_routes_of_its_own_in_the_fragment_keeps_them(
    service: Service, reader: Reader
) -> None:
    service.host = HOSTS["hash-routing"]
    page = reader.opens()
    reader.logs_in()
    page.evaluate("location.hash = '#/story/2'")
    expect(page.get_by_role("textbox")).to_be_visible()

    assert page.evaluate("location.hash") == "#/story/2"
    assert page.evaluate("window.routed") == ["#/story/1", "#/story/2"]


def test_a_login_without_a_popup_comes_back_to_the_same_route(
    service: Service, reader: Reader
) -> None:
    service.host = HOSTS["hash-routing"]
    page = reader.page
    page.add_init_script("window.open = () => null")
    reader.opens(fragment="#/story/7")

    page.get_by_role("button", name="페이스북").click()
    page.locator("#allow").click()

    expect(page.get_by_role("textbox")).to_be_visible()
    assert page.evaluate("location.hash") == "#/story/7"


def test_another_article_ends_what_the_first_had_begun(service: Service, reader: Reader) -> None:
    service.host = HOSTS["single-page"]
    service.comment("가나다")
    page = reader.page
    with page.expect_event("console", lambda each: each.text == "a2 ready"):
        page.add_init_script(
            "addEventListener('social-comments:ready', ({ detail }) =>"
            " console.info(detail.article + ' ready'))"
        )
        reader.opens()

    assert [each.query["article"] for each in service.calls("GET", "/api/v1/comments")] == [
        "a1",
        "a2",
    ]


def test_the_first_comment_takes_one_script_and_one_question(
    service: Service, reader: Reader
) -> None:
    """`--log-cli-level INFO` shows how long it took, from the navigation on."""
    for number in range(20):
        service.comment(f"댓글 번호 {number}")
    page = reader.page
    page.add_init_script(NOTE_SHIFTS)
    reader.opens()

    log.info("20 comments after %d ms", page.evaluate("ready"))
    before = """performance.getEntriesByType("resource")
        .filter(({ responseEnd }) => responseEnd <= ready)
        .map(({ name }) => new URL(name)).filter(({ origin }) => origin !== location.origin)
        .map(({ pathname }) => pathname)"""
    assert page.evaluate(before) == ["/widget/v1/social-comments.js", "/api/v1/comments"]


def test_a_thousand_comments_never_hold_the_page_up(
    browser: Browser, service: Service, reader: Reader
) -> None:
    """What the box's script takes at a time, of the processor: neither other processes of a busy
    machine nor the browser's painting count. `--log-cli-level INFO` shows whole tasks too.

    All is pressed from within the page: what a test asks of a page takes its time too.
    """
    for number in range(1_000):
        service.comment(f"댓글 번호 {number} " + "길게 쓴 글입니다. " * 8)
    page = reader.opens("attributes=page-size=50")
    reader.logs_in()
    shown = traced(browser, page, PRESS_MORE)
    muted = traced(browser, page, MUTE)

    tasks = [times_of(events, "RunTask") for events in (shown, muted)]
    scripts = times_of(shown + muted, "FunctionCall", "RunMicrotasks", "TimerFire")
    log.info("longest, in ms: tasks %s, scripts %s", [each[-5:] for each in tasks], scripts[-5:])
    assert page.locator("[part~=comment]").count() == 1_000
    assert len(scripts) > 100
    # In one run, whatever the machine: no script does more than a small part of all the work, and
    # what moves a thousand comments does not lay them out and paint them again each time.
    assert scripts[-1] < sum(scripts) / 10
    assert sum(tasks[1]) < sum(tasks[0])


def traced(browser: Browser, page: Page, script: str) -> list[Any]:
    """What Chromium does while a script runs in the page."""
    browser.start_tracing(page=page, categories=TRACED)
    done = page.evaluate(script)
    assert done, "it did not happen in time"
    events: list[Any] = json.loads(browser.stop_tracing())["traceEvents"]
    return events


def times_of(events: list[Any], *kinds: str) -> list[float]:
    """What each event of a page's main thread took of the processor, in milliseconds, sorted."""
    main = {
        (each["pid"], each["tid"])
        for each in events
        if each["name"] == "thread_name" and each["args"]["name"] == "CrRendererMain"
    }
    return sorted(
        each["tdur"] / 1000
        for each in events
        if (each["pid"], each["tid"]) in main and each["name"].endswith(kinds) and "tdur" in each
    )
