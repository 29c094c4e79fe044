"""Nobody is kept out: what the keyboard reaches, what is said, where the focus is.

What axe finds and what overflows, in every state, is in test_widget_gallery.py.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.widget_world import Reader, Service

pytestmark = pytest.mark.browser


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
              - list "김하나 님에게 달린 답글 1개":
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
