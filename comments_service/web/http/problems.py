"""Every problem the service may answer with: its status and its words (RFC 9457).

`/problems/<code>` shows `title` and `help`; `detail` in an answer is `help` where the error
brings none of its own. Adding an error class without an entry here fails a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Words(NamedTuple):
    ko: str
    en: str


@dataclass(frozen=True, slots=True)
class Problem:
    status: int
    title: Words
    help: Words


PROBLEMS: dict[str, Problem] = {
    "malformed-json": Problem(
        400,
        Words("JSON 형식 오류", "Malformed JSON"),
        Words(
            "요청 본문이 올바른 UTF-8 JSON이 아닙니다.",
            "The request body is not JSON in UTF-8.",
        ),
    ),
    "invalid-cursor": Problem(
        400,
        Words("잘못된 커서", "Invalid cursor"),
        Words(
            "이 목록에서 받은 커서가 아닙니다. 커서 없이 처음부터 다시 요청하세요.",
            "The cursor was not given out for this list and this order. "
            "Start again without a cursor.",
        ),
    ),
    "invalid-host": Problem(
        400,
        Words("알 수 없는 호스트", "Unknown host"),
        Words(
            "이 서비스는 이 호스트 이름으로 응답하지 않습니다.",
            "This service does not answer under that host name.",
        ),
    ),
    "bad-request": Problem(
        400,
        Words("잘못된 요청", "Bad request"),
        Words("요청을 이해할 수 없습니다.", "The request could not be understood."),
    ),
    "invalid-signed-request": Problem(
        400,
        Words("서명 확인 실패", "Invalid signed request"),
        Words(
            "signed_request의 서명이나 형식이 올바르지 않습니다.",
            "The signed_request is not signed by this application, or not in its format.",
        ),
    ),
    "unauthenticated": Problem(
        401,
        Words("로그인이 필요합니다", "Log in first"),
        Words(
            "유효한 액세스 토큰을 Authorization 헤더로 보내 주세요.",
            "Send a valid access token in the Authorization header.",
        ),
    ),
    "token-expired": Problem(
        401,
        Words("로그인 시간이 지났습니다", "The access token has expired"),
        Words(
            "리프레시 토큰으로 새 액세스 토큰을 받아 다시 시도하세요.",
            "Get a new access token with the refresh token and try again.",
        ),
    ),
    "reauthentication-required": Problem(
        401,
        Words("다시 로그인해 주세요", "Log in again"),
        Words(
            "이 작업에는 15분 이내의 로그인이 필요합니다.",
            "This action needs a login that is less than 15 minutes old.",
        ),
    ),
    "forbidden": Problem(
        403,
        Words("권한이 없습니다", "Not allowed"),
        Words("이 작업은 허용되지 않습니다.", "This action is not allowed."),
    ),
    "insufficient-scope": Problem(
        403,
        Words("권한이 부족합니다", "Insufficient scope"),
        Words(
            "이 토큰에는 이 작업에 필요한 권한이 없습니다.",
            "The token is valid but has no right to do this.",
        ),
    ),
    "origin-not-allowed": Problem(
        403,
        Words("허용되지 않은 출처", "Origin not allowed"),
        Words(
            "이 페이지의 출처는 해당 사이트에 등록되어 있지 않습니다.",
            "The page's origin is not on the list of the site that the token belongs to.",
        ),
    ),
    "wrong-site": Problem(
        403,
        Words("다른 사이트의 로그인", "Wrong site"),
        Words(
            "이 토큰은 다른 사이트의 것입니다. 이 사이트에서 로그인해 주세요.",
            "The token belongs to another site. Log in on this one.",
        ),
    ),
    "account-suspended": Problem(
        403,
        Words("이용이 정지된 계정입니다", "The account is suspended"),
        Words(
            "정지된 동안에는 글을 쓸 수 없습니다. 읽기와 이의 제기는 할 수 있습니다.",
            "A suspended account cannot write. It can read and appeal.",
        ),
    ),
    "not-yours": Problem(
        403,
        Words("본인의 댓글이 아닙니다", "Not your comment"),
        Words("본인이 쓴 댓글에만 할 수 있습니다.", "Only its author can do this to a comment."),
    ),
    "own-comment": Problem(
        403,
        Words("본인의 댓글입니다", "Your own comment"),
        Words("본인의 댓글에는 할 수 없습니다.", "This cannot be done to one's own comment."),
    ),
    "csrf": Problem(
        403,
        Words("요청을 확인할 수 없습니다", "The request could not be verified"),
        Words(
            "페이지를 새로 고친 뒤 다시 시도하세요.",
            "Reload the page and send the form again.",
        ),
    ),
    "unknown-site": Problem(
        404,
        Words("없는 사이트", "Unknown site"),
        Words("이 키를 쓰는 사이트가 없습니다.", "No site has this key."),
    ),
    "not-found": Problem(
        404,
        Words("찾을 수 없습니다", "Not found"),
        Words("요청한 것을 찾을 수 없습니다.", "What was asked for is not here."),
    ),
    "parent-not-found": Problem(
        404,
        Words("답글을 달 댓글이 없습니다", "The comment to reply to is not there"),
        Words(
            "삭제되었거나 이 기사에 달린 댓글이 아닙니다.",
            "It is not a published comment of this article.",
        ),
    ),
    "method-not-allowed": Problem(
        405,
        Words("허용되지 않은 메서드", "Method not allowed"),
        Words(
            "이 주소는 이 메서드를 받지 않습니다.",
            "This address does not take this method; see the Allow header.",
        ),
    ),
    "conflict": Problem(
        409,
        Words("상태가 바뀌었습니다", "Conflict"),
        Words(
            "현재 상태에서는 할 수 없는 작업입니다.",
            "This cannot be done in the present state.",
        ),
    ),
    "alias-taken": Problem(
        409,
        Words("다른 기사의 키입니다", "The key of another article"),
        Words(
            "`key`는 댓글이 있는 다른 기사의 키이거나 별칭입니다. 한 기사라면 둘을 합쳐 주세요.",
            "`key` names another article with comments, or is its alias. "
            "Merge the two if they are one.",
        ),
    ),
    "article-closed": Problem(
        409,
        Words("댓글이 마감된 기사입니다", "Comments are closed"),
        Words(
            "이 기사에는 더 이상 댓글을 쓸 수 없습니다.",
            "This article takes no more comments.",
        ),
    ),
    "edit-window-closed": Problem(
        409,
        Words("수정할 수 있는 시간이 지났습니다", "The time to edit is over"),
        Words(
            "댓글은 등록 후 정해진 시간 안에만 수정할 수 있습니다.",
            "A comment can be edited only for a short time after it was posted.",
        ),
    ),
    "not-editable": Problem(
        409,
        Words("수정할 수 없는 댓글입니다", "Not editable"),
        Words(
            "게시되었거나 검토 중인 댓글만 수정할 수 있습니다.",
            "Only published and held comments can be edited.",
        ),
    ),
    "appeal-exists": Problem(
        409,
        Words("이미 이의를 제기했습니다", "Already appealed"),
        Words(
            "이의 제기는 한 번만 할 수 있습니다.",
            "A decision can be appealed once.",
        ),
    ),
    "appeal-window-closed": Problem(
        409,
        Words("이의를 제기할 수 있는 기간이 지났습니다", "The time to appeal is over"),
        Words(
            "이의 제기는 거절 또는 삭제된 날부터 7일 안에 할 수 있습니다.",
            "A decision can be appealed within seven days.",
        ),
    ),
    "not-appealable": Problem(
        409,
        Words("이의를 제기할 대상이 아닙니다", "Nothing to appeal"),
        Words(
            "거절되거나 삭제된 댓글에만 이의를 제기할 수 있습니다.",
            "Only a rejected or removed comment can be appealed.",
        ),
    ),
    "undo-window-closed": Problem(
        409,
        Words("실행을 취소할 수 있는 시간이 지났습니다", "The time to undo is over"),
        Words(
            "결정은 10분 안에 취소할 수 있습니다. 다시 결정해 주세요.",
            "Decisions can be undone for ten minutes. Decide anew.",
        ),
    ),
    "second-person-needed": Problem(
        409,
        Words("다른 사람이 게시해야 합니다", "Somebody else must publish it"),
        Words(
            "이 사이트에서는 초안을 쓰지 않은 사람이 운영정책을 게시합니다.",
            "On this site, a draft of the policy is published by somebody who did not write it.",
        ),
    ),
    "identity-in-use": Problem(
        409,
        Words("이미 다른 계정에 연결되어 있습니다", "Already linked to another account"),
        Words(
            "이 소셜 계정은 다른 이용자에게 연결되어 있습니다.",
            "This social account belongs to another reader here.",
        ),
    ),
    "last-identity": Problem(
        409,
        Words("마지막 로그인 수단입니다", "The last way to log in"),
        Words(
            "마지막 남은 로그인 수단은 해제할 수 없습니다.",
            "The last linked account cannot be unlinked.",
        ),
    ),
    "request-in-progress": Problem(
        409,
        Words("같은 요청을 처리하고 있습니다", "An identical request is being answered"),
        Words("잠시 뒤 다시 시도하세요.", "Try again in a moment."),
    ),
    "gone": Problem(
        410,
        Words("삭제되었습니다", "Gone"),
        Words("이 댓글은 더 이상 없습니다.", "This comment is no longer here."),
    ),
    "events-gone": Problem(
        410,
        Words("이벤트 기록이 남아 있지 않습니다", "The log no longer goes back that far"),
        Words(
            "그 이벤트 뒤의 기록 일부가 보관 기간이 지나 삭제되었습니다. 필요한 것을 API에서 다시 "
            "읽고, `after` 없이 남아 있는 첫 이벤트부터 이어 가세요.",
            "Events after that one are no longer kept. Read what you need from the API again, and "
            "go on without `after`, from the first event that is kept.",
        ),
    ),
    "body-too-large": Problem(
        413,
        Words("요청이 너무 큽니다", "The request is too large"),
        Words("요청 본문이 허용 크기를 넘었습니다.", "The request body is over its limit."),
    ),
    "unsupported-media-type": Problem(
        415,
        Words("지원하지 않는 형식", "Unsupported media type"),
        Words(
            "application/json으로 보내 주세요.",
            "Send the body as application/json.",
        ),
    ),
    "invalid-request": Problem(
        422,
        Words("잘못된 값이 있습니다", "Invalid request"),
        Words(
            "errors에 어느 항목이 왜 잘못되었는지 있습니다.",
            "`errors` names each field and what is wrong with it.",
        ),
    ),
    "comment-malformed": Problem(
        422,
        Words("쓸 수 없는 글자가 있습니다", "The comment is malformed"),
        Words(
            "깨진 글자가 있거나 한 글자에 기호가 너무 많이 겹쳐 있습니다.",
            "It has broken characters, or too many marks stacked on one.",
        ),
    ),
    "comment-empty": Problem(
        422,
        Words("내용이 없습니다", "The comment is empty"),
        Words("보이는 글자가 하나도 없습니다.", "There is nothing visible in it."),
    ),
    "comment-too-long": Problem(
        422,
        Words("댓글이 너무 깁니다", "The comment is too long"),
        Words(
            "댓글은 {limit}자까지 쓸 수 있습니다. 지금 {length}자입니다.",
            "A comment has at most {limit} characters; this one has {length}.",
        ),
    ),
    "article-url-not-allowed": Problem(
        422,
        Words("기사 주소를 쓸 수 없습니다", "Article URL not allowed"),
        Words(
            "기사 주소는 사이트에 등록된 출처에 있어야 합니다.",
            "The article's URL must lie on one of the site's origins.",
        ),
    ),
    "policy-violation": Problem(
        422,
        Words("댓글 운영정책에 맞지 않습니다", "Against the Standards Board Policy"),
        Words(
            "findings에 어느 부분이 어느 조항에 맞지 않는지 있습니다. "
            "고쳐서 다시 보내거나 이의를 제기할 수 있습니다.",
            "`findings` names the words and the clause. Edit and send again, or appeal.",
        ),
    ),
    "invalid-policy": Problem(
        422,
        Words("운영정책 문서에 오류가 있습니다", "Invalid policy"),
        Words(
            "errors에 줄 번호와 함께 있습니다.",
            "`errors` names each mistake with its line.",
        ),
    ),
    "idempotency-key-reused": Problem(
        422,
        Words("이미 쓴 Idempotency-Key입니다", "Idempotency key reused"),
        Words(
            "같은 키를 다른 요청에 쓸 수 없습니다.",
            "The same key came before with another body.",
        ),
    ),
    "too-many-requests": Problem(
        429,
        Words("요청이 너무 잦습니다", "Too many requests"),
        Words(
            "Retry-After 헤더의 시간(초)이 지난 뒤 다시 시도하세요.",
            "Try again after the seconds in the Retry-After header.",
        ),
    ),
    "slow-mode": Problem(
        429,
        Words("댓글 속도를 늦춘 기사입니다", "Comments are slowed down"),
        Words(
            "이 기사에는 한 사람이 {seconds}초에 한 번 댓글을 쓸 수 있습니다. "
            "{retry_after}초 뒤에 다시 시도하세요.",
            "On this article, everybody may comment once in {seconds} seconds. "
            "Try again in {retry_after} seconds.",
        ),
    ),
    "internal": Problem(
        500,
        Words("서비스 오류", "Internal error"),
        Words(
            "문제가 기록되었습니다. 잠시 뒤 다시 시도하세요.",
            "The fault has been recorded. Try again later.",
        ),
    ),
    "unavailable": Problem(
        503,
        Words("잠시 이용할 수 없습니다", "Unavailable for the moment"),
        Words("잠시 뒤 다시 시도하세요.", "Try again in a moment."),
    ),
    "overloaded": Problem(
        503,
        Words("이용이 몰리고 있습니다", "Overloaded"),
        Words("잠시 뒤 다시 시도하세요.", "Try again in a moment."),
    ),
}
