"""What the page of a thread says, and when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from comments_service.web.http.problems import Words

SEOUL = ZoneInfo("Asia/Seoul")
"""A page that caches share names times absolutely, where the newspapers' readers are."""

NOTICES: Final[Mapping[str, Words]] = {
    "not-logged-in": Words(
        "로그인하지 않았습니다. 다시 시도할 수 있습니다.",
        "You are not logged in. You can try again.",
    ),
    "held": Words(
        "댓글이 접수되었습니다. 운영자가 확인한 뒤에 보입니다.",
        "Your comment was received. It appears once a moderator has seen it.",
    ),
    "published": Words("댓글을 등록했습니다.", "Your comment is published."),
    "deleted": Words("댓글을 삭제했습니다.", "Your comment is deleted."),
    "logged-out": Words("로그아웃했습니다.", "You are logged out."),
    "log-in-again": Words(
        "로그인 시간이 지났습니다. 다시 로그인해 주세요.",
        "Your login has ended. Log in again.",
    ),
}
"""By their name in the address of the page."""
