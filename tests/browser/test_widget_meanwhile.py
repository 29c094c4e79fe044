"""What a reader does meets an answer that is still on its way, and the other way round."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.test_widget_writing import own
from tests.browser.waiting import until
from tests.browser.widget_world import Host, Reader, Service, moment

pytestmark = pytest.mark.browser

COMMENTS = "/api/v1/comments"
SEND = "등록"


def send(page: Page) -> None:
    page.get_by_role("button", name=SEND, exact=True).first.click()


@pytest.fixture
def page(service: Service, reader: Reader) -> Page:
    """The article, the reader logged in, and all told that a login is told."""
    service.comment("먼저 있던 댓글", by="김하나")
    page = reader.opens()
    with page.expect_response("**/me/notifications*"):
        reader.logs_in()
    return page


def holding(page: Page, part: str, *, times: int = 1) -> list[Route]:
    """The requests whose address has `part` in it, which go on when told to."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(lambda url: part in url, hold, times=times)
    return held


def a_moment(page: Page) -> None:
    """Long enough for what should not happen. Where the machine is slower, a fault goes unseen, and
    no good page fails."""
    page.wait_for_timeout(300)


def focus_in_box(page: Page) -> str:
    """What has the focus within the box; "" where it is lost to the body."""
    found: str = page.evaluate(
        """() => {
          const active = document.activeElement?.shadowRoot?.activeElement;
          return active ? active.outerHTML.slice(0, 120) : "";
        }"""
    )
    return found


def test_a_box_that_ends_while_a_post_waits_for_the_thread_does_not_freeze_the_page(
    service: Service, page: Page
) -> None:
    let_post_go = service.withhold(COMMENTS)
    page.get_by_role("textbox").fill("서둘러 쓴 글")
    send(page)
    until(lambda: len(service.calls("POST", COMMENTS)) == 1)
    a_moment(page)  # the POST has its event; the thread gets another
    let_thread_go = service.withhold(COMMENTS)
    page.get_by_role("combobox").select_option("oldest")
    until(lambda: len(service.calls("GET", COMMENTS)) == 2)
    page.evaluate("document.querySelector('social-comments').article = 'a2'")
    let_thread_go()
    let_post_go()
    a_moment(page)

    assert page.locator("h1").inner_text() == "기사 제목"  # a frozen page does not answer


def test_a_reply_that_is_answered_late_does_not_take_another_form_with_it(
    service: Service, page: Page
) -> None:
    service.comment("둘째 댓글", by="나두리")
    page.get_by_role("combobox").select_option("oldest")
    expect(page.get_by_text("둘째 댓글")).to_be_visible()
    page.get_by_role("button", name="답글, 김하나").click()
    page.get_by_role("textbox", name="김하나 님에게 답글").fill("먼저 보낸 답글")
    let_go = service.withhold(COMMENTS)
    page.get_by_role("button", name="답글 등록").click()
    until(lambda: len(service.calls("POST", COMMENTS)) == 1)
    page.get_by_role("button", name="답글, 나두리").click()
    page.get_by_role("textbox", name="나두리 님에게 답글").fill("아직 쓰는 중인 답글")

    with page.expect_response(lambda each: each.request.method == "POST"):
        let_go()
    expect(page.get_by_role("article").filter(has_text="먼저 보낸 답글").first).to_be_visible()

    expect(page.get_by_role("textbox", name="나두리 님에게 답글")).to_have_value(
        "아직 쓰는 중인 답글"
    )


def test_an_edit_that_was_left_after_sending_is_shown(service: Service, page: Page) -> None:
    page.get_by_role("textbox").fill("오타가 잇는 글")
    send(page)
    mine = page.get_by_role("article").first
    expect(mine).to_be_focused()
    number = service.comments[0]["id"]
    let_go = service.withhold(f"{COMMENTS}/{number}")
    mine.get_by_role("button", name="수정, 홍길동").click()
    page.get_by_role("textbox", name="댓글 수정").fill("오타가 있는 글")
    page.keyboard.press("Control+Enter")
    until(lambda: len(service.calls("PATCH", f"{COMMENTS}/{number}")) == 1)
    page.keyboard.press("Escape")

    with page.expect_response(lambda each: each.request.method == "PATCH"):
        let_go()

    expect(mine).to_contain_text("오타가 있는 글")


