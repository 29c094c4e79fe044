"""Moderators' logins: by the readers' providers, on full pages, to the moderators' pages alone.

Where a login returns to is fixed. An invitation goes along in a cookie: the page behind its
address only shows it, and it is used up by the form that follows the login, since mail scanners
open every address they see.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from flask import Response, request, url_for

from comments_service import clock
from comments_service.errors import CsrfFailed, Gone, NoStaffRole, NotFound
from comments_service.identity.provider import ExternalIdentity
from comments_service.services import staff, staff_sessions, tokens
from comments_service.services.logins import StaffLogin
from comments_service.services.staff import InvitationView
from comments_service.web.http import cookies, csrf
from comments_service.web.http import staff as staff_http
from comments_service.web.oauth import authorize, browser, offer, pages
from comments_service.web.oauth.offer import Offer
from comments_service.web.oauth.pages import PageRefused
from comments_service.web.oauth.state import pepper, providers

INVITATION = "social_comments_invitation"


class SessionValues(TypedDict):
    """What a session is begun with, whoever it is for."""

    network: str
    replaces: str | None
    pepper: str
    now: datetime


def start(provider: str) -> Response:
    """Send a moderator to their provider.

    Takes no parameters: there is no address to return to that could be chosen, and a reader's
    `state` has no business here.
    """
    pages.refuse_automatic_request()
    if request.args or provider not in providers():
        raise PageRefused("request-invalid")
    return authorize.send_to_provider(StaffLogin(), provider)


def show_invitation(token: str) -> Response:
    """Say what the invitation gives and offer to log in."""
    pages.refuse_automatic_request()
    invitation = _invitation(token)
    response = pages.show("invitation.html", providers=tuple(providers()), invitation=invitation)
    cookies.write(response, INVITATION, token, seconds=browser.COOKIE_SECONDS)
    return response


def finish(external: ExternalIdentity) -> Response:
    """Begin a session for whoever has come back from the provider, or first ask whether they
    accept the invitation that brought them."""
    token = cookies.read(INVITATION)
    if token is not None:
        try:
            return _ask(token, staff.invitation(token, now=clock.now()), external)
        except (Gone, NotFound):
            pass  # they may have a role all the same
    try:
        cookie = staff_sessions.log_in(external, **_session_values())
    except NoStaffRole:
        return pages.refusal("no-staff-role", status=403)
    return _enter(cookie)


def accept(token: str) -> Response:
    """Use the invitation up for the person the form was shown to."""
    try:
        csrf.check_source()
    except CsrfFailed:
        raise PageRefused("confirmation-missing", status=403) from None
    _invitation(token)
    opened = offer.unseal(request.form.get("offer", ""), about="invitation")
    if opened.thing_id != tokens.digest(token):
        raise PageRefused("confirmation-missing", status=403)
    try:
        cookie = staff_sessions.accept_invitation(token, opened.identity, **_session_values())
    except Gone:
        raise PageRefused("invitation-gone", status=410) from None
    return _enter(cookie)


def _ask(token: str, invitation: InvitationView, external: ExternalIdentity) -> Response:
    current = browser.current_or_new()
    response = pages.show(
        "accept.html",
        form_targets=("'self'",),
        token=token,
        offer=offer.seal(Offer("invitation", tokens.digest(token), external), browser=current),
        provider=external.provider,
        name=f"@{external.handle}" if external.handle else external.name,
        invitation=invitation,
    )
    # The form's `Origin` would be `null` without; the path, which has a state, still stays here.
    response.headers["Referrer-Policy"] = "strict-origin"
    cookies.delete(response, INVITATION)
    return response


def _enter(cookie: str) -> Response:
    response = pages.redirect(url_for("moderator.home"))
    staff_http.remember(response, cookie)
    return response


def _invitation(token: str) -> InvitationView:
    try:
        return staff.invitation(token, now=clock.now())
    except Gone:
        raise PageRefused("invitation-gone", status=410) from None
    except NotFound:
        raise PageRefused("invitation-unknown", status=404) from None


def _session_values() -> SessionValues:
    return {
        "network": staff_http.network(),
        "replaces": staff_http.token(),
        "pepper": pepper(),
        "now": clock.now(),
    }
