"""Writing: the counter, posting, and what comes of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.waiting import until
from tests.browser.widget_world import Json, Reader, Service, moment

pytestmark = pytest.mark.browser

FAMILY = "\N{MAN}‍\N{WOMAN}‍\N{GIRL}‍\N{BOY}"


@pytest.fixture
def page(service: Service, reader: Reader) -> Page:
    """The article, the reader logged in."""
    service.comment("먼저 있던 댓글", by="김하나")
    page = reader.opens()
    reader.logs_in()
    until(lambda: len(service.calls("GET", "/api/v1/me/overlay")) == 1)
    return page


def own(service: Service, body: str, **more: Any) -> Json:
    """A comment of the reader's own."""
    comment = service.comment(body, by=service.user["name"], **more)
    comment["author"] |= {"id": service.user["id"]}
    return comment


def names(place: Locator) -> list[str | None]:
    """What the buttons in a comment are called."""
    return [each.get_attribute("aria-label") for each in place.get_by_role("button").all()]


def finding(**more: Any) -> Json:
    return {
        "filter": "words",
        "rule": "r",
        "clause": "3.1",
        "message": "사람을 모욕하는 말입니다.",
        "start": None,
        "end": None,
    } | more


@pytest.mark.parametrize(
    ("text", "counter"),
    [
        ("가나다", "(3/250자)"),
        ("각" * 250, "(250/250자)"),
        (FAMILY * 2, "(2/250자)"),
        ("  둘  ", "(1/250자)"),
        ("각" * 253, "3자 초과 (253/250자)"),
    ],
)
def test_characters_are_counted_as_a_reader_counts_them(
    page: Page, text: str, counter: str
) -> None:
    page.get_by_role("textbox").fill(text)

    expect(page.locator("[part=counter]")).to_have_text(counter)


def test_a_syllable_being_composed_is_counted_and_never_eaten(page: Page, reader: Reader) -> None:
    field = page.get_by_role("textbox")
    field.fill("가" * 250)
    field.press("End")
    devtools = reader.context.new_cdp_session(page)

    for composed in ("ㅎ", "하", "한"):
        devtools.send(
            "Input.imeSetComposition", {"text": composed, "selectionStart": 1, "selectionEnd": 1}
        )
        expect(page.locator("[part=counter]")).to_contain_text("(251/250자)")
    page.keyboard.press("Control+Enter")
    devtools.send("Input.insertText", {"text": "한"})

    expect(field).to_have_value("가" * 250 + "한")
    expect(field).to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize("character", ["각", FAMILY])
def test_a_paste_of_three_hundred_is_inserted_whole_and_counted(
    page: Page, reader: Reader, character: str
) -> None:
    reader.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", character * 300)
    field = page.get_by_role("textbox")
    field.press("Control+V")

    expect(page.locator("[part=counter]")).to_have_text("50자 초과 (300/250자)")
    expect(field).to_have_value(character * 300)
    expect(page.get_by_role("status")).to_have_text("50자 초과했습니다")


def test_syllables_composed_up_to_the_cap_are_all_there(page: Page, reader: Reader) -> None:
    """As a Korean input method does it: the counter is right while each is put together."""
    field = page.get_by_role("textbox")
    field.fill("가" * 247)
    field.press("End")
    devtools = reader.context.new_cdp_session(page)

    for number, syllable in enumerate(("댓", "글", "창"), start=248):
        for composed in ("ㄷ", "다", syllable):
            devtools.send(
                "Input.imeSetComposition",
                {"text": composed, "selectionStart": 1, "selectionEnd": 1},
            )
            expect(page.locator("[part=counter]")).to_have_text(f"({number}/250자)")
        devtools.send("Input.insertText", {"text": syllable})

    expect(field).to_have_value("가" * 247 + "댓글창")
    expect(field).to_have_attribute("aria-invalid", "false")