def test_what_is_written_on_while_a_comment_is_sent_stays(service: Service, page: Page) -> None:
    let_go = service.withhold(COMMENTS)
    field = page.get_by_role("textbox")
    field.fill("첫 글")
    page.keyboard.press("Control+Enter")
    until(lambda: len(service.calls("POST", COMMENTS)) == 1)
    page.keyboard.press("Control+End")
    page.keyboard.press("P")
    taken = field.input_value()

    let_go()
    expect(page.get_by_role("article")).to_have_count(2)
    a_moment(page)

    # Either it was visibly not taken in, or it is still there.
    assert field.input_value() == taken.removeprefix("첫 글").strip()


def test_more_that_comes_late_is_not_put_into_another_order(
    service: Service, reader: Reader
) -> None:
    for number in range(1, 46):
        service.comment(f"댓글 번호 {number}.")
    page = reader.opens()
    held = holding(page, "cursor=20")
    page.get_by_role("button", name="댓글 더 보기").click()
    until(lambda: bool(page.title()) and len(held) == 1)
    page.get_by_role("combobox").select_option("oldest")
    expect(page.get_by_role("article").first).to_contain_text("댓글 번호 1.")

    with page.expect_response(lambda each: "cursor=20" in each.url):
        held[0].continue_()
    a_moment(page)

    numbers = [
        int(text.split("댓글 번호 ")[1].split(".")[0])
        for text in page.get_by_role("article").all_inner_texts()
    ]
    assert numbers == list(range(1, len(numbers) + 1))


def test_replies_that_come_late_are_not_lost_for_a_thread_loaded_anew(
    service: Service, reader: Reader
) -> None:
    root = service.comment("뿌리")
    for number in range(5):
        service.comment(f"답글 번호 {number}", reply_to=root)
    page = reader.opens()
    held = holding(page, "/replies")
    page.get_by_role("button", name="답글 3개 더 보기").click()
    until(lambda: bool(page.title()) and len(held) == 1)
    with page.expect_response("**/api/v1/comments?*"):
        page.get_by_role("combobox").select_option("oldest")
    expect(page.get_by_text("답글 번호 1")).to_be_visible()
    with page.expect_response("**/replies*"):
        held[0].continue_()
    a_moment(page)

    page.get_by_role("button", name="답글 3개 더 보기").click()

    expect(page.get_by_text("답글 번호 4")).to_be_visible(timeout=3000)


def held_answer(service: Service, **more: Any) -> dict[str, Any]:
    """A held comment as the service answers it, which no page of the thread has."""
    made = own(service, "검토를 기다릴 글", status="held")
    service.comments.remove(made)
    made.pop("all_replies")
    return made | {"findings": []} | more


def test_a_held_comment_outlasts_a_thread_that_is_loaded_anew(service: Service, page: Page) -> None:
    service.answer_next("POST", COMMENTS, 202, **held_answer(service))
    page.get_by_role("textbox").fill("검토를 기다릴 글")
    send(page)
    expect(page.get_by_role("article").filter(has_text="검토를 기다릴 글")).to_be_visible()

    with page.expect_response("**/api/v1/comments?*"):
        page.get_by_role("combobox").select_option("oldest")
    expect(page.get_by_text("먼저 있던 댓글")).to_be_visible()

    expect(page.get_by_role("article").filter(has_text="검토를 기다릴 글")).to_be_visible(
        timeout=3000
    )


def test_a_held_comment_that_was_deleted_does_not_come_back(
    service: Service, reader: Reader
) -> None:
    service.comment("먼저 있던 댓글")
    held = held_answer(service)
    service.held = [held]
    service.answer_next("DELETE", f"{COMMENTS}/{held['id']}", 200)
    page = reader.opens()
    reader.logs_in()
    mine = page.get_by_role("article").filter(has_text="검토를 기다릴 글")
    mine.get_by_role("button", name="삭제, 홍길동").click()
    page.get_by_role("dialog").get_by_role("button", name="삭제").click()
    expect(mine).to_have_count(0)

    with page.expect_response("**/api/v1/comments?*"):
        page.get_by_role("combobox").select_option("oldest")
    expect(page.get_by_text("먼저 있던 댓글")).to_be_visible()
    a_moment(page)

    expect(mine).to_have_count(0)


