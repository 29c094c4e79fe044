"""Reading a thread: what everybody sees."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.waiting import until
from tests.browser.widget_world import Reader, Service, moment
from tests.payloads import PAYLOADS

pytestmark = pytest.mark.browser


def test_a_stranger_is_invited_in_the_words_asked_for(service: Service, reader: Reader) -> None:
    page = reader.opens("lang=en")

    expect(
        page.get_by_text("Log in to Twitter or Facebook account to connect with Maru Daily")
    ).to_be_visible()
    expect(
        page.get_by_text("To write comments, please log in to one of the accounts.")
    ).to_be_visible()
    for name in ("Twitter (X)", "Facebook", "Social comment?"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    expect(page.get_by_text("(0/250자)")).to_be_visible()
    expect(page.get_by_role("link", name="Standards Board Policy")).to_have_attribute(
        "href", f"{service.origin}/policy/demo?lang=en"
    )


def test_a_thread_is_there_after_two_requests(service: Service, reader: Reader) -> None:
    service.comment("가나다라")
    sent: list[str] = []
    reader.page.on("request", lambda request: sent.append(request.url))

    page = reader.opens()
    expect(page.get_by_text("가나다라")).to_be_visible()

    asked = [url for url in sent if url.startswith(service.origin)]
    assert len(asked) == 2
    assert "Authorization" not in service.asked[0].headers
    assert "If-None-Match" not in service.asked[0].headers


def test_a_hundred_payloads_are_text_in_names_and_bodies(service: Service, reader: Reader) -> None:
    for payload in PAYLOADS:
        service.comment(payload, by=payload)
    reader.page.add_init_script("window.alert = () => console.error('a payload ran')")
    page = reader.opens("attributes=page-size=50")
    page.get_by_role("button", name="댓글 더 보기").click()
    expect(page.get_by_role("article")).to_have_count(100)

    inside = page.evaluate(
        """() => {
          const { shadowRoot } = document.querySelector("social-comments");
          const texts = [...shadowRoot.querySelectorAll("[part=body], bdi")];
          return [texts.length, texts.filter((e) => e.children.length).length,
            shadowRoot.querySelectorAll("script, iframe, img, object, embed, style, form").length];
        }"""
    )
    assert len(PAYLOADS) == 100
    assert inside == [200, 0, 0]
    bodies = page.locator("[part=body]").all_text_contents()
    assert sorted(bodies) == sorted(PAYLOADS)


# What a busy page sees: the box was below the fold and then was not, told in one go.
TOLD_AT_ONCE = """
  const Native = IntersectionObserver;
  window.IntersectionObserver = class extends Native {
    constructor(told, options) {
      super((records, self) => {
        const [record] = records;
        if (record.isIntersecting) told([{ isIntersecting: false }, record], self);
      }, options);
    }
  };
