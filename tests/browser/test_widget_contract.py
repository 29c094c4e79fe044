"""What a publisher's page may rely on: attributes, methods, events, parts, variables."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from comments_service.version import __version__
from tests.browser.waiting import until
from tests.browser.widget_world import Reader, Service

pytestmark = pytest.mark.browser

REJECTED = {
    "type": "/problems/policy-violation",
    "body": "막힐 글",
    "findings": [],
    "comment_id": "r1",
}
LISTEN = """names => { window.heard = []; for (const name of names)
  document.addEventListener("social-comments:" + name, event =>
    heard.push([name, structuredClone(event.detail), Object.isFrozen(event.detail)])) }"""


def on_element(page: Page, script: str) -> Any:
    """What an expression says of the element, which it knows as `box`."""
    return page.evaluate(
        f"async () => {{ const box = document.querySelector('social-comments'); return {script} }}"
    )


def heard(page: Page, name: str) -> list[Any]:
    return [detail for each, detail, _ in page.evaluate("heard") if each == name]


def test_the_page_hears_what_happens(service: Service, reader: Reader) -> None:
    page = reader.page
    service.comment("가나다")
    page.add_init_script(f"({LISTEN})(['ready', 'login', 'logout', 'comment', 'count'])")
    reader.opens()
    reader.logs_in()
    reader.posts("새 글")
    expect(page.get_by_role("article")).to_have_count(2)
    page.get_by_role("button", name="로그아웃").click()
    expect(page.get_by_role("button", name="트위터(X)")).to_be_visible()

    assert heard(page, "ready") == [{"site": "demo", "article": "a1", "count": 1}]
    (user,) = [each["user"] for each in heard(page, "login")]
    assert user.keys() == {"id", "name", "provider"}
    assert (user["name"], user["provider"]) == ("홍길동", "twitter")
    assert heard(page, "comment")[0] | {"id": ""} == {
        "id": "",
        "parentId": None,
        "status": "published",
    }
    assert [each["count"] for each in heard(page, "count")] == [1, 2]
    assert heard(page, "logout") == [{}]
    assert all(frozen for _, _, frozen in page.evaluate("heard"))
    assert "cst_" not in page.evaluate("JSON.stringify(heard)")


def test_a_failure_is_heard_with_its_code(service: Service, reader: Reader) -> None:
    page = reader.page
    page.add_init_script(f"({LISTEN})(['error'])")
    service.answer_next("GET", "/api/v1/comments", 404, type="/problems/unknown-site", status=404)
    page.goto(f"{service.news}/article")
    page.get_by_role("button", name="다시 시도").wait_for()

    assert heard(page, "error") == [{"code": "unknown-site", "retryable": False}]
    assert on_element(page, "box.state") == "error"


def test_the_page_can_object_to_a_login_and_to_a_text(service: Service, reader: Reader) -> None:
    page = reader.opens()
    page.evaluate(
        "for (const name of ['beforelogin', 'beforesubmit'])"
        " addEventListener('social-comments:' + name, e => { window.last = e.detail;"
        " if (window.object) e.preventDefault() })"
    )
    page.evaluate("window.object = true")
    page.get_by_role("button", name="페이스북").click()
    until(lambda: page.evaluate("window.last?.provider") == "facebook")
    assert len(page.context.pages) == 1
    page.evaluate("window.object = false")
    reader.logs_in()
    page.evaluate("window.object = true")
    reader.posts("막힐 글")

    assert page.evaluate("window.last") == {"text": "막힐 글", "parentId": None}
    assert service.calls("POST", "/api/v1/comments") == []


def test_properties_and_methods_do_what_they_say(service: Service, reader: Reader) -> None:
    first = service.comment("가나다")
    page = reader.opens()

    assert on_element(page, "box.constructor.version") == __version__
    assert on_element(page, "[box.site, box.article, box.count, box.state, box.loggedIn]") == [
        "demo",
        "a1",
        1,
        "ready",
        False,
    ]
    assert on_element(page, f"await box.scrollToComment('{first['id']}')") is True
    assert on_element(page, "await box.scrollToComment('999')") is False
    expect(page.get_by_role("article")).to_have_count(1)
    with page.context.expect_page() as opened:
        on_element(page, "box.login('facebook')")
    opened.value.locator("#allow").click()
    page.get_by_role("textbox").wait_for()
    assert on_element(page, "box.loggedIn") is True
    on_element(page, "document.body.focus()")
    on_element(page, "box.focusEditor()")
    expect(page.get_by_role("textbox")).to_be_focused()
    on_element(page, "box.logout()")
    expect(page.get_by_role("button", name="트위터(X)")).to_be_visible()
    service.comment("라마바")
    on_element(page, "await box.reload()")
    expect(page.get_by_role("article")).to_have_count(2)


def test_another_article_takes_the_place_of_the_first(service: Service, reader: Reader) -> None:
    page = reader.opens()

    on_element(page, "(box.article = 'a2', box.pageSize = 50, 0)")
    until(lambda: len(service.asked) == 2)

    assert service.asked[-1].query["article"] == "a2"
    assert service.asked[-1].query["limit"] == "50"


def test_an_element_can_be_moved_removed_and_put_back(service: Service, reader: Reader) -> None:
    service.comment("가나다")
    page = reader.opens()

    on_element(page, "(window.box = box, box.remove(), 0)")
    expect(page.get_by_role("article")).to_have_count(0)
    page.evaluate("document.querySelector('main').append(box)")

    expect(page.get_by_text("가나다")).to_be_visible()


def test_two_elements_share_one_login(service: Service, reader: Reader) -> None:
    page = reader.opens()
    on_element(page, "(box.after(box.cloneNode()), 0)")
    boxes = page.locator("social-comments")

    with page.context.expect_page() as opened:
        boxes.nth(1).get_by_role("button", name="트위터(X)").click()
    opened.value.locator("#allow").click()

    for number in (0, 1):
        expect(boxes.nth(number).get_by_role("textbox")).to_be_visible()
    assert len(service.calls("POST", "/oauth/token")) == 1


@pytest.mark.parametrize(("loading", "loads"), [("lazy", False), ("eager", True)])
def test_nothing_is_asked_before_it_is_near(
    service: Service, reader: Reader, loading: str, loads: bool
) -> None:
    page = reader.page
    page.add_init_script(
        "addEventListener('DOMContentLoaded', () =>"
        " document.querySelector('h1').setAttribute('class', 'far'))"
    )
    page.route(
        "**/page.css",
        lambda route: route.fulfill(content_type="text/css", body=".far{margin-bottom:4000px}"),
    )
    page.goto(f"{service.news}/article?attributes=loading={loading}")
    page.locator("social-comments [part=root]").wait_for(state="attached")
    if loads:
        until(lambda: len(service.asked) == 1)
        return
    assert service.asked == []

    page.locator("social-comments").scroll_into_view_if_needed()

    until(lambda: len(service.asked) == 1)


def test_manual_loading_waits_for_the_page(service: Service, reader: Reader) -> None:
    page = reader.page
    page.goto(f"{service.news}/article?attributes=loading=manual")
    page.locator("social-comments [part=root]").wait_for()
    assert on_element(page, "box.state") == "idle"

    on_element(page, "await box.load()")

    assert on_element(page, "box.state") == "ready"
    assert len(service.asked) == 1


def test_a_readonly_box_takes_no_comments(service: Service, reader: Reader) -> None:
    service.comment("가나다")
    page = reader.opens("attributes=readonly")

    expect(page.get_by_text("가나다")).to_be_visible()
    expect(page.get_by_role("button", name="트위터(X)")).to_have_count(0)


def test_headings_begin_where_the_page_says(service: Service, reader: Reader) -> None:
    service.comment("가나다")
    page = reader.opens("attributes=heading-level=2")

    expect(page.get_by_role("heading", name="댓글 1개", level=2)).to_be_visible()
    expect(page.get_by_role("heading", name="김하나", level=3)).to_be_visible()


def test_headings_inside_follow_and_look_the_same(service: Service, reader: Reader) -> None:
    page = reader.opens("attributes=heading-level=2")
    empty = page.get_by_role("heading", name="아직 댓글이 없습니다", level=3)
    expect(empty).to_have_css("font-weight", "700")
    reader.logs_in()
    service.answer_next("POST", "/api/v1/comments", 422, **REJECTED)
    reader.posts("막힐 글")

    refused = page.get_by_role("heading", name="등록되지 않았습니다", level=3)
    expect(refused).to_be_focused()
    expect(refused).to_have_css("font-weight", "700")


def test_what_an_attribute_cannot_be_has_its_usual_value(service: Service, reader: Reader) -> None:
    page = reader.opens("attributes=sort=best page-size=many heading-level=9 theme=blue")

    assert on_element(page, "[box.sort, box.pageSize, box.headingLevel, box.theme]") == [
        "newest",
        20,
        6,
        "auto",
    ]
    assert on_element(page, "[box.maxDepth, box.loading, box.readonly]") == [1, "lazy", False]
    assert {name: service.asked[-1].query[name] for name in ("sort", "limit")} == {
        "sort": "newest",
        "limit": "20",
    }
    on_element(page, "(box.pageSize = 99, box.maxDepth = 0, 0)")
    assert on_element(page, "[box.getAttribute('page-size'), box.pageSize, box.maxDepth]") == [
        "99",
        50,
        0,
    ]
    expect(page.locator("[part=root]")).to_have_class(re.compile("flat"))


def test_what_was_said_of_one_comment_is_not_said_of_the_next(
    service: Service, reader: Reader
) -> None:
    page = reader.opens()
    reader.logs_in()
    reader.posts("좋은 기사입니다")
    status = page.locator("[role=status]")
    expect(status).to_have_text("댓글이 등록되었습니다.")
    service.answer_next("POST", "/api/v1/comments", 422, **REJECTED)

    reader.posts("막힐 글")

    expect(page.get_by_role("heading", name="등록되지 않았습니다")).to_be_focused()
    expect(status).to_have_text("")


@pytest.mark.parametrize(
    ("query", "background"),
    [
        ("scheme=light", "rgb(255, 255, 255)"),
        ("scheme=dark", "rgb(13, 17, 23)"),
        ("scheme=light&attributes=theme=dark", "rgb(13, 17, 23)"),
        ("scheme=none", "rgb(13, 17, 23)"),
    ],
)
def test_the_theme_follows_the_page_then_the_reader(
    reader: Reader, query: str, background: str
) -> None:
    reader.page.emulate_media(color_scheme="dark")
    page = reader.opens(query)

    expect(page.locator("[part=root]")).to_have_css("background-color", background)


def test_a_page_styles_by_variables_and_parts_and_by_nothing_else(
    service: Service, reader: Reader
) -> None:
    service.comment("가나다")
    reader.page.route(
        "**/page.css",
        lambda route: route.fulfill(
            content_type="text/css",
            body=(
                "*{color:lime!important}button{background:red!important}"
                "social-comments{--sc-accent:rgb(1,2,3);display:inline}"
                "social-comments::part(body){letter-spacing:3px}"
            ),
        ),
    )
    page = reader.opens()

    expect(page.locator("[part=policy-link]")).to_have_css("color", "rgb(1, 2, 3)")
    expect(page.locator("[part=body]")).to_have_css("letter-spacing", "3px")
    expect(page.locator("[part~=login-x]")).to_have_css("background-color", "rgb(15, 20, 25)")
    expect(page.locator("[part=count]")).not_to_have_css("color", "rgb(0, 255, 0)")


@pytest.mark.parametrize("delay", [0, 2000])
def test_nothing_on_the_page_is_moved(service: Service, reader: Reader, delay: int) -> None:
    for number in range(20):
        service.comment(f"댓글 번호 {number}")

    def slowly(route: Route) -> None:
        page.wait_for_timeout(delay)
        route.fallback()

    page = reader.page
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => { for (const e of list.getEntries())"
        " window.shift += e.value }).observe({type: 'layout-shift', buffered: true})"
    )
    page.route("**/api/v1/comments?*", slowly)
    page.route(
        "**/page.css",
        lambda route: route.fulfill(
            content_type="text/css",
            body="social-comments:not(:defined){display:block;min-block-size:28rem}",
        ),
    )

    reader.opens()
    expect(page.get_by_role("article")).to_have_count(20)

    assert page.evaluate("window.shift") == 0


def test_counts_come_with_one_request(service: Service, reader: Reader) -> None:
    page = reader.page
    page.goto(f"{service.news}/list?lang=ko")

    expect(page.locator("social-comments-count")).to_have_text(
        ["댓글 1.2천", "댓글 1", "댓글 1.2천"]
    )
    assert [each.path for each in service.asked] == ["/api/v1/articles"]
    width = page.locator("social-comments-count").first.evaluate(
        "badge => (badge.textContent = '', badge.getBoundingClientRect().width)"
    )
    assert width > 10


def test_counts_that_cannot_be_had_leave_the_pages_text(service: Service, reader: Reader) -> None:
    reader.expected.append("Failed to load resource: the server responded with a status of 503")
    service.answer_next("GET", "/api/v1/articles", 503, type="/problems/overloaded")
    page = reader.page
    with page.expect_response("**/api/v1/articles*"):
        page.goto(f"{service.news}/list?lang=en")

    expect(page.locator("social-comments-count").first).to_have_text("…")
