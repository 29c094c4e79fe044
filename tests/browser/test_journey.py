"""A reader's whole way, through the real service, newspaper and identity provider."""

from __future__ import annotations

import json
import logging
import shutil
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, Route, expect

from comments_service import clock
from comments_service.services import service_clients
from tests.browser.conftest import CHROMIUM_ARGUMENTS
from tests.browser.waiting import until
from tests.browser.whole_stack import (
    BUTTONS,
    NAME,
    SITE,
    Stack,
    Visitor,
    box_of,
    field_of,
    whole_stack,
)

pytestmark = pytest.mark.browser

log = logging.getLogger(__name__)

Newcomer = Callable[[], Visitor]

ARTICLE = "/ko/articles/school-orchard"
OPENER_POLICIES = ("unsafe-none", "same-origin-allow-popups", "same-origin")
REFUSED = "Failed to load resource: the server responded with a status of {}"

#: The article's scripts have no time for three seconds when the answer comes.
BUSY = """addEventListener("message", ({ data }) => {
  if (data?.type !== "authorization_response") return;
  const end = performance.now() + 3000;
  while (performance.now() < end);
  window.heard = true;
});"""
#: The article hears the answer three seconds later, when the popup has long gone on by itself.
LATE = """addEventListener("message", (event) => {
  const { data, isTrusted, origin, source } = event;
  if (!isTrusted || data?.type !== "authorization_response") return;
  event.stopImmediatePropagation();
  setTimeout(() => {
    dispatchEvent(new MessageEvent("message", { data, origin, source }));
    window.heard = true;
  }, 3000);
});"""


NOTE_SHIFTS = """window.shift = 0; new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) shift += value;
}).observe({ type: "layout-shift", buffered: true });"""