def test_pressing_reply_again_loses_no_text(page: Page) -> None:
    reply = page.get_by_role("button", name="답글, 김하나")
    reply.click()
    field = page.get_by_role("textbox", name="김하나 님에게 답글")
    field.fill("길게 쓰던 답글")
    reply.click()

    expect(field).to_have_value("길게 쓰던 답글")


def test_the_words_of_an_appeal_outlast_a_failure(service: Service, reader: Reader) -> None:
    refused = held_answer(service, status="rejected")
    service.rejected = [refused]
    path = f"/api/v1/me/comments/{refused['id']}/appeal"
    service.answer_next("POST", path, 429, type="/problems/too-many-requests")
    page = reader.opens()
    reader.logs_in()
    appeal = page.get_by_role("article").get_by_role("button", name="이의 제기")
    appeal.click()
    page.get_by_role("dialog").get_by_role("textbox").fill("오래 고른 말")
    page.get_by_role("dialog").get_by_role("button", name="이의 제기하기").click()
    expect(page.get_by_role("alert")).to_contain_text("너무 빠르게")
    appeal.click()

    expect(page.get_by_role("dialog").get_by_role("textbox")).to_have_value("오래 고른 말")


def test_a_box_that_ends_before_its_second_half_comes_throws_nothing(
    service: Service, reader: Reader
) -> None:
    """The reader fixture fails: `Cannot read properties of undefined (reading 'push')`."""
    page = reader.page
    held = holding(page, "/writing.js", times=9)
    reader.opens()
    page.locator("[part=count]").hover()
    until(lambda: bool(page.title()) and len(held) >= 1)
    page.evaluate("document.querySelector('social-comments').remove()")
    for each in held:
        each.continue_()
    a_moment(page)


def test_articles_in_turn_pile_up_no_style_sheets(service: Service, page: Page) -> None:
    count = "document.querySelector('social-comments').shadowRoot.adoptedStyleSheets.length"
    before = page.evaluate(count)
    for number in range(2, 5):
        page.evaluate(f"document.querySelector('social-comments').article = 'b{number}'")
        expect(page.get_by_role("button", name="로그아웃")).to_be_visible()

    assert page.evaluate(count) == before


def test_a_login_kept_in_memory_is_known_in_the_next_article(
    service: Service, reader: Reader
) -> None:
    page = reader.opens("attributes=persist=memory")
    reader.logs_in()
    page.mouse.move(0, 0)
    with page.expect_response("**/api/v1/comments?*"):
        page.evaluate("document.querySelector('social-comments').article = 'a2'")

    expect(page.get_by_role("button", name="로그아웃")).to_be_visible(timeout=3000)


def test_a_refresh_that_comes_late_does_not_log_in_who_has_left(
    service: Service, page: Page
) -> None:
    page.evaluate("sessionStorage.clear()")
    let_go = service.withhold("/oauth/token")
    page.get_by_role("button", name="좋아요 0, 김하나").click()
    until(lambda: len(service.calls("POST", "/oauth/token")) == 2)
    page.get_by_role("button", name="로그아웃").click()
    expect(page.get_by_role("button", name="트위터(X)")).to_be_visible()
    with page.expect_response("**/oauth/token"):
        let_go()
    a_moment(page)

    assert page.evaluate("localStorage['social-comments:demo'] ?? null") is None


def test_a_login_that_the_page_threw_away_can_be_renewed(service: Service, page: Page) -> None:
    """As when a page sleeps through a logout, or calls `localStorage.clear()` itself."""
    page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.get_by_role("textbox").fill("보낼 글")
    send(page)

    expect(page.get_by_role("button", name="트위터(X)")).to_be_visible(timeout=3000)


