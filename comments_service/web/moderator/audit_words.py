"""What the page of the audit log says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from comments_service.web.http.problems import Words

WORDS: Final[Mapping[str, Words]] = {
    "audit-title": Words("감사 기록", "Audit log"),
    "audit-why": Words(
        "누가 언제 무엇을 했는지 남긴 기록입니다. 고치거나 지울 수 없습니다.",
        "Who did what and when. Nothing here can be changed or deleted.",
    ),
    "audit-head": Words("마지막 기록", "Last entry"),
    "action": Words("한 일", "What"),
    "actor": Words("한 사람", "Who"),
    "target": Words("대상", "To what"),
    "from-day": Words("시작일", "From"),
    "to-day": Words("종료일", "To"),
    "everything": Words("모두", "Everything"),
    "show": Words("보기", "Show"),
    "csv": Words("CSV 내려받기", "Download CSV"),
    "json": Words("JSON 내려받기", "Download JSON"),
    "nothing": Words("해당하는 기록이 없습니다.", "There are no such entries."),
    "changes": Words("바뀐 내용", "What changed"),
    "before": Words("전", "Before"),
    "after": Words("후", "After"),
    "hash": Words("해시", "Hash"),
    "operator": Words("운영 담당(명령줄)", "operator, on the command line"),
    "wrong-day": Words("날짜를 다시 적어 주세요.", "Give the days again."),
}

ACTIONS: Final[Mapping[str, Words]] = {
    "staff.invited": Words("초대", "invited"),
    "staff.role_granted": Words("역할 부여", "role granted"),
    "staff.role_revoked": Words("역할 회수", "role taken away"),
    "staff.logged_in": Words("로그인", "logged in"),
    "staff.logged_out": Words("로그아웃", "logged out"),
    "staff.session_ended": Words("로그인 종료", "session ended"),
    "staff.second_factor_added": Words("2단계 인증 추가", "second factor added"),
    "staff.second_factor_removed": Words("2단계 인증 해제", "second factor removed"),
    "policy.published": Words("운영정책 게시", "policy published"),
    "webhook.created": Words("웹훅 추가", "webhook added"),
    "webhook.changed": Words("웹훅 변경", "webhook changed"),
    "webhook.rotated": Words("웹훅 비밀 교체", "webhook's secret replaced"),
    "webhook.removed": Words("웹훅 삭제", "webhook removed"),
    "comment.approved": Words("댓글 승인", "comment approved"),
    "comment.rejected": Words("댓글 거절", "comment rejected"),
    "comment.removed": Words("댓글 삭제", "comment removed"),
    "comment.restored": Words("댓글 복원", "comment restored"),
    "appeal.upheld": Words("이의 기각", "appeal not granted"),
    "decision.undone": Words("결정 취소", "decision undone"),
    "user.suspended": Words("이용 정지", "person suspended"),
    "suspension.lifted": Words("정지 해제", "suspension lifted"),
    "user.noted": Words("이용자 메모", "note on a person"),
    "article.changed": Words("기사 설정", "article set"),
    "article.window_passed": Words("예약한 시간의 시작·끝", "window began or ended"),
    "comment.blinded": Words("임시조치", "comment put out of sight"),
    "comment.blind_objected": Words("임시조치 이의", "blind objected to"),
    "comment.blind_resolved": Words("임시조치 종결", "blind ended"),
    "comment.blind_expired": Words("임시조치 만료", "blind expired"),
}
"""The actions as people say them; one that is missing here is shown by its code."""
