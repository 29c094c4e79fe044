"""Logins under way: from our authorize endpoint to the provider and back, then a one-time code.

What a login brings along is checked by `web.oauth` before `begin`; what comes back from the
provider's side is trusted only after `resume`. `docs/login-threats.md` and RFC 9700 section 4 say
why each check is there.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Table, select, update

from comments_service.models import AuthorizationCode, PendingLogin, Purpose, db
from comments_service.services import accounts, tokens
from comments_service.services.accounts import SignedIn
from comments_service.services.actor import Actor
from comments_service.services.ids import new_id
from comments_service.services.transaction import transaction

PENDING_LOGIN_LIFE = timedelta(minutes=10)
CODE_LIFE = timedelta(seconds=60)
LINK_TICKET_LIFE = timedelta(seconds=60)
LONGEST_STATE = 128
# Equals no SHA-256, so that a ticket can never pass for a login under way.
NO_BROWSER_YET = ""
_table: Table = PendingLogin.metadata.tables[PendingLogin.__tablename__]


class ResponseMode(StrEnum):
    """How the authorization response travels to the client."""

    WEB_MESSAGE = "web_message"
    FRAGMENT = "fragment"
    QUERY = "query"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """What a client asked for, checked: where its reader returns to, and with what.

    `redirect_uri` lies on one of the site's origins and has no fragment; `code_challenge` is S256.
    """

    site_id: int
    redirect_uri: str
    response_mode: ResponseMode
    state: str
    code_challenge: str


@dataclass(frozen=True, slots=True)
class ProviderLeg:
    """What goes along to the provider: our own state, and the verifier of our own challenge."""

    state: str
    code_verifier: str


@dataclass(frozen=True, slots=True)
class Linking:
    """A reader who is logged in adds another identity to their account."""

    user_id: int


@dataclass(frozen=True, slots=True)
class StaffLogin:
    """Somebody wants to get into the moderators' pages."""


@dataclass(frozen=True, slots=True)
class PageLogin:
    """A reader wants to write on our own page without JavaScript, that of `article`."""

    site_id: int
    article: str


Goal = AuthorizationRequest | Linking | StaffLogin | PageLogin
"""What a login is for."""


@dataclass(frozen=True, slots=True)
class ResumedLogin:
    """A login whose browser has come back from the provider it was sent to."""

    goal: Goal
    code_verifier: str


@dataclass(frozen=True, slots=True)
class AcceptedLink:
    """A link ticket, used up: whose account, and which provider is to be added."""

    goal: Linking
    provider: str


class RefusedBecause(StrEnum):
    """Why a browser that comes back from a provider is turned away; for a page and the log."""

    STATE_UNKNOWN = "login-unknown"
    EXPIRED = "login-expired"
    REPLAYED = "login-replayed"
    OTHER_PROVIDER = "login-other-provider"
    OTHER_BROWSER = "login-other-browser"


class LoginRefused(Exception):
    """Not a login that this browser began: nothing may be said to whoever asked for it."""

    def __init__(self, reason: RefusedBecause) -> None:
        super().__init__(reason.value)
        self.reason = reason


def begin(goal: Goal, *, provider: str, browser: str, now: datetime) -> ProviderLeg:
    """Remember a login for ten minutes. `browser` is the cookie of the browser that starts it."""
    leg = ProviderLeg(state=tokens.make(), code_verifier=tokens.make())
    login = PendingLogin(
        id=new_id(now),
        state_hash=tokens.digest(leg.state),
        browser_hash=_browser_hash(browser, _purpose(goal)),
        provider=provider,
        purpose=_purpose(goal),
        code_verifier=leg.code_verifier,
        created_at=now,
        expires_at=now + PENDING_LOGIN_LIFE,
    )
    if isinstance(goal, Linking):
        login.user_id = goal.user_id
    elif isinstance(goal, PageLogin):
        login.site_id, login.redirect_uri = goal.site_id, goal.article
    elif isinstance(goal, AuthorizationRequest):
        login.site_id = goal.site_id
        login.redirect_uri = goal.redirect_uri
        login.response_mode = goal.response_mode
        login.client_state = goal.state
        login.code_challenge = goal.code_challenge
    with transaction() as session:
        session.add(login)
    return leg