def test_too_much_is_kept_refused_and_explained(service: Service, page: Page) -> None:
    field = page.get_by_role("textbox")
    field.fill("가" * 260)
    page.get_by_role("button", name="등록", exact=True).click()

    message = page.get_by_text("10자 초과했습니다. 쓰신 글은 그대로 있습니다.")
    expect(message.locator("..")).to_be_focused()
    expect(field).to_have_value("가" * 260)
    assert service.calls("POST", "/api/v1/comments") == []


def test_the_services_own_count_is_shown_where_it_differs(service: Service, page: Page) -> None:
    service.answer_next(
        "POST",
        "/api/v1/comments",
        422,
        type="/problems/comment-too-long",
        length=252,
        limit=250,
    )
    page.get_by_role("textbox").fill("서버는 더 많이 셉니다")
    page.get_by_role("button", name="등록", exact=True).click()

    expect(page.locator("[part=counter]")).to_have_text("2자 초과 (252/250자)")


def test_how_much_is_left_is_said_once_typing_rests(page: Page) -> None:
    page.get_by_role("textbox").fill("가" * 241)

    expect(page.get_by_role("status")).to_have_text("9자 남았습니다")


def test_a_comment_is_posted_shown_and_focused(service: Service, page: Page) -> None:
    page.get_by_role("textbox").fill("오늘 기사 잘 읽었습니다")
    page.keyboard.press("Control+Enter")

    article = page.get_by_role("article").first
    expect(article).to_contain_text("오늘 기사 잘 읽었습니다")
    expect(article).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("댓글이 등록되었습니다.")
    expect(page.get_by_role("heading", name="댓글 2개")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_value("")
    (sent,) = service.calls("POST", "/api/v1/comments")
    assert sent.body == {
        "site": "demo",
        "article": {"key": "a1", "url": page.url, "title": "기사"},
        "lang": "ko",
        "body": "오늘 기사 잘 읽었습니다",
    }
    assert len(sent.headers["Idempotency-Key"]) == 36


@pytest.mark.parametrize("status", [200, 503])
def test_who_writes_before_the_thread_is_there_has_posted(
    service: Service, page: Page, reader: Reader, status: int
) -> None:
    """The thread comes late, or fails and is asked for again."""
    service.delay = 1
    if status == 503:
        service.answer_next("GET", "/api/v1/comments", 503, type="/problems/overloaded")
        reader.expected.append("Failed to load resource: the server responded with a status of 503")
    page.goto(f"{service.news}/article")
    page.get_by_role("textbox").wait_for()
    reader.posts("서둘러 쓴 댓글")

    expect(page.get_by_role("article").filter(has_text="서둘러 쓴 댓글")).to_be_focused()
    expect(page.get_by_role("textbox")).to_have_value("")
    expect(page.get_by_role("heading", name="댓글 2개")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text=re.compile("."))).to_have_count(0)


def test_a_press_too_many_posts_once(service: Service, page: Page) -> None:
    page.get_by_role("textbox").fill("한 번만")
    page.get_by_role("button", name="등록", exact=True).dblclick()

    expect(page.get_by_role("article")).to_have_count(2)
    assert len(service.calls("POST", "/api/v1/comments")) == 1


def test_a_retry_after_a_lost_answer_is_the_same_comment(
    service: Service, page: Page, reader: Reader
) -> None:
    reader.expected.append("Failed to load resource: net::ERR_FAILED")
    lost: list[str] = []

    def lose_the_answer(route: Any) -> None:
        lost.append(route.request.headers.get("idempotency-key", ""))
        route.abort()

    page.route("**/api/v1/comments", lose_the_answer, times=1)
    page.get_by_role("textbox").fill("다시 보낼 글")
    send = page.get_by_role("button", name="등록", exact=True)
    send.click()
    expect(page.get_by_text("연결이 끊겼습니다.")).to_be_visible()
    send.click()

    expect(page.get_by_role("article").first).to_contain_text("다시 보낼 글")
    assert service.calls("POST", "/api/v1/comments")[0].headers["Idempotency-Key"] == lost[0]


