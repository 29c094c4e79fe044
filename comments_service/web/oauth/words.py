"""What the pages of a login say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from comments_service.web.http.problems import Words

WORDS: Final[Mapping[str, Words]] = {
    "log-in-to": Words(
        "{host} 댓글 로그인",
        "Log in to comment on {host}",
    ),
    "why-asked": Words(
        "직접 로그인을 시작하지 않았다면 이 창을 닫아 주세요.",
        "If you did not just choose to log in there, close this window.",
    ),
    "continue-twitter": Words(
        "X로 계속하기",
        "Continue with X",
    ),
    "continue-facebook": Words(
        "Facebook으로 계속하기",
        "Continue with Facebook",
    ),
    "no-provider": Words(
        "지금은 로그인할 수 있는 방법이 없습니다.",
        "There is no way to log in here at the moment.",
    ),
    "logged-in": Words(
        "로그인했습니다. 이 창은 곧 닫힙니다.",
        "You are logged in. This window closes by itself.",
    ),
    "not-logged-in": Words(
        "로그인하지 않았습니다. 이 창은 곧 닫힙니다.",
        "You are not logged in. This window closes by itself.",
    ),
    "back": Words(
        "기사로 돌아가기",
        "Back to the article",
    ),
    "done": Words(
        "이 창을 닫아도 됩니다.",
        "You can close this window.",
    ),
    "refused": Words(
        "로그인을 계속할 수 없습니다",
        "This login cannot go on",
    ),
    "request-invalid": Words(
        "주소가 온전하지 않거나 올바르지 않습니다. 기사로 돌아가 다시 시도해 주세요.",
        "The address of this page is not complete or not valid. "
        "Go back to the article and try again.",
    ),
    "provider-off": Words(
        "이 사이트에서는 쓸 수 없는 로그인 방법입니다. 기사로 돌아가 다른 방법을 골라 주세요.",
        "This way of logging in is not available here. Go back to the article and choose another.",
    ),
    "confirmation-missing": Words(
        "직접 로그인을 시작했는지 확인하지 못했습니다. "
        "이 페이지의 쿠키를 허용한 뒤 기사로 돌아가 다시 시도해 주세요.",
        "We could not confirm that you chose to log in. "
        "Your browser must accept cookies of this page. Go back to the article and try again.",
    ),
    "login-expired": Words(
        "로그인 시간이 지났습니다. 기사로 돌아가 다시 로그인해 주세요.",
        "This login took too long. Go back to the article and log in again.",
    ),
    "login-unknown": Words(
        "이미 끝났거나 다른 브라우저에서 시작된 로그인입니다. 기사로 돌아가 다시 로그인해 주세요.",
        "This login is already over, or it began in another browser. "
        "Go back to the article and log in again.",
    ),
    "link-title": Words(
        "로그인 방법 추가",
        "Add a way to log in",
    ),
    "link-twitter": Words(
        "댓글 계정 ‘{account}’에 X 계정(‘{name}’)을 연결할까요?",
        "Link the X account {name} to the comment account “{account}”?",
    ),
    "link-facebook": Words(
        "댓글 계정 ‘{account}’에 Facebook 계정(‘{name}’)을 연결할까요?",
        "Link the Facebook account {name} to the comment account “{account}”?",
    ),
    "link": Words(
        "연결하기",
        "Link",
    ),
    "why-link-asked": Words(
        "본인의 댓글 계정이 아니라면 이 창을 닫아 주세요.",
        "If that is not your comment account, close this window.",
    ),
    "linked": Words(
        "연결했습니다. 이 창을 닫아도 됩니다.",
        "Linked. You can close this window.",
    ),
    "not-linked": Words(
        "계정을 연결하지 못했습니다. 기사로 돌아가 다시 시도해 주세요.",
        "The accounts were not linked. Go back to the article and try again.",
    ),
    "identity-in-use": Words(
        "이미 다른 이용자에게 연결된 계정이거나, 같은 서비스의 다른 계정이 연결되어 있습니다.",
        "This account already belongs to another reader here, "
        "or another one of that service is linked.",
    ),
    "deletion-title": Words(
        "개인정보 삭제 요청",
        "Request to delete personal data",
    ),
    "deletion-requested": Words(
        "요청을 받은 날: {day}",
        "Received on {day}.",
    ),
    "deletion-finished": Words(
        "삭제를 마친 날: {day}",
        "Done on {day}: what we held is deleted.",
    ),
    "deletion-pending": Words(
        "삭제를 진행하고 있습니다.",
        "The deletion is under way.",
    ),
    "deletion-unknown-title": Words(
        "개인정보 삭제 요청",
        "Request to delete personal data",
    ),
    "deletion-unknown": Words(
        "이 번호로 받은 삭제 요청이 없습니다.",
        "There is no request with this code.",
    ),
    "staff-not-logged-in": Words(
        "로그인하지 못했습니다. 운영 페이지로 돌아가 다시 시도해 주세요.",
        "You are not logged in. Go back to the moderators' pages and try again.",
    ),
    "no-staff-role": Words(
        "이 계정에는 운영 권한이 없습니다. "
        "관리자에게 초대를 요청하거나 다른 계정으로 로그인해 주세요.",
        "This account has no staff role. Ask an admin for an invitation, "
        "or log in with another account.",
    ),
    "invitation-title": Words(
        "댓글 운영 초대",
        "Invitation to moderate comments",
    ),
    "invitation-moderator": Words(
        "댓글 운영자로 초대받았습니다. 맡을 사이트: {site}",
        "You are invited to be a moderator. Site: {site}",
    ),
    "invitation-admin": Words(
        "댓글 관리자로 초대받았습니다. 맡을 사이트: {site}",
        "You are invited to be an admin. Site: {site}",
    ),
    "every-site": Words(
        "모든 사이트",
        "every site",
    ),
    "invitation-log-in": Words(
        "수락하려면 먼저 로그인해 주세요. 로그인한 계정이 권한을 받습니다.",
        "Log in first to accept it. The account you log in with gets the role.",
    ),
    "accept-twitter": Words(
        "이 X 계정으로 수락할까요? {name}",
        "Accept as {name} on X?",
    ),
    "accept-facebook": Words(
        "이 Facebook 계정으로 수락할까요? {name}",
        "Accept as {name} on Facebook?",
    ),
    "accept": Words(
        "수락하기",
        "Accept",
    ),
    "why-accept-asked": Words(
        "본인의 계정이 아니라면 이 창을 닫아 주세요.",
        "If that is not your account, close this window.",
    ),
    "invitation-gone-title": Words(
        "쓸 수 없는 초대입니다",
        "This invitation does not hold",
    ),
    "invitation-unknown-title": Words(
        "쓸 수 없는 초대입니다",
        "This invitation does not hold",
    ),
    "invitation-gone": Words(
        "이미 쓰였거나 기한이 지난 초대입니다. 관리자에게 새 초대를 요청해 주세요.",
        "This invitation was accepted before, or has expired. Ask an admin for a new one.",
    ),
    "invitation-unknown": Words(
        "없는 초대입니다. 주소가 온전한지 확인해 주세요.",
        "There is no such invitation. Check that the address is complete.",
    ),
}
