"""`/oauth/callback/{provider}`: where a provider sends the browser back to.

State, provider and browser are checked in this order; before that nothing else of the request is
read, and nothing is said to the page that opened the window.
"""

from __future__ import annotations

from functools import partial

import structlog
from flask import Response, request

from comments_service import clock, metrics
from comments_service.identity.provider import ExternalIdentity, ProviderError, Reason
from comments_service.services import accounts, avatars, logins
from comments_service.services.accounts import SignedIn
from comments_service.services.logins import (
    LONGEST_STATE,
    Linking,
    LoginRefused,
    PageLogin,
    RefusedBecause,
    ResumedLogin,
    StaffLogin,
)
from comments_service.web.oauth import browser, link, pages, reader_page, response, staff
from comments_service.web.oauth.state import (
    avatar_guard,
    background,
    callback_url,
    pepper,
    providers,
)

LONGEST_CODE = 2048
TEMPORARY_ERRORS = {"server_error", "temporarily_unavailable"}

log = structlog.get_logger()


class Declined(Exception):
    """The reader changed their mind on the provider's page."""


def finish(provider: str) -> Response:
    """Turn the provider's answer into an authorization response for the client, into the question
    whether to link, or into a moderator's session."""
    pages.refuse_automatic_request()
    login = _resume(provider)
    try:
        external = _identify(provider, login)
    except Declined:
        metrics.LOGINS.labels(provider, "declined").inc()
        return _fail(login, {"error": "access_denied"})
    except ProviderError as error:
        metrics.LOGINS.labels(provider, error.reason.value).inc()
        log.warning("provider_failed", provider=provider, reason=error.reason, **error.log_fields)
        return _fail(
            login, {"error": "temporarily_unavailable", "error_description": error.reason.value}
        )
    metrics.LOGINS.labels(provider, "identified").inc()
    if isinstance(login.goal, Linking):
        return link.ask(login.goal, external)
    if isinstance(login.goal, StaffLogin):
        return staff.finish(external)
    signed_in = _sign_in(external)
    if isinstance(login.goal, PageLogin):
        return reader_page.finish(login.goal, signed_in)
    code = logins.grant_code(login.goal, signed_in, now=clock.now())
    return response.deliver(login.goal, {"code": code})


def show_refusal(error: LoginRefused) -> Response:
    """A page for a browser whose login is not one it began, or is over."""
    log.info("login_refused", reason=error.reason)
    is_late = error.reason is RefusedBecause.EXPIRED
    return pages.refusal("login-expired" if is_late else "login-unknown", status=400)


def _resume(provider: str) -> ResumedLogin:
    states = request.args.getlist("state")
    if len(states) != 1 or len(states[0]) > LONGEST_STATE or provider not in providers():
        raise LoginRefused(RefusedBecause.STATE_UNKNOWN)
    return logins.resume(states[0], provider=provider, browser=browser.current(), now=clock.now())


def _identify(provider: str, login: ResumedLogin) -> ExternalIdentity:
    """Ask the provider who the reader is. Raises `Declined`, `ProviderError`."""
    error = request.args.get("error")
    if error == "access_denied":
        raise Declined
    if error is not None:
        is_temporary = error in TEMPORARY_ERRORS
        reason = Reason.UNAVAILABLE if is_temporary else Reason.WRONG_ANSWER
        raise ProviderError(reason, step="authorize")
    codes = request.args.getlist("code")
    # Facebook reports a misconfigured app by `error_code` alone.
    if "error_code" in request.args or len(codes) != 1 or not 0 < len(codes[0]) <= LONGEST_CODE:
        raise ProviderError(Reason.WRONG_ANSWER, step="authorize")
    return providers()[provider].complete(
        code=codes[0],
        redirect_uri=callback_url(provider),
        code_verifier=login.code_verifier,
    )


def _fail(login: ResumedLogin, answer: dict[str, str]) -> Response:
    """Tell the client; what has no client ends on a page."""
    if isinstance(login.goal, Linking):
        return pages.refusal("not-linked", status=400)
    if isinstance(login.goal, StaffLogin):
        return pages.refusal("staff-not-logged-in", status=400)
    if isinstance(login.goal, PageLogin):
        return reader_page.turn_back(login.goal)
    return response.deliver(login.goal, answer)


def _sign_in(external: ExternalIdentity) -> SignedIn:
    """Who has come back. Their picture is fetched meanwhile: nobody waits for it."""
    now = clock.now()
    signed_in = accounts.sign_in(external, pepper=pepper(), now=now)
    log.info("signed_in", user_id=signed_in.user_id, provider=external.provider)
    if external.avatar_url is not None:
        background().begin(
            partial(
                avatars.refresh,
                signed_in.user_id,
                external.avatar_url,
                guard=avatar_guard(),
                now=now,
            )
        )
    return signed_in
