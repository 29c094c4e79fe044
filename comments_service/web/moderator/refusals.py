"""What a moderator sees instead of what they asked for; a script's request gets a problem."""

from __future__ import annotations

from flask import Response, current_app

from comments_service.errors import (
    CommentsError,
    NoStaffRole,
    ReauthenticationRequired,
    SecondFactorRequired,
    Unauthenticated,
)
from comments_service.services import totp
from comments_service.web.http import problem, staff
from comments_service.web.http.language import preferred_language
from comments_service.web.http.problems import PROBLEMS
from comments_service.web.moderator import pages


def ask_to_log_in(error: Unauthenticated) -> Response:
    """Nobody is logged in."""
    if not pages.wanted():
        return problem.of(error)
    response = _log_in_page("log-in")
    staff.forget(response)
    return response


def ask_to_log_in_again(error: ReauthenticationRequired) -> Response:
    """The login is too old for what was asked: a new one, or a one-time code, makes up for it."""
    if not pages.wanted():
        return problem.of(error)
    has_code = staff.totp_mode() is not totp.TotpMode.OFF and totp.is_enrolled(
        staff.current_member().user_id
    )
    return _log_in_page("log-in-again", with_code=has_code)


def ask_for_code(error: SecondFactorRequired) -> Response:
    """The provider's login is done, the second factor is owed."""
    if not pages.wanted():
        return problem.of(error)
    return pages.go("moderator.second_step")


def show_without_role(error: NoStaffRole) -> Response:
    """The last role was taken away; the session has ended with it."""
    response = show(error)
    staff.forget(response)
    return response


def show(error: CommentsError) -> Response:
    """Any other error."""
    if not pages.wanted():
        return problem.of(error)
    entry = PROBLEMS[error.code]
    language = preferred_language()
    return pages.show(
        "refusal.html",
        status=entry.status,
        title=getattr(entry.title, language),
        help=getattr(entry.help, language),
    )


def _log_in_page(reason: str, *, with_code: bool = False) -> Response:
    providers = tuple(current_app.extensions["comments_providers"])
    return pages.show(
        "log_in.html", status=401, reason=reason, providers=providers, with_code=with_code
    )
