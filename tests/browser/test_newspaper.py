"""The demo newspaper in a real browser, with nothing but stand-ins for the service's scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from comments_service.demo.newspaper import create_app
from tests.serving import served

pytestmark = pytest.mark.browser

SERVICE = "https://comments.example"
PAGES = (
    "/",
    "/ko/",
    "/en/sections/business",
    "/en/articles/haesong-signal-hill",
    "/ko/articles/ferry-pier-reopens",
)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def newspaper() -> Iterator[str]:
    with served(lambda _url: create_app(comments_url=SERVICE)) as url:
        yield url


@pytest.fixture
def page(page: Page) -> Page:
    """A page for which the service answers every script with an empty one."""

    def answer(route: Route) -> None:
        headers = {"Access-Control-Allow-Origin": "*"}
        route.fulfill(content_type="text/javascript", headers=headers, body="")

    page.route(f"{SERVICE}/**", answer)
    return page


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_scrolls_sideways(page: Page, newspaper: str, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(newspaper + path)

    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("path", PAGES)
def test_no_page_breaks_its_own_policy_or_misses_a_file(
    page: Page, newspaper: str, path: str
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.goto(newspaper + path, wait_until="networkidle")

    assert complaints == []


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_keeps_a_reader_out(page: Page, newspaper: str, path: str, scheme: str) -> None:
    page.goto(f"{newspaper}{path}?theme={scheme}")

    found = Axe().run(page, options={"runOnly": WCAG})

    assert not found.response["violations"], found.generate_report()


def test_the_print_button_prints(page: Page, newspaper: str) -> None:
    page.add_init_script("window.print = () => { window.printed = true; }")
    page.goto(newspaper + "/en/articles/haesong-signal-hill")

    page.get_by_role("button", name="Print").click()

    assert page.evaluate("window.printed") is True


def test_on_paper_an_article_is_without_its_surroundings(page: Page, newspaper: str) -> None:
    page.goto(newspaper + "/ko/articles/ferry-pier-reopens")
    page.emulate_media(media="print")

    assert page.get_by_role("heading", level=1).is_visible()
    assert page.get_by_text("항만공사가 밝힌").is_visible()
    assert not page.get_by_role("navigation").first.is_visible()
    assert not page.locator("#comments").is_visible()


def test_the_dictionary_opens_over_the_article_and_closes_again(page: Page, newspaper: str) -> None:
    page.goto(newspaper + "/ko/articles/haesong-signal-hill")
    word = page.get_by_text("위성항법", exact=True)
    assert not word.is_visible()

    page.get_by_role("button", name="사전").click()
    assert word.is_visible()

    page.keyboard.press("Escape")
    assert not word.is_visible()


def test_without_scripts_an_article_leads_to_the_comments_and_has_no_dead_button(
    browser: Browser, newspaper: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(newspaper + "/en/articles/haesong-signal-hill")

    link = page.get_by_role("link", name="Read the comments")
    assert link.get_attribute("href") == f"{SERVICE}/embed/demo?article=haesong-signal-hill"
    assert not page.get_by_role("button", name="Print").is_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_chosen_theme_wins_over_the_device(page: Page, newspaper: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "light" else "light")
    page.goto(f"{newspaper}/?theme={scheme}")

    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(13, 17, 23)")


def test_the_place_of_the_box_is_kept_until_its_script_is_there(page: Page, newspaper: str) -> None:
    page.goto(newspaper + "/en/articles/haesong-signal-hill")

    box = page.locator("social-comments").bounding_box()
    assert box is not None
    assert box["height"] >= 28 * 16