"""


def test_a_box_that_came_near_while_the_page_was_busy_loads(
    service: Service, reader: Reader
) -> None:
    service.comment("가나다")
    reader.page.add_init_script(TOLD_AT_ONCE)
    page = reader.opens()
    expect(page.get_by_text("가나다")).to_be_visible()


def test_who_is_logged_in_is_told_of_no_comments_only_once_that_is_known(
    service: Service, reader: Reader
) -> None:
    reader.opens()
    reader.logs_in()
    service.comment("가나다")
    page = reader.page
    page.goto(f"{service.news}/article?attributes=loading=manual")
    expect(page.get_by_role("button", name="로그아웃")).to_be_visible()
    expect(page.get_by_text("아직 댓글이 없습니다")).to_have_count(0)
    page.evaluate("document.querySelector('social-comments').load()")
    expect(page.get_by_text("가나다")).to_be_visible()


def test_a_slow_answer_says_so_and_can_be_asked_for_again(service: Service, reader: Reader) -> None:
    service.comment("가나다")
    let_go = service.withhold("/api/v1/comments")
    page = reader.page
    page.clock.install()
    page.goto(f"{service.news}/article")
    page.locator("[part=list]").wait_for()
    height = page.evaluate("document.documentElement.scrollHeight")
    page.clock.run_for(6_000)

    retry = page.get_by_role("button", name="다시 시도")
    expect(page.get_by_role("status")).to_have_text("평소보다 오래 걸리고 있습니다.")
    assert page.evaluate("document.documentElement.scrollHeight") == height
    retry.press("Enter")
    let_go()

    expect(page.get_by_role("heading", name="댓글", exact=False).first).to_be_focused()
    expect(page.get_by_text("가나다")).to_be_visible()


def test_what_is_pinned_comes_first_and_once(service: Service, reader: Reader) -> None:
    service.comment("고정한 댓글", pinned=True)
    for number in range(24):
        service.comment(f"댓글 번호 {number}")
    page = reader.opens("attributes=page-size=25")
    bodies = page.locator("[part=body]")
    newest_first = [f"댓글 번호 {number}" for number in range(23, -1, -1)]
    expect(bodies).to_have_text(["고정한 댓글", *newest_first])
    expect(page.get_by_text("편집국이 고정한 댓글")).to_be_visible()

    reader.logs_in()
    reader.posts("새 댓글")

    expect(bodies).to_have_text(["고정한 댓글", "새 댓글", *newest_first])


def test_replies_can_stand_flush(service: Service, reader: Reader) -> None:
    root = service.comment("뿌리", by="김하나")
    service.comment("답글", by="박도윤", reply_to=root)
    page = reader.opens("attributes=max-depth=0")
    heads = page.get_by_role("article")

    root_box, reply_box = heads.nth(0).bounding_box(), heads.nth(1).bounding_box()
    assert root_box is not None
    assert reply_box is not None
    assert reply_box["x"] == root_box["x"]
    page.evaluate("document.querySelector('social-comments').maxDepth = 1")
    moved = heads.nth(1).bounding_box()
    assert moved is not None
    assert moved["x"] > root_box["x"]


def test_a_comment_is_text_whatever_it_looks_like(service: Service, reader: Reader) -> None:
    service.comment("<img src=x onerror=alert(1)> & <b>굵게</b>")

    page = reader.opens()

    expect(page.locator("[part=body]")).to_have_text("<img src=x onerror=alert(1)> & <b>굵게</b>")


def test_replies_stand_under_their_comment_and_more_come_on_request(
    service: Service, reader: Reader
) -> None:
    root = service.comment("뿌리", by="김하나")
    first = service.comment("첫 답글", by="박도윤", reply_to=root)
    service.comment("답글의 답글", by="이소라", reply_to=first)
    service.comment("셋째", by="최은채", reply_to=root)
    page = reader.opens()

    replies = page.get_by_role("list", name="김하나 님에게 달린 답글").get_by_role("article")
    expect(replies).to_have_count(2)
    expect(replies.nth(1)).to_contain_text("@박도윤 답글의 답글")
    page.get_by_role("button", name="답글 1개 더 보기").click()

    expect(replies).to_have_count(3)
    expect(replies.nth(2)).to_be_focused()
    expect(page.get_by_role("button", name="더 보기")).to_have_count(0)


def test_more_comments_come_without_losing_ones_place(service: Service, reader: Reader) -> None:
    for number in range(25):
        service.comment(f"댓글 번호 {number}")
    page = reader.opens()
    expect(page.get_by_role("heading", name="댓글 25개")).to_be_visible()

    page.get_by_role("button", name="댓글 더 보기 (25개 중 20개)").click()

    expect(page.get_by_role("article")).to_have_count(25)
    expect(page.get_by_role("article").nth(20)).to_be_focused()


def test_another_order_is_asked_for(service: Service, reader: Reader) -> None:
    service.comment("처음")
    service.comment("나중")
    page = reader.opens()

    page.get_by_role("combobox", name="정렬").select_option(label="오래된 순")

    expect(page.get_by_role("article").first).to_contain_text("처음")
    assert service.asked[-1].query["sort"] == "oldest"


def test_an_empty_thread_invites_the_first_comment(reader: Reader) -> None:
    page = reader.opens()

    expect(page.get_by_text("아직 댓글이 없습니다")).to_be_visible()
    expect(page.get_by_text("첫 번째 의견을 남겨 주세요.")).to_be_visible()


def test_what_was_removed_leaves_its_place_while_it_has_replies(
    service: Service, reader: Reader
) -> None:
    root = service.comment("지워질 말")
    service.comment("남은 답글", reply_to=root)
    root |= {"status": "removed", "author": None, "body": None}

    page = reader.opens()

    expect(page.get_by_text("운영자가 삭제한 댓글입니다.")).to_be_visible()
    expect(page.get_by_text("남은 답글")).to_be_visible()


def test_a_failure_can_be_tried_again(service: Service, reader: Reader) -> None:
    service.comment("가나다라")
    reader.expected.append("Failed to load resource: the server responded with a status of 503")
    service.answer_next("GET", "/api/v1/comments", 503, type="/problems/overloaded")
    page = reader.page
    page.goto(f"{service.news}/article")

    expect(page.get_by_role("alert").filter(has_text="불러오지")).to_be_visible()
    page.get_by_role("button", name="다시 시도").click()

    expect(page.get_by_text("가나다라")).to_be_visible()
    expect(page.get_by_role("heading", name="댓글 1개")).to_be_focused()


def test_a_link_to_a_comment_finds_it_on_whatever_page(service: Service, reader: Reader) -> None:
    wanted = service.comment("찾는 댓글")
    for number in range(45):
        service.comment(f"댓글 번호 {number}")

    page = reader.opens(fragment=f"#comment-{wanted['id']}")

    expect(page.get_by_role("article").filter(has_text="찾는 댓글")).to_be_focused()
    page.get_by_role("button", name="앞 댓글 보기").click()
    expect(page.get_by_role("article").filter(has_text="댓글 번호 19")).to_have_count(1)


def test_a_link_to_a_reply_opens_its_thread(service: Service, reader: Reader) -> None:
    root = service.comment("뿌리")
    replies = [service.comment(f"답글 {number}", reply_to=root) for number in range(4)]

    page = reader.opens(fragment=f"#comment-{replies[3]['id']}")

    expect(page.get_by_role("article").filter(has_text="답글 3").last).to_be_focused()


def test_a_link_to_a_comment_that_is_gone_shows_the_thread(
    service: Service, reader: Reader
) -> None:
    service.comment("가나다라")

    page = reader.opens(fragment="#comment-999")

    expect(page.get_by_text("가나다라")).to_be_visible()


def test_times_are_told_by_the_services_clock(service: Service, reader: Reader) -> None:
    service.comment("어제", created_at=moment(hours=26))
    service.comment("세 시간 전", created_at=moment(hours=3, minutes=5))
    service.comment("방금", created_at=moment(seconds=5))
    reader.page.clock.set_fixed_time("2031-01-01T00:00:00Z")

    page = reader.opens()

    expect(page.locator("time")).to_have_text(["방금", "3시간 전", re.compile("어제|2일 전")])


def test_new_comments_are_offered_not_pushed(service: Service, reader: Reader) -> None:
    service.comment("옛 댓글")
    reader.page.clock.install()
    page = reader.opens()
    before = page.get_by_text("옛 댓글").bounding_box()
    service.comment("새 댓글")

    passing(page, lambda: len(service.calls("GET", "/api/v1/comments")) == 2)
    notice = page.get_by_role("button", name="새 댓글 1개 보기")
    expect(notice).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(1)
    assert page.get_by_text("옛 댓글").bounding_box() == before
    notice.click()

    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.get_by_role("article").first).to_be_focused()
    expect(notice).to_have_count(0)


@pytest.mark.parametrize("kind", ["root", "reply", "root-with-replies"])
def test_what_a_moderator_removed_disappears_and_nothing_moves(
    service: Service, reader: Reader, kind: str
) -> None:
    service.comment("자리를 지킬 댓글입니다")
    root = service.comment("지워질 뿌리이거나 " * 6)
    if kind != "root":
        first = service.comment("지워질 답글이거나 " * 6, by="박도윤", reply_to=root)
        service.comment("남을 답글입니다", by="이소라", reply_to=root)
    reader.page.clock.install()
    page = reader.opens()
    stays = page.get_by_text("자리를 지킬 댓글입니다")
    before = stays.bounding_box()

    service.remove(first if kind == "reply" else root)
    passing(page, lambda: page.locator(".gone").count() == 1)

    expect(page.get_by_text("지워질 답글" if kind == "reply" else "지워질 뿌리")).to_have_count(0)
    assert stays.bounding_box() == before
    expect(page.locator("[part=count]")).to_have_text(f"댓글 {service.count}개")


def test_looking_for_new_comments_is_conditional_and_slows_down(
    service: Service, reader: Reader
) -> None:
    service.comment("옛 댓글")
    reader.page.clock.install()
    page = reader.opens()
    began = page.evaluate("Date.now()")
    sent: list[Request] = []
    page.on("request", lambda each: sent.append(each) if "/comments?" in each.url else None)
    times = []

    for number in range(1, 5):
        with page.expect_response("**/api/v1/comments?*"):
            passing(page, lambda: len(sent) == number)  # noqa: B023
        times.append((page.evaluate("Date.now()") - began) / 1000)

    asked = service.calls("GET", "/api/v1/comments")
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert pauses == sorted(pauses)
    assert 55 <= pauses[-1] <= 65
    assert all("If-None-Match" in each.headers for each in asked[1:])
    assert all("Authorization" not in each.headers for each in asked)


def passing(page: Page, true: Callable[[], bool]) -> None:
    """Lets the page's time pass, a second at a time, until something has happened."""

    def after_a_second() -> bool:
        page.clock.run_for(1_000)
        return true()

    until(after_a_second, seconds=20)
