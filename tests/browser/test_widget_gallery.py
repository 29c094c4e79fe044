"""Every state of the box, on the newspaper's gallery: in both languages, themes and sizes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from comments_service.demo import newspaper
from comments_service.demo.newspaper.edition import Language
from comments_service.demo.newspaper.gallery import load_gallery
from tests.browser.axe import violations
from tests.browser.widget_world import Service, running, service_app

pytestmark = pytest.mark.browser

#: What a page may style (docs/embedding.md); all of it is on show.
PARTS = """
    root header count sort login login-button login-x login-facebook editor textarea counter
    submit policy-link help list comment comment-own comment-held comment-rejected author time
    body actions like-button dislike-button reply-button report-button edit-button delete-button
    mute-button appeal-button replies more new-comments-button retry-button status error
"""
STATES = load_gallery(Language.EN).states
DIALOGS = [state.name for state in STATES if state.alone]


@pytest.fixture(scope="module")
def news() -> Iterator[str]:
    """A newspaper whose service has nothing but the widget's files."""
    with (
        running(service_app(Service()), "comments.localhost") as service,
        running(newspaper.create_app(comments_url=service), "news.localhost") as origin,
    ):
        yield origin


@pytest.fixture
def gallery(browser: Browser, news: str) -> Iterator[Page]:
    """A page, whose browser may not complain of anything."""
    context = browser.new_context(timezone_id="Asia/Seoul", base_url=news)
    context.set_default_timeout(30_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def opens(page: Page, language: str, theme: str, state: str = "") -> None:
    page.goto(f"/{language}/gallery{state and '/'}{state}?theme={theme}")
    expected = [state] if state else [each.name for each in STATES if not each.alone]
    for name in expected:
        page.locator(f"#{name}[data-shown]").wait_for(state="attached")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", list(Language))
def test_axe_finds_nothing_in_any_state(gallery: Page, language: str, theme: str) -> None:
    opens(gallery, language, theme)

    assert violations(gallery) == []
    for dialog in DIALOGS:
        opens(gallery, language, theme, dialog)
        assert violations(gallery) == [], dialog


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_overflows_and_everything_can_be_hit(
    gallery: Page, language: str, width: int
) -> None:
    gallery.set_viewport_size({"width": width, "height": 800})
    opens(gallery, language, "light")

    assert gallery.evaluate("document.documentElement.scrollWidth") == width
    assert too_small(gallery) == []
    for dialog in DIALOGS:
        opens(gallery, language, "light", dialog)
        assert gallery.evaluate("document.documentElement.scrollWidth") == width
        assert too_small(gallery) == [], dialog


def too_small(page: Page) -> list[str]:
    """What is under 24 by 24 pixels (WCAG 2.5.8), and what is cut off at a side."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("social-comments")].flatMap((box) => {
          const { left, right } = box.getBoundingClientRect();
          return [...box.shadowRoot.querySelectorAll("button, a, select, textarea, label.choice")]
            .filter((e) => e.checkVisibility() && !e.closest("dialog"))
            .filter((e) => {
              const r = e.getBoundingClientRect();
              return r.width < 24 || r.height < 23.5 || r.left < left - 8 || r.right > right + 8;
            })
            .map((e) => box.dataset.state + ": " + e.outerHTML);
        })"""
    )
    return found


def test_every_part_is_on_show(gallery: Page) -> None:
    opens(gallery, "ko", "light")
    shown = set(" ".join(gallery.locator("p.parts code").all_text_contents()).split())

    assert set(PARTS.split()) - shown == set()


def test_letters_twice_as_large_still_fit(gallery: Page) -> None:
    gallery.set_viewport_size({"width": 640, "height": 800})
    opens(gallery, "en", "light")
    gallery.evaluate(
        "for (const box of document.querySelectorAll('social-comments'))"
        " box.style.setProperty('--sc-font-size', '2rem')"
    )

    assert gallery.evaluate("document.documentElement.scrollWidth") == 640