@pytest.fixture(scope="module")
def running_stack(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    database = tmp_path_factory.mktemp("journey") / "comments.db"
    shutil.copy(migrated_file, database)
    with whole_stack(database) as stack:
        yield stack


@pytest.fixture
def stack(running_stack: Stack) -> Stack:
    """Everything running, nothing yet asked of it in this test."""
    running_stack.forget()
    return running_stack


@pytest.fixture
def newcomer(browser: Browser, stack: Stack) -> Iterator[Newcomer]:
    """Makes visitors, each in a browser profile of their own."""
    visitors: list[Visitor] = []

    def make() -> Visitor:
        context = browser.new_context(locale="ko-KR", timezone_id="Asia/Seoul")
        visitors.append(Visitor(stack, context))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.context.close()


@pytest.fixture
def hana(newcomer: Newcomer) -> Visitor:
    return newcomer()


def plant_control_cookie(visitor: Visitor) -> None:
    """The service's own page leaves a cookie that comes back from anywhere, unless third-party
    cookies are blocked."""
    headers = visitor.stack.service.headers
    headers["Set-Cookie"] = "control=1; SameSite=None; Secure; Path=/"
    visitor.page.goto(f"{visitor.stack.service.origin}/healthz")
    del headers["Set-Cookie"]


def cookie_from_the_newspaper(visitor: Visitor) -> str | None:
    """What the newspaper's page brings along when it asks the service with all its cookies."""
    visitor.page.evaluate(
        "address => fetch(address, {credentials: 'include', mode: 'no-cors'}).then(() => null)",
        f"{visitor.stack.service.origin}/healthz",
    )
    return visitor.stack.service.asked("GET", "/healthz")[-1].headers.get("Cookie")


def assert_no_cookie_crossed(stack: Stack) -> None:
    """Cookies came with the reader's own navigations to the service, and with nothing else."""
    asked_by_pages = [
        each
        for each in stack.service.visits
        if each.headers["Sec-Fetch-Site"] == "cross-site"
        and each.headers["Sec-Fetch-Mode"] != "navigate"
    ]
    assert stack.service.asked("GET", "/oauth/authorize")[0].headers["Cookie"] == "control=1"
    assert {"/api/v1/comments", "/oauth/token"} < {each.path for each in asked_by_pages}
    assert [each.path for each in asked_by_pages if "Cookie" in each.headers] == []


@pytest.mark.parametrize(
    ("provider", "name", "article"),
    [
        ("twitter", "김하나", "haesong-signal-hill"),
        ("facebook", "이준호", "ferry-pier-reopens"),
    ],
    ids=["twitter", "facebook"],
)
def test_a_reader_logs_in_takes_part_and_leaves(
    stack: Stack, newcomer: Newcomer, provider: str, name: str, article: str
) -> None:
    """92."""
    writer, other = newcomer(), newcomer()
    plant_control_cookie(writer)
    other_box = other.opens(article)
    box = writer.opens(article)
    counter = box.locator("[part=counter]")
    comments = box.get_by_role("article")
    assert cookie_from_the_newspaper(writer) is None

    call = f"트위터 또는 페이스북 계정으로 로그인하고 {NAME}에 의견을 남기세요"
    expect(box.get_by_role("heading", name=call)).to_be_visible()
    expect(box.get_by_role("link", name="댓글 운영정책")).to_be_visible()
    expect(counter).to_have_text("(0/250자)")

    writer.logs_in(provider, name=name)
    expect(box.get_by_text(name)).to_be_visible()
    field_of(writer.page).fill("할머니를 모시고")
    expect(counter).to_have_text("(8/250자)")

    writer.writes("할머니를 모시고 가 보겠습니다. 👵🏽")
    expect(comments.first).to_contain_text("할머니를 모시고 가 보겠습니다. 👵🏽")
    expect(comments.first).to_contain_text(name)
    expect(box.get_by_role("heading", name="댓글 1개")).to_be_visible()

    other.opens(article)
    expect(other_box.get_by_role("article")).to_contain_text("👵🏽")

    comments.first.get_by_role("button", name="답글").click()
    box.get_by_role("textbox", name="답글").fill("4월에 다시 적겠습니다.")
    box.get_by_role("button", name="답글 등록").click()
    expect(comments.first.get_by_role("article")).to_contain_text("4월에 다시 적겠습니다.")

    writer.writes("같이 가실 분은 010-1234-5678로 연락 주세요.")
    expect(box.get_by_role("heading", name="등록되지 않았습니다: 정책 위반 1건")).to_be_focused()
    expect(box.locator("blockquote mark")).to_contain_text("010-1234-5678")
    box.get_by_role("button", name="고쳐 쓰기").click()
    expect(field_of(writer.page)).to_have_value("같이 가실 분은 010-1234-5678로 연락 주세요.")

    writer.writes("각" * 253)
    expect(box.locator(":focus")).to_have_text("3자 초과했습니다. 쓰신 글은 그대로 있습니다.")
    expect(counter).to_have_text("3자 초과 (253/250자)")
    assert len(stack.service.asked("POST", "/api/v1/comments")) == 3

    writer.opens(article)
    expect(field_of(writer.page)).to_have_value("각" * 253)
    box.get_by_role("button", name="로그아웃").click()
    expect(box.get_by_role("button", name="트위터(X)")).to_be_visible()
    expect(box.get_by_text("010-1234-5678")).to_have_count(0)

    assert_no_cookie_crossed(stack)
    assert writer.complaints == [REFUSED.format("422 (UNPROCESSABLE ENTITY)")]
    assert other.complaints == []


def test_the_control_cookie_comes_back_where_third_party_cookies_are_allowed(
    browser: Browser, chromium_path: str, stack: Stack, tmp_path: Path
) -> None:
    """92."""
    preferences = tmp_path / "Default" / "Preferences"
    preferences.parent.mkdir()
    allowed = {"cookie_controls_mode": 0, "block_third_party_cookies": False}
    preferences.write_text(json.dumps({"profile": allowed}))
    context = browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=chromium_path, args=CHROMIUM_ARGUMENTS
    )
    visitor = Visitor(stack, context)

    plant_control_cookie(visitor)
    visitor.opens()

    assert cookie_from_the_newspaper(visitor) == "control=1"
    context.close()


