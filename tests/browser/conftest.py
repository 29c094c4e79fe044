"""One Chromium for all browser tests; a page of its own for each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.waiting import PATIENCE
from tests.browser.widget_world import (
    Reader,
    Service,
    newspaper_app,
    running,
    service_app,
)

expect.set_options(timeout=PATIENCE)

NAMES = ("chromium", "chromium-browser", "google-chrome")
HOW_TO_INSTALL = (
    "No Chromium found. Set CHROMIUM to its path, or install one: `apt-get install chromium` "
    f"(looked for {', '.join(NAMES)} on PATH)."
)
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where Chromium is: `$CHROMIUM`, or the first of its usual names on PATH."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail(HOW_TO_INSTALL)
    return path


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """A running Chromium, shared by the session: it takes a second to start."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path,
            args=CHROMIUM_ARGUMENTS,
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a fresh profile: no cookies, no storage, nothing cached."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def service() -> Iterator[Service]:
    """A service that answers as the contract says, and a newspaper on another site."""
    service = Service()
    with (
        running(service_app(service), "comments.localhost") as service.origin,
        running(newspaper_app(service), "news.localhost") as service.news,
    ):
        yield service


@pytest.fixture
def reader(browser: Browser, service: Service) -> Iterator[Reader]:
    """Somebody at the newspaper; the test fails if their browser complains of anything."""
    context = browser.new_context(locale="ko-KR", timezone_id="Asia/Seoul")
    context.set_default_timeout(PATIENCE)
    reader = Reader(service, context)
    yield reader
    context.close()
    assert reader.complaints == []
