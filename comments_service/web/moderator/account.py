"""One's own account among the staff: who one is, sessions, the second factor, logging out."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, request

from comments_service import clock
from comments_service.errors import InvalidRequest
from comments_service.services import audit, staff_preferences, staff_sessions, totp
from comments_service.services.totp import TotpMode
from comments_service.web.http import staff
from comments_service.web.http.settings import settings
from comments_service.web.moderator import desk, pages


def home() -> Response:
    """Who is logged in, with which roles, and where else."""
    member = staff.current_member()
    return pages.show(
        "home.html",
        member=member,
        desk=desk.any_desk(),
        sessions=staff_sessions.list_sessions(user_id=member.user_id, now=clock.now()),
        second_factor=_second_factor(),
    )


def log_out() -> Response:
    """End this session."""
    staff_sessions.log_out(staff.current_member(), now=clock.now())
    response = pages.go()
    staff.forget(response)
    return response


def end_session(session_id: int) -> Response:
    """End another of one's own sessions."""
    staff_sessions.end(staff.current_member(), session_id, now=clock.now())
    return pages.go()


def set_shortcuts() -> Response:
    """Switch one's single-key shortcuts on or off."""
    member = staff.current_member()
    staff_preferences.set_shortcuts(member.user_id, on=request.form.get("shortcuts") == "on")
    return pages.back()


def second_step() -> Response:
    """Ask for the one-time code, or to set the second factor up first."""
    return _second_step_page()


def pass_second_step() -> Response:
    """Take the one-time code; it also stands for a fresh login."""
    try:
        staff_sessions.pass_second_factor(
            staff.current_member(), _code(), pepper=_pepper(), now=clock.now()
        )
    except InvalidRequest:
        return _second_step_page(status=422, is_wrong=True)
    return pages.go()


def begin_second_factor() -> Response:
    """Make a key and show it, until its first code has come."""
    member, now = staff.current_member(), clock.now()
    member.require_fresh_login(now)
    secret = totp.begin(member.user_id, pepper=_pepper(), now=now)
    return _enrolment_page(secret)


def confirm_second_factor() -> Response:
    """Take the first code that the new key made."""
    try:
        staff_sessions.add_second_factor(
            staff.current_member(), _code(), pepper=_pepper(), now=clock.now()
        )
    except InvalidRequest:
        secret = totp.unconfirmed(staff.current_member().user_id, pepper=_pepper())
        return _enrolment_page(secret, status=422, is_wrong=True)
    return pages.go()


def remove_second_factor() -> Response:
    """Take the second factor away, shortly after a login."""
    member, now = staff.current_member(), clock.now()
    member.require_fresh_login(now)
    totp.remove(member.user_id, actor=audit.user(member.user_id), now=now)
    return pages.go()


def _second_factor() -> str:
    """What the start page says of it: `off`, `missing`, `working`, or `required`."""
    mode = staff.totp_mode()
    if mode is TotpMode.OFF:
        return "off"
    if not totp.is_enrolled(staff.current_member().user_id):
        return "missing"
    return "required" if mode is TotpMode.REQUIRED else "working"


def _second_step_page(*, status: int = 200, is_wrong: bool = False) -> Response:
    return pages.show(
        "second_step.html",
        member=staff.current_member(),
        status=status,
        is_wrong=is_wrong,
        is_enrolled=totp.is_enrolled(staff.current_member().user_id),
    )


def _enrolment_page(secret: str, *, status: int = 200, is_wrong: bool = False) -> Response:
    member = staff.current_member()
    host = urlsplit(settings().public_url).hostname or ""
    return pages.show(
        "enrolment.html",
        member=member,
        status=status,
        is_wrong=is_wrong,
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        address=totp.address(secret, issuer=host, account=member.display_name),
    )


def _code() -> str:
    return request.form.get("code", "").replace(" ", "")


def _pepper() -> str:
    return settings().secret_key.get_secret_value()