def resume(state: str, *, provider: str, browser: str | None, now: datetime) -> ResumedLogin:
    """Use up the pending login of this state, for the browser that began it with this provider.

    A state is used up whoever brings it, so that a second try cannot do better than the first.
    Raises `LoginRefused`.
    """
    with transaction() as session:
        login = session.execute(
            select(_table).where(PendingLogin.state_hash == tokens.digest(state))
        ).one_or_none()
        was_first = login is not None and _use_up(login.id, now=now)
    if login is None:
        raise LoginRefused(RefusedBecause.STATE_UNKNOWN)
    if not was_first:
        is_late = login.consumed_at is None and login.expires_at <= now
        raise LoginRefused(RefusedBecause.EXPIRED if is_late else RefusedBecause.REPLAYED)
    if login.provider != provider:
        raise LoginRefused(RefusedBecause.OTHER_PROVIDER)
    began_in = _browser_hash(browser or "", Purpose(login.purpose))
    if not hmac.compare_digest(login.browser_hash, began_in):
        raise LoginRefused(RefusedBecause.OTHER_BROWSER)
    return ResumedLogin(goal=_goal(login), code_verifier=login.code_verifier)


def _purpose(goal: Goal) -> Purpose:
    if isinstance(goal, Linking):
        return Purpose.LINK
    if isinstance(goal, PageLogin):
        return Purpose.PAGE
    return Purpose.STAFF if isinstance(goal, StaffLogin) else Purpose.READER


def _browser_hash(browser: str, purpose: Purpose) -> str:
    """What is kept of the browser's cookie. The purpose is in it, so that a login which somehow
    changed its purpose on the way, a reader's into a moderator's, is nobody's."""
    return tokens.digest(f"{purpose}:{browser}")


def _goal(login: Row[Any]) -> Goal:
    if login.purpose == Purpose.LINK:
        return Linking(user_id=login.user_id)
    if login.purpose == Purpose.STAFF:
        return StaffLogin()
    if login.purpose == Purpose.PAGE:
        return PageLogin(site_id=login.site_id, article=login.redirect_uri)
    return AuthorizationRequest(
        site_id=login.site_id,
        redirect_uri=login.redirect_uri,
        response_mode=ResponseMode(login.response_mode),
        state=login.client_state,
        code_challenge=login.code_challenge,
    )


def _use_up(login_id: int, *, now: datetime) -> bool:
    """Whether this call is the one that used the login up; its verifier is erased with it."""
    used_up = db.session.scalar(
        update(PendingLogin)
        .where(
            PendingLogin.id == login_id,
            PendingLogin.consumed_at.is_(None),
            PendingLogin.expires_at > now,
        )
        .values(consumed_at=now, code_verifier=None)
        .returning(PendingLogin.id)
    )
    return used_up is not None


def grant_code(request: AuthorizationRequest, signed_in: SignedIn, *, now: datetime) -> str:
    """A one-time code for the client that made the request; good for sixty seconds."""
    code = tokens.make()
    with transaction() as session:
        session.add(
            AuthorizationCode(
                code_hash=tokens.digest(code),
                user_id=signed_in.user_id,
                identity_id=signed_in.identity_id,
                site_id=request.site_id,
                redirect_uri=request.redirect_uri,
                code_challenge=request.code_challenge,
                created_at=now,
                expires_at=now + CODE_LIFE,
            )
        )
    return code


def offer_link(actor: Actor, *, provider: str, now: datetime) -> str:
    """A ticket with which the reader's browser, which has no token, may go and link `provider`.

    Good once and for sixty seconds. Raises `AccountSuspended`.
    """
    accounts.refuse_suspended(actor, now=now)
    ticket = tokens.make()
    with transaction() as session:
        session.add(
            PendingLogin(
                id=new_id(now),
                state_hash=tokens.digest(ticket),
                browser_hash=NO_BROWSER_YET,
                provider=provider,
                purpose=Purpose.LINK,
                user_id=actor.user_id,
                created_at=now,
                expires_at=now + LINK_TICKET_LIFE,
            )
        )
    return ticket


def accept_link(ticket: str, *, now: datetime) -> AcceptedLink:
    """Use a ticket up. Raises `LoginRefused`."""
    with transaction() as session:
        row = session.execute(
            select(_table).where(
                PendingLogin.state_hash == tokens.digest(ticket),
                PendingLogin.browser_hash == NO_BROWSER_YET,
            )
        ).one_or_none()
        if row is None or not _use_up(row.id, now=now):
            raise LoginRefused(RefusedBecause.EXPIRED)
    return AcceptedLink(goal=Linking(user_id=row.user_id), provider=row.provider)