def test_the_focus_stays_on_the_offer_of_new_comments(service: Service, reader: Reader) -> None:
    service.comment("먼저 있던 댓글")
    page = reader.page
    page.clock.install()
    reader.opens()
    page.get_by_role("heading", name="댓글 1개").hover()
    a_moment(page)

    def offered(words: str) -> None:
        for _ in range(40):
            page.clock.run_for(5_000)
            page.wait_for_timeout(50)
            if page.get_by_role("button", name=words).count():
                return
        raise AssertionError(words)

    service.comment("새 댓글 1")
    offered("새 댓글 1개 보기")
    page.get_by_role("button", name="새 댓글 1개 보기").focus()
    service.comment("새 댓글 2")
    offered("새 댓글 2개 보기")

    assert "new-comments-button" in focus_in_box(page)


def test_a_logout_elsewhere_does_not_move_who_once_came_back_from_a_login(
    service: Service, reader: Reader
) -> None:
    service.host = Host(css="main::before{content:'';display:block;height:3000px}")
    reader.page.add_init_script("window.open = () => null")
    page = reader.opens("attributes=loading=eager")
    page.get_by_role("button", name="페이스북").click()
    page.locator("#allow").click()
    expect(page.get_by_role("textbox", name="댓글 쓰기")).to_be_focused()
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    other = reader.new_page()
    reader.opens("attributes=loading=eager", page=other)
    other.get_by_role("button", name="로그아웃").click()
    expect(page.get_by_role("button", name="페이스북")).to_have_count(1)

    assert page.evaluate("scrollY") == 0


def test_an_edit_of_a_held_comment_outlasts_a_login_that_ended(
    service: Service, reader: Reader
) -> None:
    held = held_answer(service)
    service.held = [held]
    service.answer_next("PATCH", f"{COMMENTS}/{held['id']}", 401, type="/problems/unauthenticated")
    held["created_at"] = moment()
    page = reader.opens()
    reader.logs_in()
    page.get_by_role("button", name="수정, 홍길동").click()
    page.get_by_role("textbox", name="댓글 수정").fill("고쳐 쓴 글")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="트위터(X)")).to_be_visible()
    with page.expect_response("**/me/notifications*"):
        reader.logs_in()
    expect(page.get_by_role("article")).to_have_count(1)

    expect(page.get_by_role("textbox", name="댓글 수정")).to_have_value("고쳐 쓴 글")


def test_why_a_hasty_comment_was_refused_outlasts_the_threads_coming(
    service: Service, page: Page
) -> None:
    let_go = service.withhold(COMMENTS)
    page.goto(f"{service.news}/article")
    page.get_by_role("textbox").wait_for()
    until(lambda: len(service.calls("GET", COMMENTS)) == 2)
    a_moment(page)
    service.withheld.clear()
    service.answer_next("POST", COMMENTS, 429, type="/problems/too-many-requests")
    page.get_by_role("textbox").fill("서둘러 쓴 글")
    send(page)
    why = page.get_by_text("너무 빠르게 쓰셨습니다.").first
    expect(why).to_be_visible()
    let_go()
    expect(page.get_by_text("먼저 있던 댓글")).to_be_visible()
    a_moment(page)

    assert focus_in_box(page)
    expect(why).to_be_visible(timeout=2000)


def test_more_that_comes_late_does_not_take_the_focus_from_who_writes(
    service: Service, reader: Reader
) -> None:
    for number in range(30):
        service.comment(f"댓글 번호 {number}.")
    page = reader.opens()
    reader.logs_in()
    held = holding(page, "cursor=20")
    page.get_by_role("button", name="댓글 더 보기").click()
    until(lambda: bool(page.title()) and len(held) == 1)
    page.get_by_role("textbox").focus()
    page.keyboard.type("앞")
    with page.expect_response(lambda each: "cursor=20" in each.url):
        held[0].continue_()
    expect(page.get_by_role("article")).to_have_count(30)
    a_moment(page)
    assert focus_in_box(page).startswith("<textarea")


