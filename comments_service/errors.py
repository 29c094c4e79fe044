"""What a service may refuse, as a tree of exceptions. No HTTP in here.

Each class has a stable `code`, which is also the slug of its problem page (`/problems/<code>`).
`web.http.problems` gives every code its status and its words in Korean and English; a test holds
the two lists equal.

    CommentsError
    ├── InvalidRequest                 a field is wrong: which, and why
    │   ├── CommentMalformed           lone surrogate, or beyond the caps against abuse
    │   ├── CommentEmpty               nothing visible in it
    │   ├── CommentTooLong             `length`, `limit`
    │   ├── ArticleUrlNotAllowed       not on one of the site's origins
    │   ├── InvalidCursor              tampered with, or of another list
    │   └── InvalidPolicy              `errors`, each with its line
    ├── PolicyViolation                the Standards Board Policy rejects it
    ├── Unauthenticated                no valid token
    │   ├── TokenExpired
    │   └── ReauthenticationRequired   the login is too old for this action
    │       └── SecondFactorRequired   a one-time code is owed
    ├── Forbidden
    │   ├── InsufficientScope, OriginNotAllowed, CsrfFailed
    │   ├── WrongSite, NotYours, OwnComment
    │   ├── NoStaffRole                neither moderator nor admin
    │   └── AccountSuspended           `until`, `reason`
    ├── Missing
    │   ├── UnknownSite, NotFound, ParentNotFound
    │   └── Gone                       it was there once
    │       └── EventsGone             events after that one are no longer kept
    ├── Conflict
    │   ├── ArticleClosed, EditWindowClosed, NotEditable
    │   ├── AppealExists, AppealWindowClosed, NotAppealable
    │   ├── NotBlindable, NoBlind      nobody sees the comment; it is not out of sight
    │   ├── BlindExists                the objection is noted already
    │   ├── UndoWindowClosed
    │   ├── AliasTaken                 the key of an article with comments, or its alias
    │   ├── SecondPersonNeeded         whoever wrote a policy does not publish it
    │   ├── IdentityInUse, LastIdentity
    │   ├── LastAdmin                  nobody else could administer
    │   └── RequestInProgress          an identical request is being answered
    ├── IdempotencyKeyReused           the same key with another body
    ├── InvalidSignedRequest           not signed by Facebook with our app's secret
    ├── TooManyRequests                `retry_after` in seconds
    │   └── SlowMode                   the article takes a writer's comments one at a time
    └── Unavailable                    something we lean on is gone; `retry_after`
        └── Overloaded
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: `pointer` is a JSON pointer into the body (`/article/key`), or with another
    part of the request in front (`/query/limit`); `detail` says what is wrong and what to do,
    `ko` in Korean. `line` counts from 1 in a field that is a text of many."""

    pointer: str
    detail: str
    ko: str | None = None
    line: int | None = None


class CommentsError(Exception):
    """Something the caller asked for cannot be had; `code` says what, `extra` goes out with it."""

    code: ClassVar[str]

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        super().__init__(detail or self.code)
        self.detail = detail
        self.extra = extra


class InvalidRequest(CommentsError):
    code = "invalid-request"

    def __init__(
        self, detail: str | None = None, *, errors: tuple[FieldError, ...] = (), **extra: Any
    ) -> None:
        super().__init__(detail, **extra)
        self.errors = errors


class CommentMalformed(InvalidRequest):
    code = "comment-malformed"


class CommentEmpty(InvalidRequest):
    code = "comment-empty"


class CommentTooLong(InvalidRequest):
    code = "comment-too-long"


class ArticleUrlNotAllowed(InvalidRequest):
    code = "article-url-not-allowed"


class InvalidCursor(InvalidRequest):
    code = "invalid-cursor"


class InvalidPolicy(InvalidRequest):
    code = "invalid-policy"


class PolicyViolation(CommentsError):
    code = "policy-violation"


class Unauthenticated(CommentsError):
    code = "unauthenticated"


class TokenExpired(Unauthenticated):
    code = "token-expired"


class ReauthenticationRequired(Unauthenticated):
    code = "reauthentication-required"


class SecondFactorRequired(ReauthenticationRequired):
    code = "reauthentication-required"


class Forbidden(CommentsError):
    code = "forbidden"


class InsufficientScope(Forbidden):
    code = "insufficient-scope"


class OriginNotAllowed(Forbidden):
    code = "origin-not-allowed"


class WrongSite(Forbidden):
    code = "wrong-site"


class AccountSuspended(Forbidden):
    code = "account-suspended"


class NotYours(Forbidden):
    code = "not-yours"


class OwnComment(Forbidden):
    code = "own-comment"


class NoStaffRole(Forbidden):
    code = "forbidden"


class CsrfFailed(Forbidden):
    code = "csrf"


class Missing(CommentsError):
    code = "not-found"


class NotFound(Missing):
    code = "not-found"


class UnknownSite(Missing):
    code = "unknown-site"


class ParentNotFound(Missing):
    code = "parent-not-found"


class Gone(Missing):
    code = "gone"


class EventsGone(Gone):
    code = "events-gone"


class Conflict(CommentsError):
    code = "conflict"


class ArticleClosed(Conflict):
    code = "article-closed"


class AliasTaken(Conflict):
    code = "alias-taken"


class EditWindowClosed(Conflict):
    code = "edit-window-closed"


class NotEditable(Conflict):
    code = "not-editable"


class AppealExists(Conflict):
    code = "appeal-exists"


class AppealWindowClosed(Conflict):
    code = "appeal-window-closed"


class NotAppealable(Conflict):
    code = "not-appealable"


class NotBlindable(Conflict):
    code = "conflict"


class NoBlind(Conflict):
    code = "conflict"


class BlindExists(Conflict):
    code = "conflict"


class UndoWindowClosed(Conflict):
    code = "undo-window-closed"


class SecondPersonNeeded(Conflict):
    code = "second-person-needed"


class IdentityInUse(Conflict):
    code = "identity-in-use"


class LastIdentity(Conflict):
    code = "last-identity"


class LastAdmin(Conflict):
    code = "conflict"


class RequestInProgress(Conflict):
    code = "request-in-progress"


class IdempotencyKeyReused(CommentsError):
    code = "idempotency-key-reused"


class InvalidSignedRequest(CommentsError):
    code = "invalid-signed-request"


class TooManyRequests(CommentsError):
    code = "too-many-requests"


class SlowMode(TooManyRequests):
    code = "slow-mode"


class Unavailable(CommentsError):
    code = "unavailable"


class Overloaded(Unavailable):
    code = "overloaded"
