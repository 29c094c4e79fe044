"""Nobody is kept out: what axe finds, what the keyboard reaches, what overflows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.widget_world import Reader, Service, moment

pytestmark = pytest.mark.browser

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FINDING = {
    "filter": "words",
    "rule": "r",
    "clause": "3.1",
    "message": "사람을 모욕하는 말입니다.",
    "start": 3,
    "end": 6,
}


def refused(service: Service, page: Page, reader: Reader) -> None:
    reader.logs_in()
    service.answer_next(
        "POST",
        "/api/v1/comments",
        422,
        type="/problems/policy-violation",
        body="이런 나쁜말을 씁니다",
        findings=[FINDING],
        comment_id="r1",
    )
    reader.posts("이런 나쁜말을 씁니다")
    page.locator("[part=comment-rejected]").wait_for()


def held(service: Service, page: Page, reader: Reader) -> None:
    comment = service.comments[0] | {"id": "h1", "root_id": "h1", "status": "held"}
    comment |= {"author": service.user | {"badges": []}, "findings": [FINDING]}
    comment |= {"created_at": moment(), "replies": [], "reply_count": 0}
    comment.pop("all_replies")
    reader.logs_in()
    service.answer_next("POST", "/api/v1/comments", 202, **comment)
    reader.posts("이런 나쁜말을 씁니다")
    page.get_by_text("검토 중").wait_for()


def too_long(service: Service, page: Page, reader: Reader) -> None:
    reader.logs_in()
    page.get_by_role("textbox").fill("가나다라 " * 60)


def replying(service: Service, page: Page, reader: Reader) -> None:
    reader.logs_in()
    page.locator("[part=reply-button]").first.click()


def reporting(service: Service, page: Page, reader: Reader) -> None:
    reader.logs_in()
    page.locator("[part=report-button]").first.click()


def deleting(service: Service, page: Page, reader: Reader) -> None:
    reader.logs_in()
    reader.posts("지울 글")
    page.locator("[part=delete-button]").first.click()


def failed(service: Service, page: Page, reader: Reader) -> None:
    reader.expected.append("Failed to load resource: the server responded with a status of 503")
    service.answer_next("GET", "/api/v1/comments", 503, type="/problems/overloaded")
    page.evaluate("document.querySelector('social-comments').reload()")
    page.get_by_role("button", name="다시 시도").wait_for()


STATES: dict[str, Callable[[Service, Page, Reader], None]] = {
    "logged-out": lambda service, page, reader: None,
    "logged-in": lambda service, page, reader: reader.logs_in(),
    "too-long": too_long,
    "held": held,
    "refused": refused,
    "replying": replying,
    "reporting": reporting,
    "deleting": deleting,
    "failed": failed,
}


@pytest.fixture
def thread(service: Service) -> None:
    """A pinned comment of the newsdesk, replies, a removed comment, a long word."""
    root = service.comment("할머니 댁 부엌에서 늘 보이던 불빛입니다.", likes=24)
    first = service.comment("새 길에는 난간도 생긴다고 합니다.", by="박도윤", reply_to=root)
    service.comment("고맙습니다. 큰 도움이 됐어요.", by="이소라", reply_to=first)
    service.comment("저도 가 보고 싶습니다.", by="최은채", reply_to=root)
    gone = service.comment("지워진 글")
    service.comment("남은 답글입니다.", reply_to=gone)
    gone |= {"status": "removed", "author": None, "body": None}
    service.comment("https://maru.example/" + "a" * 200, by="Longname" * 6)
    desk = service.comment("12월 10일 공청회 소식도 전해 드리겠습니다.", by="마루일보", pinned=True)
    desk["author"] |= {"badges": ["staff"], "provider": None}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(
    service: Service, reader: Reader, thread: None, state: str, scheme: str
) -> None:
    page = reader.opens(f"scheme={scheme}")
    STATES[state](service, page, reader)

    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})

    assert [
        (rule["id"], node["target"], node["any"] and node["any"][0]["message"])
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ] == []


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("width", [320, 768])
def test_nothing_overflows_and_everything_can_be_hit(
    service: Service, reader: Reader, thread: None, state: str, width: int
) -> None:
    reader.page.set_viewport_size({"width": width, "height": 800})
    page = reader.opens()
    STATES[state](service, page, reader)

    assert page.evaluate("document.documentElement.scrollWidth") == width
    small = page.evaluate(
        """() => [...document.querySelector("social-comments").shadowRoot
          .querySelectorAll("button, a, select, textarea, label.choice")]
          .filter((e) => e.checkVisibility()).map((e) => [e.outerHTML, e.getBoundingClientRect()])
          .filter(([, r]) => r.width < 24 || r.height < 23.5).map(([text]) => text)"""
    )
    assert small == []


def test_the_keyboard_goes_through_the_box_in_reading_order(
    service: Service, reader: Reader
) -> None:
    service.comment("가나다")
    page = reader.opens()
    page.locator("[part=sort]").focus()

    order = []
    for _ in range(9):
        page.keyboard.press("Tab")
        order.append(
            page.evaluate(
                "document.querySelector('social-comments').shadowRoot.activeElement?.part.value"
            )
        )

    assert order == [
        "login-button login-x",
        "login-button login-facebook",
        "help",
        "policy-link",
        "time",
        "like-button",
        "dislike-button",
        "reply-button",
        "report-button",
    ]


def test_a_screen_reader_hears_a_thread(service: Service, reader: Reader) -> None:
    root = service.comment("뿌리", by="김하나")
    service.comment("답글", by="박도윤", reply_to=root)
    page = reader.opens()

    expect(page.locator("social-comments")).to_match_aria_snapshot(
        """
        - heading "댓글 2개" [level=3]
        - combobox "정렬"
        - status
        - alert
        - list:
          - listitem:
            - article "김하나 38분 전":
              - heading "김하나" [level=4]
              - paragraph: 뿌리
              - button "좋아요 0, 김하나"
              - button "답글, 김하나"
              - list "김하나 님에게 달린 답글":
                - listitem:
                  - article "박도윤 38분 전":
                    - heading "박도윤" [level=5]
        """
    )


def test_the_focus_is_never_lost(service: Service, reader: Reader) -> None:
    service.comment("가나다")
    page = reader.opens()
    reader.logs_in()
    reader.posts("새 글")
    expect(page.get_by_role("article").first).to_be_focused()
    page.get_by_role("button", name="삭제, 홍길동").click()
    page.get_by_role("dialog").get_by_role("button", name="삭제").click()
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("article")).to_be_focused()
    page.get_by_role("button", name="로그아웃").click()

    expect(page.get_by_role("button", name="트위터(X)")).to_be_focused()


def test_colours_forced_and_motion_unwanted_are_respected(service: Service, reader: Reader) -> None:
    service.comment("가나다")
    reader.page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page = reader.opens()

    expect(page.locator("[part~=login-x]")).to_have_css("border-top-width", "1px")
    assert page.evaluate("document.getAnimations().length") == 0


def test_on_paper_there_are_comments_and_no_buttons(service: Service, reader: Reader) -> None:
    service.comment("종이에 남을 글")
    reader.page.emulate_media(media="print")
    page = reader.opens()

    expect(page.get_by_text("종이에 남을 글")).to_be_visible()
    expect(page.get_by_role("button", name="트위터(X)")).to_have_count(0)
    expect(page.get_by_role("button", name="답글")).to_have_count(0)