@pytest.mark.parametrize("button", [BUTTONS["facebook"], "답글, 김하나"], ids=["login", "reply"])
def test_a_slow_press_counts(stack: Stack, newcomer: Newcomer, button: str) -> None:
    """The box fetches its second half when a finger comes near, and has it before it goes up."""
    writer, reader = newcomer(), newcomer()
    box = writer.opens("ice-house-cinema")
    writer.logs_in()
    writer.writes("느리게 눌러도 됩니다.")
    expect(box.get_by_role("article").first).to_be_visible()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    reader.page.route("**/widget/*/writing.js", hold)
    pressed = reader.opens("ice-house-cinema").get_by_role("button", name=button).first

    pressed.hover()
    reader.page.mouse.down()
    until(lambda: reader.page.evaluate("true") and bool(held))
    held[0].continue_()
    address = held[0].request.url
    reader.page.evaluate("address => import(address).then(() => null)", address)
    pressed.evaluate("button => button.addEventListener('click', () => { window.pressed = true })")
    reader.page.mouse.up()

    assert reader.page.evaluate("window.pressed") is True


@pytest.mark.parametrize("provider_policy", OPENER_POLICIES)
@pytest.mark.parametrize("publisher_policy", OPENER_POLICIES)
def test_a_login_succeeds_under_every_opener_policy(
    stack: Stack,
    hana: Visitor,
    publisher_policy: str,
    provider_policy: str,
) -> None:
    """87: `--log-cli-level INFO` shows how long each takes, from the choice at the provider on."""
    stack.newspaper.headers["Cross-Origin-Opener-Policy"] = publisher_policy
    stack.provider.misbehave("twitter", f"coop={provider_policy}")
    hana.opens()
    popup = hana.begins_login()
    begun = time.perf_counter()

    hana.comes_back_from(popup)

    seconds = time.perf_counter() - begun
    severed = publisher_policy == "same-origin" or provider_policy != "unsafe-none"
    assert len(stack.newspaper.asked("GET", ARTICLE)) == (2 if severed else 1)
    assert len(stack.exchanges()) == 1
    assert hana.complaints == []
    log.info("%s, provider %s: %.2f s", publisher_policy, provider_policy, seconds)


def test_a_blocked_popup_goes_on_as_a_page_and_comes_back_to_the_draft(
    stack: Stack, hana: Visitor
) -> None:
    """88."""
    box = hana.opens()
    with hana.page.expect_response("**/me/notifications*"):  # the last of what a login asks
        hana.logs_in()
    field_of(hana.page).fill("아직 다 쓰지 못한 글")
    box.get_by_role("button", name="로그아웃").click()
    hana.page.add_init_script("window.open = () => null")
    hana.opens()

    hana.page.get_by_role("button", name="페이스북").click()
    hana.page.get_by_role("button", name="김하나").click()

    expect(field_of(hana.page)).to_have_value("아직 다 쓰지 못한 글")
    expect(field_of(hana.page)).to_be_in_viewport()
    addresses = hana.page.evaluate("navigation.entries().map(entry => entry.url)")
    assert set(addresses) == {stack.newspaper.origin + ARTICLE}
    assert len(hana.context.pages) == 1
    assert hana.complaints == []


def test_a_reader_who_cancels_is_back_at_the_login(stack: Stack, hana: Visitor) -> None:
    """16 and 89."""
    box = hana.opens()

    popup = hana.begins_login("facebook")
    with popup.expect_event("close"):
        popup.get_by_role("button", name="취소").click()

    expect(box.get_by_text("로그인하지 않았습니다.")).to_be_visible()
    expect(box.get_by_role("button", name="페이스북")).to_be_visible()
    assert stack.exchanges() == []
    assert hana.complaints == []


def test_a_reader_who_closes_the_popup_can_log_in_again(stack: Stack, hana: Visitor) -> None:
    """89."""
    box = hana.opens()

    hana.begins_login().close()
    expect(box.get_by_role("alert")).to_be_empty()
    hana.logs_in()

    assert len(stack.service.asked("GET", "/oauth/authorize")) == 2
    assert len(stack.exchanges()) == 1
    assert hana.complaints == []


@pytest.mark.parametrize("slowness", [BUSY, LATE], ids=["busy", "late"])
def test_an_article_that_hears_too_late_does_not_exchange_the_code_twice(
    stack: Stack, hana: Visitor, slowness: str
) -> None:
    """90."""
    hana.page.add_init_script(slowness)
    box = hana.opens()

    hana.logs_in()
    until(lambda: hana.page.evaluate("window.heard"))
    hana.writes("늦게 들어도 한 번만 로그인합니다.")

    expect(box.get_by_role("article").first).to_contain_text("늦게 들어도")
    assert len(stack.exchanges()) == 1
    assert hana.complaints == []


