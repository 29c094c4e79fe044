"""A moderator's session in a request: whose it is, and what its pages may do.

The cookie opens the moderators' pages, and the routes of the API that moderators have a permission
for; a reader's token opens none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_network
from typing import Any, ParamSpec, TypeVar

from flask import Response, request

from comments_service import clock
from comments_service.errors import Unauthenticated
from comments_service.services import staff_sessions
from comments_service.services.actor import Actor
from comments_service.services.permissions import Permission
from comments_service.services.staff_sessions import StaffMember
from comments_service.services.totp import TotpMode
from comments_service.web.http import cookies, csrf
from comments_service.web.http.settings import settings

COOKIE = "social_comments_staff"
MEMBER = "comments_service.staff_member"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

P = ParamSpec("P")
R = TypeVar("R")


def token() -> str | None:
    """The cookie that this request brought."""
    return cookies.read(COOKIE)


def remember(response: Response, cookie: str) -> None:
    """Send a new session's cookie along."""
    cookies.write(response, COOKIE, cookie)


def forget(response: Response) -> None:
    """Have the browser forget the cookie."""
    cookies.delete(response, COOKIE)


def network() -> str:
    """Where the request comes from, roughly: enough for somebody to tell their sessions apart."""
    address = request.remote_addr or "127.0.0.1"
    return str(ip_network(f"{address}/{48 if ':' in address else 24}", strict=False))


def current_member() -> StaffMember:
    """Whose session the cookie is. Raises `Unauthenticated` or `NoStaffRole`."""
    member: StaffMember | None = request.environ.get(MEMBER)
    if member is None:
        cookie = token()
        if cookie is None:
            raise Unauthenticated
        member = staff_sessions.authenticate(cookie, now=clock.now())
        request.environ[MEMBER] = member
    return member


def current_actor() -> Actor:
    """The same as an actor, for a route that changes nothing or was sent by a page of the session.

    Raises `Unauthenticated`, `NoStaffRole`, `SecondFactorRequired` or `CsrfFailed`.
    """
    member = current_member()
    if request.method not in SAFE_METHODS:
        csrf.check(member.token_hash)
    member.require_second_factor(totp_mode())
    return Actor(
        user_id=member.user_id, site_id=None, scopes=frozenset(), roles=tuple(member.roles)
    )


def totp_mode() -> TotpMode:
    """Whether moderators give a one-time code."""
    return TotpMode(settings().staff_totp)


def staff_only(*, with_second_factor: bool = True) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only a moderator's session through, and change nothing but for a page of its own.

    `with_second_factor` False is for the pages where the code is given.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            member = current_member()
            if request.method not in SAFE_METHODS:
                csrf.check(member.token_hash)
            if with_second_factor:
                member.require_second_factor(totp_mode())
            return view(*args, **kwargs)

        marked: Any = guarded
        marked.permission = Permission.STAFF
        return guarded

    return decorate
