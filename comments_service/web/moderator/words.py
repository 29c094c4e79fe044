"""What all moderators' pages say, and those of one's account; other pages bring their own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from comments_service.web.http.problems import Words

WORDS: Final[Mapping[str, Words]] = {
    "title": Words("댓글 운영", "Comment moderation"),
    "moderation": Words("댓글 운영", "Moderation"),
    "switch": Words("이동", "Switch"),
    "nav-queue": Words("검토", "Queue"),
    "nav-people": Words("이용자", "People"),
    "nav-articles": Words("기사", "Articles"),
    "nav-policies": Words("운영정책", "Policies"),
    "nav-statistics": Words("통계", "Statistics"),
    "nav-audit": Words("감사 기록", "Audit"),
    "shortcuts": Words("단축키", "Shortcuts"),
    "shortcuts-off": Words("단축키 끄기", "Turn shortcuts off"),
    "shortcuts-on": Words("단축키 켜기", "Turn shortcuts on"),
    "to-search": Words("찾기", "Search"),
    "this-help": Words("이 도움말", "This help"),
    "close": Words("닫기", "Close"),
    "cancel": Words("취소", "Cancel"),
    "save": Words("저장", "Save"),
    "search": Words("찾기", "Search"),
    "next-page": Words("다음 쪽", "Next page"),
    "first-page": Words("처음으로", "First page"),
    "undo": Words("실행 취소", "Undo"),
    "reason": Words("이유", "Reason"),
    "note": Words("메모", "Note"),
    "status": Words("상태", "Status"),
    "no-connection": Words(
        "서버에 연결하지 못했습니다. 다시 시도해 주세요.",
        "The server could not be reached. Try again.",
    ),
    "skip": Words("본문으로 건너뛰기", "Skip to content"),
    "log-in": Words("운영자 로그인", "Moderators' login"),
    "log-in-why": Words(
        "운영 권한이 있는 계정으로 로그인해 주세요.",
        "Log in with an account that has a moderator's role.",
    ),
    "log-in-again": Words("다시 로그인해 주세요", "Log in again"),
    "log-in-again-why": Words(
        "이 작업을 하려면 최근 15분 안에 로그인했어야 합니다.",
        "What you asked for needs a login of the last 15 minutes.",
    ),
    "with-twitter": Words("X로 로그인", "Log in with X"),
    "with-facebook": Words("Facebook으로 로그인", "Log in with Facebook"),
    "with-code": Words("일회용 코드 입력", "Enter a one-time code"),
    "no-provider": Words(
        "지금은 로그인할 수 있는 방법이 없습니다.",
        "There is no way to log in here at the moment.",
    ),
    "log-out": Words("로그아웃", "Log out"),
    "greeting": Words("{name} 님", "{name}"),
    "roles": Words("권한", "Roles"),
    "role": Words("역할", "Role"),
    "site": Words("사이트", "Site"),
    "every-site": Words("모든 사이트", "Every site"),
    "moderator": Words("운영자", "Moderator"),
    "admin": Words("관리자", "Admin"),
    "sessions": Words("로그인한 기기", "Where you are logged in"),
    "network": Words("네트워크", "Network"),
    "since": Words("로그인", "Since"),
    "last-seen": Words("마지막 사용", "Last used"),
    "this-one": Words("지금 이 창", "This one"),
    "end": Words("끝내기", "End"),
    "end-named": Words(
        "{network}에서 {since}에 시작한 로그인 끝내기",
        "End the session begun at {since} from {network}",
    ),
    "second-factor": Words("2단계 인증", "Second factor"),
    "second-factor-missing": Words(
        "인증 앱의 일회용 코드로 계정을 한 번 더 보호할 수 있습니다.",
        "One-time codes from an authenticator app protect your account a second time.",
    ),
    "second-factor-working": Words(
        "로그인할 때 인증 앱의 코드를 묻습니다.",
        "A code from your authenticator app is asked for at each login.",
    ),
    "second-factor-required": Words(
        "로그인할 때 인증 앱의 코드를 묻습니다. 이 서비스에서는 꺼 둘 수 없습니다.",
        "A code from your authenticator app is asked for at each login. "
        "This service does not let you do without.",
    ),
    "set-up": Words("설정하기", "Set up"),
    "replace": Words("새로 설정하기", "Set up anew"),
    "remove": Words("끄기", "Turn off"),
    "second-step": Words("일회용 코드", "One-time code"),
    "second-step-why": Words(
        "인증 앱에 표시된 6자리 숫자를 입력해 주세요.",
        "Enter the 6 digits that your authenticator app shows.",
    ),
    "must-set-up": Words(
        "이 서비스의 운영자는 2단계 인증을 설정해야 합니다.",
        "Moderators of this service must set up a second factor.",
    ),
    "code": Words("코드", "Code"),
    "continue": Words("확인", "Continue"),
    "wrong-code": Words(
        "코드가 맞지 않거나 이미 쓴 코드입니다. 새 코드가 나오면 다시 입력해 주세요.",
        "The code is not right, or was used before. Wait for a new one and try again.",
    ),
    "enrolment-why": Words(
        "인증 앱에 아래 키를 등록한 뒤, 앱에 표시된 코드를 입력해 주세요. "
        "키는 다시 표시되지 않습니다.",
        "Add this key to your authenticator app, then enter the code that it shows. "
        "The key is shown this once.",
    ),
    "key": Words("키", "Key"),
    "open-app": Words("인증 앱에서 열기", "Open in an authenticator app"),
    "back": Words("처음으로", "Back to the start"),
}
