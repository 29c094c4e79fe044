"""The widget with the service itself, the demo newspaper and the development identity provider."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, Page, expect

from comments_service import clock, create_app
from comments_service.config import Settings
from comments_service.demo.identity_provider import create_app as create_provider
from comments_service.demo.newspaper import create_app as create_newspaper
from comments_service.services import sites
from tests.browser.waiting import PATIENCE
from tests.browser.widget_world import running

pytestmark = pytest.mark.browser

ARTICLE = "/ko/articles/haesong-signal-hill"


@dataclass(frozen=True, slots=True)
class World:
    """The origins of a service and a newspaper that a browser takes for two sites."""

    service: str
    newspaper: str


def free_port() -> int:
    """A port that nobody has, for an application that must know its own address."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def service_beside(provider: str, *, port: int, database: Path) -> Flask:
    """The service on an empty database, its providers the development one."""
    settings = Settings.load(
        {},
        database_url=f"sqlite:///{database}",
        public_url=f"http://comments.localhost:{port}",
        twitter_client_id="development-twitter-client",
        twitter_client_secret="development-twitter-secret",
        twitter_authorize_url=f"{provider}/i/oauth2/authorize",
        twitter_token_url=f"{provider}/2/oauth2/token",
        twitter_api_url=f"{provider}/2/",
        facebook_client_id="development-facebook-client",
        facebook_client_secret="development-facebook-secret",
        facebook_authorize_url=f"{provider}/v25.0/dialog/oauth",
        facebook_token_url=f"{provider}/v25.0/oauth/access_token",
        facebook_api_url=f"{provider}/v25.0/",
    )
    app = create_app(settings)
    with app.app_context():
        upgrade()
    return app


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    port = free_port()
    newspaper = create_newspaper(comments_url=f"http://comments.localhost:{port}")
    with (
        running(create_provider(), "127.0.0.1") as provider,
        running(newspaper, "news.localhost") as news,
    ):
        app = service_beside(
            provider, port=port, database=tmp_path_factory.mktemp("service") / "comments.db"
        )
        with app.app_context():
            sites.ensure("demo", name="마루일보", origins=[news], now=clock.now())
        with running(app, "comments.localhost", port=port) as service:
            yield World(service, news)


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    """The demo article under its own strict policy; complaints of the browser fail the test."""
    context = browser.new_context(locale="ko-KR", timezone_id="Asia/Seoul")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(world.newspaper + ARTICLE)
    page.locator("social-comments").scroll_into_view_if_needed()
    yield page
    context.close()
    assert [each for each in complaints if "status of 422" not in each] == []


def log_in(page: Page, *, provider: str = "트위터(X)", persona: str) -> None:
    with page.context.expect_page() as opened:
        page.get_by_role("button", name=provider).click()
    opened.value.get_by_label("Any other name").fill(persona)
    opened.value.get_by_role("button", name="Log in 로그인").click()
    page.get_by_role("textbox", name="댓글 쓰기").wait_for()


@pytest.mark.parametrize("provider", ["트위터(X)", "페이스북"])
def test_a_reader_logs_in_writes_and_is_read_by_others(
    world: World, page: Page, browser: Browser, provider: str
) -> None:
    text = f"{provider}에서 왔습니다. 산책길이 기대됩니다."
    log_in(page, provider=provider, persona="한가람")
    page.get_by_role("textbox", name="댓글 쓰기").fill(text)
    page.get_by_role("button", name="등록", exact=True).click()

    article = page.get_by_role("article").filter(has_text=text).last
    expect(article).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("댓글이 등록되었습니다.")

    stranger = browser.new_page(locale="ko-KR")
    stranger.goto(world.newspaper + ARTICLE)
    stranger.locator("social-comments").scroll_into_view_if_needed()
    expect(stranger.get_by_text(text)).to_be_visible()
    stranger.close()


def test_a_refused_comment_shows_the_words_to_blame(page: Page) -> None:
    log_in(page, persona="문서현")
    page.get_by_role("textbox", name="댓글 쓰기").fill(
        "🙂 자세한 것은 010-1234-5678 로 연락 주세요"
    )
    page.get_by_role("button", name="등록", exact=True).click()

    expect(page.get_by_role("heading", name="등록되지 않았습니다: 정책 위반 1건")).to_be_focused()
    expect(page.locator("mark").first).to_contain_text("010-")
    page.get_by_role("button", name="고쳐 쓰기").click()
    page.get_by_role("textbox", name="댓글 쓰기").fill("자세한 것은 다음에 말씀드릴게요")
    page.get_by_role("button", name="등록", exact=True).click()

    expect(page.get_by_role("article").filter(has_text="다음에 말씀드릴게요").last).to_be_focused()


def test_likes_replies_edits_and_deletions_reach_the_service(page: Page, world: World) -> None:
    log_in(page, persona="장다온")
    field = page.get_by_role("textbox", name="댓글 쓰기")
    field.fill("뿌리가 되는 글")
    page.get_by_role("button", name="등록", exact=True).click()
    mine = page.get_by_role("listitem").filter(has_text="뿌리가 되는 글").first
    mine.get_by_role("button", name="수정, 장다온").click()
    page.get_by_role("textbox", name="댓글 수정").fill("고친 뿌리")
    page.get_by_role("button", name="저장").click()
    expect(page.get_by_text("고친 뿌리")).to_be_visible()
    mine = page.get_by_role("listitem").filter(has_text="고친 뿌리").first
    mine.get_by_role("button", name="답글, 장다온").click()
    page.get_by_role("textbox", name="장다온 님에게 답글").fill("제 글에 답글")
    page.get_by_role("button", name="답글 등록").click()
    expect(page.get_by_role("status")).to_have_text("댓글이 등록되었습니다.")
    page.get_by_role("button", name="로그아웃").click()

    log_in(page, persona="윤새봄")
    like = page.get_by_role("button", name="좋아요 0, 장다온").first
    with page.expect_response(lambda answer: answer.url.endswith("/vote") and answer.ok):
        like.click()
    expect(page.get_by_role("button", name="좋아요 1, 장다온").first).to_have_attribute(
        "aria-pressed", "true"
    )
    page.reload()
    page.locator("social-comments").scroll_into_view_if_needed()

    expect(page.get_by_role("button", name="좋아요 1, 장다온").first).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page.get_by_text("제 글에 답글")).to_be_visible()
