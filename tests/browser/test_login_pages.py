"""The pages of a login in a real browser: three origins, windows that know each other or do not.

Numbers are those of the threat table in `docs/login-threats.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask import Flask, Response
from playwright.sync_api import Browser, BrowserContext, Page

from comments_service import clock, create_app
from comments_service.models import db
from comments_service.services import sites, tokens
from tests.browser.waiting import PATIENCE
from tests.browser.widget_world import running
from tests.conftest import settings_for
from tests.unit.development_provider import DevelopmentProvider, running_provider

pytestmark = pytest.mark.browser

STATE = "state-of-the-publisher"
OPENER = """<!doctype html><title>opener</title><script>
window.heard = [];
addEventListener("message", (event) => {
  heard.push({origin: event.origin, data: event.data});
  if (location.pathname !== "/silent") event.source.postMessage(
    {type: "authorization_response_ack", state: event.data.response.state}, event.origin);
});
</script><a id="log-in" href="#">Log in</a>"""


@dataclass
class World:
    """A publisher, a hostile page and the service, each a site of its own to the browser."""

    service: str
    news: str
    evil: str
    provider: DevelopmentProvider
    context: BrowserContext

    def authorize_url(self, **changes: str) -> str:
        query = {
            "response_type": "code",
            "client_id": "demo",
            "redirect_uri": f"{self.news}/article",
            "state": STATE,
            "code_challenge": tokens.challenge_of("v" * 43),
            "code_challenge_method": "S256",
            "provider": "twitter",
            "response_mode": "web_message",
            **changes,
        }
        return f"{self.service}/oauth/authorize?{urlencode(query)}"

    def open(self, opener: Page, **changes: str) -> Page:
        """Click on "Log in" on the opener's page; gives the new window."""
        with self.context.expect_page() as opened:
            opener.evaluate(
                """url => {
                  const link = document.getElementById("log-in");
                  link.onclick = (event) => { event.preventDefault(); window.open(url); };
                  link.click();
                }""",
                self.authorize_url(**changes),
            )
        return opened.value


def listening() -> Flask:
    """An origin where every page listens, and all but `/silent` acknowledge."""
    app = Flask("opener")

    @app.get("/<path:_path>")
    def show(_path: str) -> Response:
        return Response(OPENER, mimetype="text/html")

    return app


@pytest.fixture
def world(browser: Browser, migrated_file: Path, tmp_path: Path) -> Iterator[World]:
    database = tmp_path / "comments.db"
    database.write_bytes(migrated_file.read_bytes())
    stage = Flask("stage")
    context = browser.new_context(locale="en-US")
    context.set_default_timeout(PATIENCE)
    with (
        running_provider() as provider,
        running(listening(), "news.localhost") as news,
        running(listening(), "evil.localhost") as evil,
        running(stage, "comments.localhost") as service,
    ):
        app = create_app(
            settings_for(
                f"sqlite:///{database}",
                public_url=service,
                twitter_client_id="development-twitter-client",
                twitter_client_secret="development-twitter-secret",
                twitter_authorize_url=f"{provider.url}/i/oauth2/authorize",
                twitter_token_url=f"{provider.url}/2/oauth2/token",
                twitter_api_url=f"{provider.url}/2/",
            )
        )
        stage.wsgi_app = app.wsgi_app  # type: ignore[method-assign]
        with app.app_context():
            sites.create("demo", name="Demo", origins=[news], now=clock.now())
        yield World(service, news, evil, provider, context)
        context.close()
        with app.app_context():
            db.engine.dispose()


def visit(world: World, url: str) -> Page:
    page = world.context.new_page()
    page.goto(url)
    return page


def approve(window: Page) -> None:
    window.fill("#persona", "hana")
    window.locator("form.typed button").click()


def test_the_opener_gets_the_answer_and_the_window_closes(world: World) -> None:
    """37."""
    article = visit(world, f"{world.news}/article")
    window = world.open(article)
    with window.expect_event("close"):
        approve(window)
    (heard,) = article.evaluate("heard")
    assert heard["origin"] == world.service
    assert heard["data"]["type"] == "authorization_response"
    assert heard["data"]["response"]["state"] == STATE
    assert heard["data"]["response"]["iss"] == world.service
    assert article.url == f"{world.news}/article"


def test_a_window_cut_off_from_its_opener_goes_on_by_the_fragment(world: World) -> None:
    """87."""
    world.provider.misbehave("twitter", "coop=same-origin")
    article = visit(world, f"{world.news}/article")
    window = world.open(article)
    approve(window)
    window.wait_for_url(f"{world.news}/article#*")
    answer = dict(parse_qsl(urlsplit(window.url).fragment))
    assert (answer["state"], answer["iss"]) == (STATE, world.service)
    assert article.evaluate("heard") == []


def test_an_opener_that_does_not_answer_is_not_waited_for_long(world: World) -> None:
    """90."""
    article = visit(world, f"{world.news}/silent")
    window = world.open(article)
    approve(window)
    window.wait_for_url(f"{world.news}/article#*")
    assert len(article.evaluate("heard")) == 1


def test_a_hostile_opener_hears_nothing_and_the_code_lands_at_the_publisher(world: World) -> None:
    """37, 38 and 91."""
    hostile = visit(world, f"{world.evil}/trap")
    window = world.open(hostile)
    window.get_by_role("button", name="Continue with X").click()
    approve(window)
    window.wait_for_url(f"{world.news}/article#*")
    assert "code=" in window.url
    assert hostile.evaluate("heard") == []


def test_no_page_of_a_login_complains_of_its_own_policy(world: World) -> None:
    """The confirmation's form may be followed by redirects to the provider and the publisher."""
    complaints: list[str] = []
    world.context.on("console", lambda message: complaints.append(message.text))
    window = visit(world, world.authorize_url(response_mode="fragment"))
    window.get_by_role("button", name="Continue with X").click()
    approve(window)
    window.wait_for_url(f"{world.news}/article#*")
    assert [text for text in complaints if "favicon" not in text and "404" not in text] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_confirmation_fits_a_narrow_screen(world: World, scheme: str) -> None:
    window = world.context.new_page()
    window.set_viewport_size({"width": 320, "height": 640})
    window.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    window.goto(world.authorize_url())
    assert window.evaluate("document.documentElement.scrollWidth") <= 320
    button = window.get_by_role("button").first.bounding_box()
    assert button is not None
    assert button["height"] >= 44