def test_a_reply_goes_below_and_escape_gives_the_focus_back(service: Service, page: Page) -> None:
    button = page.get_by_role("button", name="답글, 김하나")
    button.click()
    field = page.get_by_role("textbox", name="김하나 님에게 답글")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()

    button.click()
    field.fill("좋은 지적입니다")
    page.get_by_role("button", name="답글 등록").click()

    reply = page.get_by_role("list", name="김하나 님에게 달린 답글").get_by_role("article")
    expect(reply).to_contain_text("좋은 지적입니다")
    expect(reply).to_be_focused()
    assert service.calls("POST", "/api/v1/comments")[0].body["parent_id"] == "1000"


def test_a_reply_being_written_outlasts_a_thread_that_is_loaded_anew(
    service: Service, page: Page
) -> None:
    service.comment("나중에 온 댓글", by="나두리")
    page.get_by_role("button", name="답글, 김하나").click()
    page.get_by_role("textbox", name="김하나 님에게 답글").fill("아직 쓰는 중인 답글")

    page.get_by_role("combobox").select_option("oldest")
    expect(page.get_by_text("나중에 온 댓글")).to_be_visible()

    answered = page.get_by_role("listitem").filter(has_text="먼저 있던 댓글")
    expect(answered.get_by_role("textbox")).to_have_value("아직 쓰는 중인 답글")
    page.get_by_role("button", name="답글 등록").click()
    expect(answered.get_by_role("article").last).to_contain_text("아직 쓰는 중인 답글")
    expect(answered.get_by_role("textbox")).to_have_count(0)


def test_a_like_that_fails_is_taken_back_in_a_thread_that_is_loaded_anew(
    service: Service, page: Page
) -> None:
    service.answer_next("PUT", "/api/v1/comments/1000/vote", 404, type="/problems/not-found")
    let_go = service.withhold("/api/v1/comments/1000/vote")
    like = page.get_by_role("button", name="좋아요")
    like.click()
    expect(like).to_have_attribute("aria-pressed", "true")
    with page.expect_response("**/api/v1/comments?*"):
        page.get_by_role("combobox").select_option("oldest")
    expect(like).to_have_attribute("aria-pressed", "true")

    let_go()

    expect(page.get_by_role("alert")).to_have_text("더 이상 없는 댓글입니다.")
    expect(like).to_have_attribute("aria-pressed", "false")
    expect(like).to_have_accessible_name("좋아요 0, 김하나")


