"""What the pages about articles and temporary blinds say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from comments_service.web.http.problems import Words

WORDS: Final[Mapping[str, Words]] = {
    "articles-title": Words("기사", "Articles"),
    "articles-why": Words(
        "댓글을 닫거나 먼저 읽은 뒤 게시하고, 속도를 늦추고, 댓글 하나를 위에 둡니다.",
        "Close comments, read them first, slow them down, or keep one on top.",
    ),
    "article": Words("기사", "Article"),
    "article-search": Words("제목 또는 키", "Title or key"),
    "no-articles": Words("찾는 기사가 없습니다.", "There is no such article."),
    "comments": Words("댓글", "Comments"),
    "open": Words("열림", "Open"),
    "closed": Words("닫힘", "Closed"),
    "premoderated": Words("먼저 읽음", "Read first"),
    "open-why": Words("운영정책에 맞는 댓글은 바로 게시됩니다.", "Comments appear at once."),
    "premoderated-why": Words(
        "운영자가 읽은 뒤 게시됩니다.", "Comments appear after a moderator has read them."
    ),
    "closed-why": Words("새 댓글을 받지 않습니다.", "There are no new comments."),
    "by-window": Words("예약에 따름", "as scheduled"),
    "slow-mode": Words("느린 댓글", "Slow mode"),
    "slow-mode-why": Words(
        "한 사람이 댓글과 댓글 사이에 기다리는 시간(초). 0이면 기다리지 않습니다.",
        "Seconds that everybody waits between two comments; 0 for none.",
    ),
    "seconds": Words("{count}초", "{count} s"),
    "windows": Words("예약", "Schedule"),
    "windows-why": Words(
        "정한 시간이 지나면 저절로 원래대로 돌아갑니다. 시각은 한국 시간입니다.",
        "When it is over, everything is as before. Times are Korea's.",
    ),
    "from": Words("시작", "From"),
    "until": Words("끝", "Until"),
    "then": Words("그동안", "In the meantime"),
    "no-windows": Words("예약이 없습니다.", "Nothing is scheduled."),
    "drop": Words("빼기", "Take out"),
    "add-window": Words("예약 추가", "Add to the schedule"),
    "pinned": Words("위에 둔 댓글", "Pinned comment"),
    "pinned-why": Words(
        "댓글의 주소나 번호. 비우면 아무것도 위에 두지 않습니다. 답글은 위에 둘 수 없습니다.",
        "A comment's address or number; empty for none. Replies cannot be pinned.",
    ),
    "corrected": Words("기사 수정", "Article corrected"),
    "corrected-why": Words(
        "기사를 고친 시각. 그 전의 댓글은 고치기 전 글을 보고 쓴 것입니다.",
        "When its text was corrected: earlier comments are about the text before.",
    ),
    "settings": Words("설정", "Settings"),
    "see-comments": Words("댓글 보기", "See the comments"),
    "saved": Words("저장했습니다.", "Saved."),
    "not-saved": Words("저장하지 못했습니다.", "Nothing was saved."),
    "bad-moment": Words("시작과 끝을 모두 적어 주세요.", "Give both its beginning and its end."),
    "bad-number": Words(
        "0 이상 86400 이하의 정수로 적어 주세요.", "Give a whole number, 0 to 86400."
    ),
    "bad-comment": Words("댓글 번호가 아닙니다.", "That is no comment's number."),
    "too-many-windows": Words("예약이 너무 많습니다.", "That is too much of a schedule."),
    "blinds": Words("임시조치", "Temporary blinds"),
    # The words about temporary blinds are for the publisher's counsel to review before use.
    "blinds-why": Words(
        "권리를 침해받았다는 사람의 요청에 따라 댓글을 최장 30일 동안 보이지 않게 합니다. "
        "작성자에게 알리고, 작성자는 이의를 제기할 수 있습니다.",
        "On request of somebody affected, a comment is out of sight for 30 days at most. "
        "Its writer is told and may object.",
    ),
    "for-counsel": Words("문구 법무 검토 필요", "Wording for counsel to review"),
    "blind-begin": Words("새 임시조치", "New temporary blind"),
    "blind-comment": Words("댓글 주소 또는 번호", "The comment's address or number"),
    "requester": Words("요청한 사람", "Who asked"),
    "requester-why": Words(
        "운영자에게만 보입니다. 감사 기록에는 남지 않습니다.",
        "For the desk alone; not in the audit log.",
    ),
    "days": Words("기간(일)", "Days"),
    "blind-do": Words("보이지 않게 하기", "Put out of sight"),
    "no-blinds": Words("임시조치한 댓글이 없습니다.", "No comment is out of sight."),
    "blinded": Words("임시조치 중", "out of sight"),
    "objected": Words("이의 제기됨", "objected to"),
    "restored": Words("다시 게시함", "restored"),
    "deleted": Words("삭제함", "deleted"),
    "expired": Words("기간 만료", "expired"),
    "step-begun": Words("조치", "Begun"),
    "step-objected": Words("이의", "Objection"),
    "step-until": Words("기한", "Until"),
    "step-resolved": Words("종결", "Ended"),
    "objection": Words("작성자의 이의", "The writer's objection"),
    "object-do": Words("이의 기록", "Note the objection"),
    "restore-do": Words("다시 게시", "Restore"),
    "delete-do": Words("삭제", "Delete"),
    "blind-done": Words("기록했습니다.", "Noted."),
}