def passing(page: Page, seen: Locator) -> None:
    """Lets the page's time pass, a second at a time, until something is to be seen."""

    def after_a_second() -> bool:
        page.clock.run_for(1_000)
        return seen.count() > 0

    until(after_a_second, seconds=60)


def test_two_readers_meet_without_reloading(stack: Stack, newcomer: Newcomer) -> None:
    """The second is offered what the first writes, and loses what is taken away; nothing moves."""
    writer, other = newcomer(), newcomer()
    mine = writer.opens("quiet-year-for-oysters")
    writer.logs_in()
    writer.writes("먼저 쓴 글입니다.")
    expect(mine.get_by_role("article")).to_have_count(1)
    other.page.clock.install()
    other.page.add_init_script(NOTE_SHIFTS)
    theirs = other.opens("quiet-year-for-oysters")
    place = theirs.get_by_text("먼저 쓴 글입니다.").bounding_box()
    other.page.evaluate("shift = 0")  # before, the newspaper's own pieces found their places

    writer.writes("나중에 쓴 글입니다.")
    expect(mine.get_by_role("article")).to_have_count(2)
    offer = theirs.get_by_role("button", name="새 댓글 1개 보기")
    passing(other.page, offer)
    assert theirs.get_by_text("먼저 쓴 글입니다.").bounding_box() == place
    assert other.page.evaluate("shift") == 0
    offer.click()
    expect(theirs.get_by_role("article").first).to_contain_text("나중에 쓴 글입니다.")
    place = theirs.get_by_text("먼저 쓴 글입니다.").bounding_box()
    other.page.evaluate("shift = 0")  # what was asked for came, perhaps late

    mine.get_by_role("button", name="삭제, 김하나").first.click()
    mine.get_by_role("dialog").get_by_role("button", name="삭제").click()
    expect(mine.get_by_role("article")).to_have_count(1)
    passing(other.page, theirs.get_by_text("더 이상 없는 댓글입니다."))

    expect(theirs.get_by_text("나중에 쓴 글입니다.")).to_have_count(0)
    assert theirs.get_by_text("먼저 쓴 글입니다.").bounding_box() == place
    assert other.page.evaluate("shift") == 0
    assert len(other.stack.newspaper.asked("GET", "/ko/articles/quiet-year-for-oysters")) == 2
    assert writer.complaints == []
    assert other.complaints == []