def test_a_retry_after_a_gateway_gave_up_is_the_same_comment(
    service: Service, page: Page, reader: Reader
) -> None:
    reader.expected.append("Failed to load resource: the server responded with a status of 504")
    keys: list[str] = []

    def give_up(route: Route) -> None:
        keys.append(route.request.headers.get("idempotency-key", ""))
        route.fulfill(
            status=504,
            body="<html>Gateway Time-out",
            headers={"Access-Control-Allow-Origin": "*"},
        )

    page.route("**/api/v1/comments", give_up, times=1)
    page.get_by_role("textbox").fill("두 번 실리면 안 되는 글")
    send(page)
    expect(page.get_by_text("문제가 생겼습니다.")).to_be_visible()
    send(page)
    expect(page.get_by_role("textbox")).to_have_value("")

    assert service.calls("POST", COMMENTS)[0].headers["Idempotency-Key"] == keys[0]


@pytest.mark.parametrize("problem", ["account-suspended", "article-closed"])
def test_who_is_refused_for_good_keeps_the_focus_and_hears_why(
    service: Service, page: Page, problem: str
) -> None:
    service.answer_next("POST", COMMENTS, 403, type=f"/problems/{problem}")
    page.get_by_role("textbox").fill("보낼 글")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("textbox")).to_have_count(0)

    expect(page.get_by_role("alert").filter(has_text=re.compile("."))).to_have_count(1)
    assert focus_in_box(page)


def test_what_is_held_for_who_has_left_is_not_shown(service: Service, page: Page) -> None:
    service.answer_next("POST", COMMENTS, 202, **held_answer(service))
    let_go = service.withhold(COMMENTS)
    page.get_by_role("textbox").fill("검토를 기다릴 글")
    page.keyboard.press("Control+Enter")
    until(lambda: len(service.calls("POST", COMMENTS)) == 1)
    page.get_by_role("button", name="로그아웃").click()
    with page.expect_response(lambda each: each.request.method == "POST"):
        let_go()
    a_moment(page)

    expect(page.get_by_role("article")).to_have_count(1)


def test_a_deletion_asked_for_twice_counts_once(service: Service, page: Page) -> None:
    service.comment("또 하나", by="나두리")
    own(service, "지울 글")
    page.get_by_role("combobox").select_option("oldest")
    expect(page.get_by_role("heading", name="댓글 3개")).to_be_visible()
    number = service.comments[0]["id"]
    let_go = service.withhold(f"{COMMENTS}/{number}")
    for times in (1, 2):
        page.get_by_role("button", name="삭제, 홍길동").click()
        page.get_by_role("dialog").get_by_role("button", name="삭제").click()
        until(lambda: len(service.calls("DELETE", f"{COMMENTS}/{number}")) == times)  # noqa: B023
    let_go()
    expect(page.get_by_role("article")).to_have_count(2)
    a_moment(page)

    expect(page.get_by_role("heading", name="댓글 2개")).to_be_visible(timeout=2000)


def test_a_like_taken_back_before_its_answer_came_stays_taken_back(
    service: Service, page: Page
) -> None:
    (comment,) = service.comments
    path = f"{COMMENTS}/{comment['id']}/vote"
    held = holding(page, "/vote")
    like = page.get_by_role("button", name="좋아요")
    like.click()
    expect(like).to_have_attribute("aria-pressed", "true")
    like.click()
    expect(like).to_have_attribute("aria-pressed", "false")
    a_moment(page)
    held[0].continue_()  # the first overtaken by the second on the way
    until(lambda: bool(page.title()) and len(service.calls("DELETE", path)) == 1)
    a_moment(page)

    assert [each.method for each in service.asked if each.path == path] == ["PUT", "DELETE"]
    expect(like).to_have_attribute("aria-pressed", "false")