def test_a_held_comment_is_shown_to_its_author_with_the_reason(
    service: Service, page: Page
) -> None:
    body = "👍🏽 링크 maru.example 참고"
    held = own(service, body, status="held", created_at=moment())
    service.comments.remove(held)
    held.pop("all_replies")
    findings = [finding(clause="6.1", message="링크가 있습니다.", start=6, end=18)]
    service.answer_next("POST", "/api/v1/comments", 202, **held, findings=findings)

    page.get_by_role("textbox").fill(body)
    page.get_by_role("button", name="등록", exact=True).click()

    article = page.get_by_role("article").first
    expect(article.get_by_text("검토 중")).to_be_visible()
    expect(article.locator("mark")).to_have_text("maru.example1")
    expect(article.get_by_role("link", name="6.1조")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("검토 후 공개됩니다.")
    expect(page.get_by_role("heading", name="댓글 1개")).to_be_visible()


def test_a_refused_comment_says_why_keeps_the_text_and_can_be_sent_again(
    service: Service, page: Page
) -> None:
    body = "🙂 나쁜말 그리고 나쁜말"
    findings = [finding(start=2, end=5), finding(clause="5.2", start=10, end=13)]
    service.answer_next(
        "POST",
        "/api/v1/comments",
        422,
        type="/problems/policy-violation",
        body=body,
        findings=findings,
        comment_id="r1",
    )
    page.get_by_role("textbox").fill(body)
    page.get_by_role("button", name="등록", exact=True).click()

    expect(page.get_by_role("heading", name="등록되지 않았습니다: 정책 위반 2건")).to_be_focused()
    expect(page.locator("mark")).to_have_text(["나쁜말1", "나쁜말2"])
    expect(page.get_by_role("link", name="3.1조")).to_have_attribute(
        "href", f"{service.origin}/policy/demo?lang=ko#clause-3.1"
    )
    page.get_by_role("button", name="고쳐 쓰기").click()
    expect(page.get_by_role("textbox")).to_have_value(body)
    page.get_by_role("textbox").fill("고운말")
    page.get_by_role("button", name="등록", exact=True).click()

    expect(page.get_by_role("article").first).to_contain_text("고운말")
    first, second = service.calls("POST", "/api/v1/comments")
    assert first.headers["Idempotency-Key"] != second.headers["Idempotency-Key"]
    assert first.headers["Accept-Language"] == "ko"


def test_a_refusal_can_be_appealed(service: Service, page: Page) -> None:
    service.answer_next(
        "POST",
        "/api/v1/comments",
        422,
        type="/problems/policy-violation",
        body="오해받은 글",
        findings=[finding()],
        comment_id="r1",
    )
    page.get_by_role("textbox").fill("오해받은 글")
    page.get_by_role("button", name="등록", exact=True).click()
    page.get_by_role("button", name="이의 제기").click()

    dialog = page.get_by_role("dialog", name="이의 제기")
    dialog.get_by_role("textbox").fill("인용한 말입니다")
    dialog.get_by_role("button", name="이의 제기하기").click()

    expect(page.get_by_role("status")).to_contain_text("이의 제기가 접수되었습니다.")
    (sent,) = service.calls("POST", "/api/v1/me/comments/r1/appeal")
    assert sent.body == {"text": "인용한 말입니다"}
    expect(page.get_by_role("button", name="고쳐 쓰기")).to_be_focused()


@pytest.mark.parametrize(
    ("status", "slug", "more", "says"),
    [
        (429, "too-many-requests", {"retry_after": 30}, "30초 뒤에 다시 시도해 주세요."),
        (422, "comment-malformed", {}, "등록할 수 없는 문자가 들어 있습니다."),
        (418, "unheard-of", {}, "문제가 생겼습니다. 다시 시도해 주세요."),
    ],
)
def test_a_problem_is_explained_beside_the_text(
    service: Service, page: Page, status: int, slug: str, more: Json, says: str
) -> None:
    service.answer_next("POST", "/api/v1/comments", status, type=f"/problems/{slug}", **more)
    page.get_by_role("textbox").fill("보낼 글")
    page.get_by_role("button", name="등록", exact=True).click()

    expect(page.get_by_text(says)).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_value("보낼 글")


def test_a_suspended_reader_is_told_until_when(service: Service, page: Page) -> None:
    service.answer_next(
        "POST",
        "/api/v1/comments",
        403,
        type="/problems/account-suspended",
        until="2030-05-01T00:00:00Z",
        reason="반복된 도배",
    )
    page.get_by_role("textbox").fill("보낼 글")
    page.get_by_role("button", name="등록", exact=True).click()

    expect(page.get_by_text("2030년 5월 1일 오전 9:00까지 댓글을 쓸 수 없습니다.")).to_be_visible()
    expect(page.get_by_text("반복된 도배")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_count(0)


def test_a_suspension_is_known_before_writing(service: Service, reader: Reader) -> None:
    service.can, service.suspension = [], {"until": None, "reason": "도배"}
    page = reader.opens()
    with reader.context.expect_page() as opened:
        page.get_by_role("button", name="트위터(X)").click()
    opened.value.locator("#allow").click()

    expect(page.get_by_text("당분간 댓글을 쓸 수 없습니다. 도배")).to_be_visible()


def test_a_suspended_reader_is_offered_only_what_they_may_do(
    service: Service, page: Page, reader: Reader
) -> None:
    own(service, "내 댓글")
    service.can, service.suspension = [], {"until": "2030-05-01T00:00:00Z", "reason": "도배"}
    reader.opens()
    expect(page.get_by_text("2030년 5월 1일 오전 9:00까지")).to_be_visible()
    mine, other = page.get_by_role("article").all()

    assert names(mine) == ["삭제, 홍길동"]
    assert names(other) == ["숨기기, 김하나"]
    expect(other.locator("[part=actions]")).to_contain_text("좋아요 0")


def test_a_suspension_met_while_voting_is_shown(service: Service, page: Page) -> None:
    (comment,) = service.comments
    vote = f"/api/v1/comments/{comment['id']}/vote"
    service.answer_next("PUT", vote, 403, type="/problems/account-suspended", reason="도배")
    page.get_by_role("button", name="좋아요 0, 김하나").click()

    expect(page.get_by_text("당분간 댓글을 쓸 수 없습니다. 도배")).to_be_visible()
    assert names(page.get_by_role("article")) == ["숨기기, 김하나"]


def test_a_closed_article_can_only_be_read(service: Service, reader: Reader) -> None:
    service.comment("아직 읽을 수 있는 댓글")
    service.status = "closed"

    page = reader.opens()

    expect(page.get_by_text("이 기사의 댓글은 마감되었습니다.")).to_be_visible()
    expect(page.get_by_text("아직 읽을 수 있는 댓글")).to_be_visible()
    expect(page.get_by_role("button", name="트위터(X)")).to_have_count(0)
    expect(page.get_by_role("button", name="답글")).to_have_count(0)


def test_an_article_closed_while_writing_says_so(service: Service, page: Page) -> None:
    service.answer_next("POST", "/api/v1/comments", 409, type="/problems/article-closed")
    page.get_by_role("textbox").fill("늦은 글")
    page.get_by_role("button", name="등록", exact=True).click()

    expect(page.get_by_text("이 기사의 댓글은 마감되었습니다.").first).to_be_visible()


def test_a_draft_waits_for_its_reader(page: Page, reader: Reader) -> None:
    page.get_by_role("textbox").fill("나중에 마저 쓸 글")

    reader.opens()
    expect(page.get_by_role("textbox")).to_have_value("나중에 마저 쓸 글")
    page.evaluate("document.querySelector('social-comments').article = 'a2'")

    expect(page.get_by_role("textbox")).to_have_value("")


def test_a_like_is_a_switch(service: Service, page: Page) -> None:
    service.find("1000")["likes"] = 3
    like = page.get_by_role("button", name="좋아요")

    like.click()
    expect(like).to_have_attribute("aria-pressed", "true")
    expect(like).to_have_accessible_name("좋아요 4, 김하나")
    expect(like).to_be_focused()
    like.click()

    expect(like).to_have_attribute("aria-pressed", "false")
    until(lambda: len(service.calls("DELETE", "/api/v1/comments/1000/vote")) == 1)
    assert service.calls("PUT", "/api/v1/comments/1000/vote")[0].body == {"value": 1}


def test_a_like_that_fails_is_taken_back(service: Service, page: Page) -> None:
    service.answer_next("PUT", "/api/v1/comments/1000/vote", 404, type="/problems/not-found")
    like = page.get_by_role("button", name="좋아요")

    like.click()

    expect(page.get_by_role("alert")).to_have_text("더 이상 없는 댓글입니다.")
    expect(like).to_have_attribute("aria-pressed", "false")
    expect(like).to_have_accessible_name("좋아요 0, 김하나")


def test_what_is_done_before_the_overlay_has_come_is_not_undone_by_it(
    service: Service, reader: Reader
) -> None:
    service.comment("좋은 댓글", by="김하나")
    service.comment("시끄러운 댓글", by="나두리")
    service.votes["1001"] = -1
    let_go = service.withhold("/api/v1/me/overlay")
    page = reader.opens()
    reader.logs_in()
    like = page.get_by_role("button", name="좋아요", exact=False).last
    with page.expect_response("**/comments/1000/vote"):
        like.click()
    page.get_by_role("button", name="숨기기, 나두리").click()
    expect(page.get_by_text("시끄러운 댓글")).to_have_count(0)

    with page.expect_response("**/me/notifications*"):
        let_go()

    expect(like).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("시끄러운 댓글")).to_have_count(0)


def test_the_overlay_of_who_has_left_is_not_shown_to_who_came_after(
    service: Service, reader: Reader
) -> None:
    service.comment("먼저 있던 댓글")
    service.held.append(own(service, "앞사람의 보류된 댓글", status="held"))
    service.comments.pop(0)
    let_go = service.withhold("/api/v1/me/overlay")
    page = reader.opens()
    reader.logs_in()
    until(lambda: len(service.calls("GET", "/api/v1/me/overlay")) == 1)
    page.get_by_role("button", name="로그아웃").click()
    service.held.clear()
    service.user |= {"id": "u-other", "name": "다른 사람"}
    reader.logs_in()
    with page.expect_response("**/me/notifications*"):
        let_go()

    expect(page.get_by_text("먼저 있던 댓글")).to_be_visible()
    expect(page.get_by_text("앞사람의 보류된 댓글")).to_have_count(0)


def test_a_stranger_who_wants_to_take_part_is_shown_where_to_log_in(
    service: Service, reader: Reader
) -> None:
    service.comment("가나다라")
    page = reader.opens()

    for name in ("좋아요", "답글", "신고"):
        page.get_by_role("button", name=name).first.click()
        expect(page.get_by_role("button", name="트위터(X)")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("로그인해 주세요")


def test_a_report_names_a_reason(service: Service, page: Page) -> None:
    report = page.get_by_role("button", name="신고, 김하나")
    report.click()
    dialog = page.get_by_role("dialog", name="김하나 님의 댓글 신고")
    dialog.get_by_role("radio", name="광고나 도배").check()
    dialog.get_by_role("button", name="신고").click()

    expect(page.get_by_role("status")).to_contain_text("신고해 주셔서 고맙습니다.")
    expect(report).to_be_focused()
    (sent,) = service.calls("POST", "/api/v1/comments/1000/reports")
    assert sent.body == {"reason": "spam"}


def test_the_focus_comes_back_to_a_comment_that_was_drawn_again_meanwhile(
    service: Service, reader: Reader
) -> None:
    service.comment("먼저 있던 댓글", by="김하나")
    let_go = service.withhold("/api/v1/me/overlay")
    page = reader.opens()
    reader.logs_in()
    report = page.get_by_role("button", name="신고, 김하나")
    report.click()
    with page.expect_response("**/me/notifications*"):
        let_go()
    page.keyboard.press("Escape")

    expect(report).to_be_focused()


def test_who_writes_before_the_thread_is_there_keeps_the_focus(
    service: Service, reader: Reader
) -> None:
    page = reader.opens()
    reader.logs_in()
    let_go = service.withhold("/api/v1/comments")
    page.goto(f"{service.news}/article")
    page.get_by_role("textbox").focus()
    page.keyboard.type("서둘러 ")
    let_go()
    expect(page.get_by_text("아직 댓글이 없습니다")).to_be_visible()

    page.keyboard.type("쓰는 글")

    expect(page.get_by_role("textbox")).to_have_value("서둘러 쓰는 글")


def test_ones_own_comment_can_be_edited_in_its_place(service: Service, page: Page) -> None:
    page.get_by_role("textbox").fill("오타가 잇는 글")
    page.keyboard.press("Control+Enter")
    mine = page.get_by_role("article").first
    mine.get_by_role("button", name="수정").click()

    field = page.get_by_role("textbox", name="댓글 수정")
    expect(field).to_have_value("오타가 잇는 글")
    field.fill("오타가 없는 글")
    page.get_by_role("button", name="저장").click()

    expect(mine).to_contain_text("오타가 없는 글")
    expect(mine).to_contain_text("수정")
    expect(mine).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("수정되었습니다.")


def test_an_edit_after_its_time_is_refused_with_the_reason(service: Service, page: Page) -> None:
    page.get_by_role("textbox").fill("고칠 글")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="수정, 홍길동").click()
    number = next(each["id"] for each in service.comments if each["body"] == "고칠 글")
    path = f"/api/v1/comments/{number}"
    service.answer_next("PATCH", path, 409, type="/problems/edit-window-closed")
    page.get_by_role("button", name="저장").click()

    expect(page.get_by_text("수정할 수 있는 시간이 지났습니다.")).to_be_visible()


def test_an_old_comment_of_ones_own_cannot_be_edited(service: Service, reader: Reader) -> None:
    own(service, "오래된 글", created_at=moment(hours=1))
    page = reader.opens()
    reader.logs_in()

    expect(page.get_by_role("button", name="삭제, 홍길동")).to_be_visible()
    expect(page.get_by_role("button", name="수정, 홍길동")).to_have_count(0)


def test_deleting_asks_first_and_the_focus_goes_on(service: Service, page: Page) -> None:
    page.get_by_role("textbox").fill("지울 글")
    page.keyboard.press("Control+Enter")
    delete = page.get_by_role("button", name="삭제, 홍길동")
    delete.click()
    page.keyboard.press("Escape")
    expect(delete).to_be_focused()
    delete.click()
    page.get_by_role("dialog").get_by_role("button", name="삭제").click()

    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("article")).to_be_focused()
    expect(page.get_by_role("heading", name="댓글 1개")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("댓글이 삭제되었습니다.")


def test_a_muted_author_is_folded_away_and_can_be_brought_back(
    service: Service, page: Page
) -> None:
    page.get_by_role("button", name="숨기기, 김하나").click()

    expect(page.get_by_text("먼저 있던 댓글")).to_have_count(0)
    again = page.get_by_role("button", name="다시 보기")
    expect(again).to_be_focused()
    again.click()

    expect(page.get_by_text("먼저 있던 댓글")).to_be_visible()
    until(lambda: len(service.calls("DELETE", "/api/v1/me/mutes/u-김하나")) == 1)


def test_ones_own_unpublished_comments_are_there_for_oneself_alone(
    service: Service, reader: Reader
) -> None:
    root = service.comment("뿌리")
    held = own(service, "기다리는 답글", reply_to=root, status="held")
    refused = own(service, "거절된 글", status="rejected")
    root |= {"all_replies": [], "replies": [], "reply_count": 0}
    service.comments.remove(refused)
    for each in (held, refused):
        each.pop("all_replies")
        each["findings"] = [finding()]
    service.held, service.rejected = [held], [refused]
    page = reader.opens()
    expect(page.get_by_role("article")).to_have_count(1)

    reader.logs_in()
    expect(page.get_by_role("article").filter(has_text="기다리는 답글").last).to_contain_text(
        "검토 중"
    )
    expect(page.get_by_role("article").filter(has_text="거절된 글")).to_contain_text(
        "등록되지 않음"
    )
    expect(page.get_by_role("heading", name="댓글 1개")).to_be_visible()
    page.get_by_role("button", name="로그아웃").click()

    expect(page.get_by_role("article")).to_have_count(1)


def test_help_and_policy_are_in_the_same_place_in_every_state(page: Page) -> None:
    help_button = page.get_by_role("button", name="소셜 댓글이란?")
    before = help_button.bounding_box()
    help_button.click()

    expect(page.get_by_text("계정으로 댓글을 남기는 서비스입니다.")).to_be_visible()
    expect(help_button).to_have_attribute("aria-expanded", "true")
    help_button.click()
    expect(page.get_by_text("계정으로 댓글을 남기는 서비스입니다.")).to_have_count(0)
    page.get_by_role("button", name="로그아웃").click()
    expect(page.get_by_role("button", name="트위터(X)")).to_be_visible()

    assert help_button.bounding_box() == before
