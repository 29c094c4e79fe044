"""A reader's whole way by keyboard alone: where the focus is, and what is said, at each step."""

from __future__ import annotations

from contextlib import suppress

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from tests.browser.widget_world import Reader, Service

pytestmark = pytest.mark.browser

FOCUSED = """() => {
  const { shadowRoot } = document.querySelector("social-comments");
  const { activeElement: e } = shadowRoot;
  const name = e?.getAttribute("aria-label") ?? e?.textContent;
  return e && [e.getAttribute("part") ?? e.localName, name];
}"""


def focused(page: Page) -> tuple[str, str]:
    """Part (else tag) and name of what has the focus; nothing may ever lose it to the page."""
    found = page.evaluate(FOCUSED)
    assert found is not None, "the focus is lost"
    return found[0], found[1]


def goes_to(page: Page, part: str, *, key: str = "Tab") -> None:
    """Presses Tab until a part has the focus."""
    for _ in range(40):
        page.keyboard.press(key)
        if part in focused(page)[0].split():
            return
    raise AssertionError(f"{part} cannot be reached")


def test_everything_can_be_done_without_a_pointer(service: Service, reader: Reader) -> None:
    service.comment("가나다", by="김하나")
    page = reader.opens()
    keyboard = page.keyboard
    said = page.get_by_role("status")

    # Logging in.
    keyboard.press("Tab")
    assert focused(page)[0] == "sort"
    goes_to(page, "login-facebook")
    with page.context.expect_page() as opened:
        keyboard.press("Enter")
    popup = opened.value
    popup.locator("#allow").wait_for()
    popup.keyboard.press("Tab")
    with suppress(PlaywrightError):  # the popup may be gone before the key comes up
        popup.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="댓글 쓰기")).to_be_focused()

    # A comment that is too long, then a shorter one.
    keyboard.insert_text("가" * 251)
    keyboard.press("Control+Enter")
    assert focused(page)[1] == "1자 초과했습니다. 쓰신 글은 그대로 있습니다."
    goes_to(page, "textarea", key="Shift+Tab")
    keyboard.press("Control+A")
    keyboard.insert_text("키보드로 씁니다")
    goes_to(page, "submit")
    keyboard.press("Enter")
    expect(page.get_by_role("article", name="홍길동")).to_be_focused()
    expect(said).to_have_text("댓글이 등록되었습니다.")

    # A reply to it; the first is given up.
    goes_to(page, "reply-button")
    keyboard.press("Enter")
    assert focused(page)[0] == "textarea"
    keyboard.press("Escape")
    assert focused(page) == ("reply-button", "답글, 홍길동")
    keyboard.press("Enter")
    keyboard.insert_text("제 글에 답글")
    keyboard.press("Control+Enter")
    reply = page.get_by_role("article").filter(has_text="제 글에 답글").last
    expect(reply).to_be_focused()

    # An edit, and a deletion that is thought better of once.
    goes_to(page, "edit-button")
    keyboard.press("Enter")
    assert focused(page)[0] == "textarea"
    keyboard.press("Control+A")
    keyboard.insert_text("고친 답글")
    goes_to(page, "submit")
    keyboard.press("Enter")
    expect(page.get_by_role("article").filter(has_text="고친 답글").last).to_be_focused()
    expect(said).to_have_text("수정되었습니다.")
    goes_to(page, "delete-button")
    keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="댓글을 삭제할까요?")).to_be_visible()
    assert focused(page)[0] == "button"
    keyboard.press("Escape")
    assert focused(page) == ("delete-button", "삭제, 홍길동")
    keyboard.press("Enter")
    keyboard.press("Enter")
    expect(page.get_by_role("article").filter(has_text="키보드로 씁니다")).to_be_focused()
    expect(said).to_have_text("댓글이 삭제되었습니다.")

    # Another's comment: a like, a report with a reason, a mute and back.
    goes_to(page, "like-button")
    keyboard.press("Space")
    expect(page.get_by_role("button", name="좋아요 1, 김하나")).to_be_focused()
    goes_to(page, "report-button")
    keyboard.press("Enter")
    assert focused(page)[0] == "input"
    keyboard.press("ArrowDown")
    keyboard.press("Tab")
    keyboard.insert_text("혐오 표현입니다")
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(said).to_have_text("신고해 주셔서 고맙습니다. 운영자가 확인하겠습니다.")
    assert focused(page) == ("report-button", "신고, 김하나")
    (report,) = [each for each in service.asked if each.path.endswith("/reports")]
    assert report.body == {"reason": "hate", "note": "혐오 표현입니다"}
    goes_to(page, "mute-button", key="Shift+Tab")
    keyboard.press("Enter")
    expect(page.get_by_role("button", name="다시 보기")).to_be_focused()
    keyboard.press("Enter")
    expect(page.get_by_text("가나다")).to_be_visible()
    focused(page)

    # The words about social comments, another order, and out.
    goes_to(page, "help", key="Shift+Tab")
    keyboard.press("Enter")
    expect(page.get_by_role("button", name="소셜 댓글이란?", expanded=True)).to_be_focused()
    while focused(page)[1] != "로그아웃":
        keyboard.press("Shift+Tab")
    keyboard.press("Enter")
    expect(page.get_by_role("button", name="트위터(X)")).to_be_focused()


def test_notices_open_are_read_and_lead_to_an_appeal(service: Service, reader: Reader) -> None:
    comment = service.comment("지워진 내 글", by="홍길동", status="removed")
    service.notifications = [
        {
            "id": "n1",
            "type": "decision",
            "comment": {key: each for key, each in comment.items() if key != "all_replies"},
            "decision": "remove",
            "reason": "3.1",
            "agreed": None,
            "created_at": comment["created_at"],
            "read": False,
        }
    ]
    page = reader.opens()
    reader.logs_in()
    bell = page.get_by_role("button", name="새 알림 1개")
    bell.focus()
    page.keyboard.press("Enter")

    notices = page.get_by_role("list", name="알림")
    expect(notices).to_contain_text("댓글이 삭제되었습니다. · 3.1조")
    expect(page.get_by_role("button", name="알림", exact=True)).to_be_focused()
    (read,) = service.calls("POST", "/api/v1/me/notifications/read")
    assert read.body == {"until": "n1"}
    goes_to(page, "appeal-button")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("사실을 적은 글입니다.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("이의 제기가 접수되었습니다.")
    (appeal,) = service.calls("POST", f"/api/v1/me/comments/{comment['id']}/appeal")
    assert appeal.body == {"text": "사실을 적은 글입니다."}
    expect(page.get_by_role("button", name="이의 제기")).to_have_count(0)
    assert focused(page)[0] == "notifications-button"