def remove_as_moderator(stack: Stack, visitor: Visitor, comment_id: str) -> None:
    """What the moderators' desk would send, as a service of theirs."""
    app = stack.service.application
    assert isinstance(app, Flask)
    with app.app_context():
        made = service_clients.create(
            "Desk", scopes=["moderation:write"], site=SITE, now=clock.now()
        )
    basic = b64encode(f"{made.client_id}:{made.client_secret}".encode()).decode()
    ask = visitor.context.request
    granted = ask.post(
        f"{stack.service.origin}/oauth/token",
        form={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {basic}"},
    )
    removal = {"comment_id": comment_id, "decision": "remove", "seen_status": "published"}
    answer = ask.post(
        f"{stack.service.origin}/api/v1/moderation/decisions",
        data={"decisions": [removal | {"reason": "other", "note": "사실과 다릅니다."}]},
        headers={"Authorization": f"Bearer {granted.json()['access_token']}"},
    )
    assert [each["code"] for each in answer.json()["results"]] == [200]


def test_a_moderators_removal_disappears_and_its_writer_is_told_and_appeals(
    stack: Stack, newcomer: Newcomer
) -> None:
    writer, other = newcomer(), newcomer()
    mine = writer.opens("reservoir-eight")
    writer.logs_in("facebook", name="이준호")
    for text in ("남을 글입니다.", "지워질 글입니다."):
        writer.writes(text)
        expect(mine.get_by_role("article").first).to_contain_text(text)
    comment = mine.get_by_role("article").first.get_attribute("id") or ""
    other.page.clock.install()
    theirs = other.opens("reservoir-eight")
    place = theirs.get_by_text("남을 글입니다.").bounding_box()

    remove_as_moderator(stack, other, comment.removeprefix("comment-"))
    passing(other.page, theirs.get_by_text("더 이상 없는 댓글입니다."))
    expect(theirs.get_by_text("지워질 글입니다.")).to_have_count(0)
    assert theirs.get_by_text("남을 글입니다.").bounding_box() == place

    writer.opens("reservoir-eight")
    mine.get_by_role("button", name="새 알림 1개").click()
    expect(mine.get_by_role("list", name="알림")).to_contain_text("댓글이 삭제되었습니다.")
    mine.get_by_role("button", name="이의 제기").click()
    mine.get_by_role("dialog").get_by_role("textbox").fill("자료를 보고 쓴 글입니다.")
    mine.get_by_role("button", name="이의 제기하기").click()
    expect(mine.get_by_text("이의 제기가 접수되었습니다.")).to_be_visible()
    assert writer.complaints == []
    assert other.complaints == []


def test_logging_out_in_one_tab_logs_out_the_other(stack: Stack, hana: Visitor) -> None:
    tab = hana.context.new_page()
    hana.opens(page=tab)
    hana.page.bring_to_front()
    box = hana.opens()
    hana.logs_in()
    expect(field_of(tab)).to_be_visible()

    box.get_by_role("button", name="로그아웃").click()

    expect(tab.get_by_role("button", name=BUTTONS["twitter"])).to_be_visible()
    expect(field_of(tab)).to_have_count(0)
    # The tabs do not wait for the service.
    until(lambda: len(stack.service.asked("POST", "/oauth/revoke")) == 1)
    assert hana.complaints == []


def test_a_page_that_names_no_referrer_asks_once_more_and_logs_in(
    stack: Stack, hana: Visitor
) -> None:
    stack.newspaper.headers["Referrer-Policy"] = "no-referrer"
    hana.opens()
    with hana.context.expect_page() as opened:
        hana.page.get_by_role("button", name=BUTTONS["twitter"]).click()
    popup = opened.value

    popup.get_by_role("button", name="X로 계속하기").click()
    popup.wait_for_url("**idp.localhost**")
    hana.comes_back_from(popup)

    assert len(stack.exchanges()) == 1
    assert hana.complaints == []


def test_a_login_reaches_the_other_tabs_of_the_article(stack: Stack, hana: Visitor) -> None:
    tab = hana.context.new_page()
    hana.opens(page=tab)
    hana.page.bring_to_front()
    hana.opens()

    hana.logs_in()

    expect(field_of(tab)).to_be_visible()
    assert len(stack.exchanges()) == 1
    assert hana.complaints == []


def test_the_page_that_ends_a_login_cannot_be_framed_kept_or_traced(
    stack: Stack, hana: Visitor
) -> None:
    """36 and 81."""
    hana.opens()
    popup = hana.begins_login()
    with hana.context.expect_event("response", lambda each: "/callback/" in each.url) as finish:
        hana.comes_back_from(popup)

    headers = finish.value.headers
    policy = dict(
        part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == policy["frame-ancestors"] == policy["form-action"] == "'none'"
    assert policy["script-src"].startswith("'nonce-")
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "cross-origin-opener-policy" not in headers


def test_no_page_of_a_login_shows_in_a_frame(stack: Stack, hana: Visitor) -> None:
    """36."""
    evil = open_evil_page(hana, f"<iframe src='{stack.service.origin}/oauth/done'></iframe>")

    assert [frame.url for frame in evil.frames[1:]] == ["chrome-error://chromewebdata/"]


def test_the_way_back_from_a_login_tells_no_address(stack: Stack, hana: Visitor) -> None:
    """81."""
    stack.provider.misbehave("facebook", "coop=same-origin")
    hana.opens()

    hana.logs_in("facebook")

    _, way_back = stack.newspaper.asked("GET", ARTICLE)
    assert "Referer" not in way_back.headers
    told = {each.headers.get("Referer") for each in stack.service.visits}
    assert told == {None, f"{stack.newspaper.origin}/"}


def test_a_login_that_an_evil_page_began_gives_it_nothing(stack: Stack, hana: Visitor) -> None:
    """37, 38 and 91."""
    evil = open_evil_page(hana)
    with hana.context.expect_page() as opened:
        evil.evaluate("address => { open(address) }", authorize_address(stack))
    popup = opened.value

    expect(popup.get_by_role("heading", name="댓글 로그인")).to_be_visible()
    assert stack.provider.journal() == []
    popup.get_by_role("button", name="X로 계속하기").click()
    popup.get_by_role("button", name="김하나").click()
    popup.wait_for_url(f"{stack.newspaper.origin}{ARTICLE}#code=*")
    box_of(popup)
    popup.get_by_role("button", name=BUTTONS["twitter"]).hover()

    assert evil.evaluate("heard") == []
    assert popup.evaluate("Object.keys(localStorage)") == []
    assert stack.exchanges() == []
    assert hana.complaints == []


def test_a_login_from_nowhere_asks_the_reader_first(stack: Stack, hana: Visitor) -> None:
    """91."""
    answer = hana.page.goto(authorize_address(stack))

    assert answer is not None
    assert answer.status == 200
    assert stack.provider.journal() == []
    address, _, query = authorize_address(stack).partition("?")
    forged = hana.context.request.post(address, form=dict(parse_qsl(query)))
    assert forged.status == 403
    assert stack.provider.journal() == []
    hana.page.get_by_role("button", name="X로 계속하기").click()
    expect(hana.page.get_by_role("button", name="김하나")).to_be_visible()


def test_the_box_hears_only_the_answer_to_its_own_login(stack: Stack, hana: Visitor) -> None:
    """39."""
    evil = open_evil_page(hana)
    with hana.context.expect_page() as opened:
        evil.evaluate("address => { article = open(address) }", stack.newspaper.origin + ARTICLE)
    hana.page = opened.value
    box_of(hana.page)
    popup = hana.begins_login()
    with hana.context.expect_page() as opened:
        hana.page.evaluate("address => { open(address) }", f"{stack.service.origin}/oauth/done")
    other_window = opened.value
    (key,) = hana.page.evaluate("Object.keys(localStorage)")
    right: dict[str, Any] = {
        "type": "authorization_response",
        "response": {
            "code": "c" * 43,
            "state": key.rpartition(":")[2],
            "iss": stack.service.origin,
        },
    }
    say = "message => opener.postMessage(message, '*')"

    evil.evaluate("message => article.postMessage(message, '*')", right)
    other_window.evaluate(say, right)
    popup.evaluate(say, right)  # the right window, but still the provider's page
    popup.evaluate("address => { location = address }", f"{stack.service.origin}/oauth/done")
    popup.wait_for_url("**/oauth/done")
    popup.evaluate(say, right | {"type": "authorization"})
    popup.evaluate(say, right | {"response": right["response"] | {"state": "unknown"}})
    hana.page.evaluate("() => new Promise(resolve => setTimeout(resolve))")
    assert hana.page.evaluate("Object.keys(localStorage)") == [key]
    assert stack.exchanges() == []

    popup.evaluate(say, right)
    expect(hana.page.get_by_role("alert")).to_contain_text("로그인하지 못했습니다.")
    assert len(stack.exchanges()) == 1


def authorize_address(stack: Stack) -> str:
    """Where a login for the article begins, as somebody else than its box would write it."""
    query = {
        "response_type": "code",
        "client_id": SITE,
        "redirect_uri": stack.newspaper.origin + ARTICLE,
        "response_mode": "web_message",
        "state": "s" * 22,
        "code_challenge": create_s256_code_challenge("v" * 43),
        "code_challenge_method": "S256",
        "provider": "twitter",
    }
    return f"{stack.service.origin}/oauth/authorize?{urlencode(query)}"


def open_evil_page(visitor: Visitor, body: str = "") -> Page:
    """A page of a site that no publisher knows, which listens to all it is told."""
    ear = "<script>heard = []; addEventListener('message', e => heard.push(e.data))</script>"

    def answer(route: Route) -> None:
        route.fulfill(content_type="text/html", body=ear + body)

    visitor.context.route("http://evil.localhost/", answer)
    page = visitor.context.new_page()
    page.goto("http://evil.localhost/")
    return page