def test_a_reply_whose_comment_is_on_no_shown_page_is_not_shown_as_a_comment(
    service: Service, page: Page
) -> None:
    """Sent, and the order changed before its answer."""
    for number in range(25):
        service.comment(f"댓글 번호 {number}.")
    reply = page.get_by_role("button", name="답글, 김하나")
    reply.first.click()
    page.get_by_role("textbox", name="김하나 님에게 답글").fill("외딴 답글")
    let_go = service.withhold(COMMENTS)
    page.get_by_role("button", name="답글 등록").click()
    until(lambda: len(service.calls("POST", COMMENTS)) == 1)
    a_moment(page)
    service.withheld.clear()
    with page.expect_response("**/api/v1/comments?*"):
        page.get_by_role("combobox").select_option("popular")
    expect(page.get_by_role("article")).to_have_count(20)
    with page.expect_response(lambda each: each.request.method == "POST"):
        let_go()
    a_moment(page)

    top = page.locator("[part=list] > li > article")
    expect(top.filter(has_text="외딴 답글")).to_have_count(0)


def test_reload_loads_anew_where_the_address_names_a_comment(
    service: Service, reader: Reader
) -> None:
    comment = service.comment("가나다")
    page = reader.opens(fragment=f"#comment-{comment['id']}")
    expect(page.get_by_role("article")).to_be_focused()
    service.comment("나중에 온 댓글")

    page.evaluate("document.querySelector('social-comments').reload()")

    expect(page.get_by_text("나중에 온 댓글")).to_be_visible(timeout=3000)


def test_whether_notices_are_open_is_told_at_once(service: Service, reader: Reader) -> None:
    own_comment = {"id": "7", "author": None, "body": "가", "permalink": "#", "status": "published"}
    service.notifications = [
        {
            "id": "1",
            "type": "decision",
            "decision": "approve",
            "reason": None,
            "agreed": None,
            "created_at": moment(minutes=3),
            "read": False,
            "comment": own_comment,
        }
    ]
    page = reader.opens()
    with page.expect_response("**/me/notifications*"):
        reader.logs_in()
    let_go = service.withhold("/api/v1/me/notifications/read")
    bell = page.locator("[part=notifications-button]")
    bell.click()
    try:
        expect(page.locator("[part=notifications]")).to_be_visible()
        expect(bell).to_have_attribute("aria-expanded", "true")
    finally:
        let_go()


def test_an_article_that_was_left_is_not_said_to_be_ready(service: Service, reader: Reader) -> None:
    page = reader.page
    page.add_init_script(
        "window.heard = []; addEventListener('social-comments:ready',"
        " ({ detail, target }) => heard.push(detail.article + ' on ' + target.article))"
    )
    held = holding(page, "/writing.js", times=9)
    thread = service.withhold(COMMENTS)
    page.goto(f"{service.news}/article")
    page.locator("[part=count]").hover()
    until(lambda: bool(page.title()) and len(held) >= 1)
    thread()
    expect(page.get_by_text("아직 댓글이 없습니다")).to_be_visible()
    page.evaluate("document.querySelector('social-comments').article = 'a2'")
    for each in held:
        each.continue_()
    until(lambda: bool(page.evaluate("heard.length")))
    a_moment(page)

    assert page.evaluate("heard") == ["a2 on a2"]


def test_a_login_begun_in_an_article_that_was_left_is_shown_in_the_next(
    service: Service, reader: Reader
) -> None:
    page = reader.opens()
    with reader.context.expect_page() as opened:
        page.get_by_role("button", name="트위터(X)").click()
    page.evaluate("document.querySelector('social-comments').article = 'a2'")
    page.mouse.move(200, 200)
    page.get_by_role("button", name="트위터(X)").hover()
    a_moment(page)
    opened.value.locator("#cancel").click()

    expect(page.get_by_role("status")).to_have_text("로그인하지 않았습니다.")


def test_a_form_of_who_has_left_is_not_there_for_who_comes_after(
    service: Service, page: Page, reader: Reader
) -> None:
    page.get_by_role("button", name="답글, 김하나").click()
    page.get_by_role("textbox", name="김하나 님에게 답글").fill("나만 볼 글")
    page.get_by_role("button", name="로그아웃").click()
    service.user = service.user | {"id": "u-lee", "name": "이두리"}
    with page.expect_response("**/me/notifications*"):
        reader.logs_in()

    expect(page.get_by_role("textbox", name="김하나 님에게 답글")).to_have_count(0)
