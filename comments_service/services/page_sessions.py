"""Sessions on our own pages without JavaScript: one site, one browser, a cookie.

A session like the comment box's, but its secret is kept by the browser out of the reach of
scripts, opens nothing but those pages, and is neither refreshed nor rotated: it ends by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from comments_service.errors import Unauthenticated
from comments_service.models import AccessToken, Session
from comments_service.services import accounts, sessions, tokens
from comments_service.services.accounts import SignedIn
from comments_service.services.actor import READER_SCOPE, Actor
from comments_service.services.ids import new_id
from comments_service.services.transaction import transaction

LIFE = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class PageReader:
    """Who is logged in on the page. `token_hash` is what its forms' tokens are made from."""

    actor: Actor
    name: str
    token_hash: str


def begin(signed_in: SignedIn, *, site_id: int, origin: str, now: datetime) -> str:
    """The cookie of a new session; `origin` is our own."""
    cookie = tokens.make()
    with transaction() as session:
        row = Session(
            id=new_id(now),
            user_id=signed_in.user_id,
            identity_id=signed_in.identity_id,
            site_id=site_id,
            origin=origin,
            created_at=now,
            expires_at=now + LIFE,
        )
        session.add(row)
        session.flush()
        session.add(
            AccessToken(
                token_hash=tokens.digest(cookie),
                session_id=row.id,
                scope=READER_SCOPE,
                created_at=now,
                expires_at=now + LIFE,
            )
        )
    return cookie


def authenticate(cookie: str, *, site_id: int, now: datetime) -> PageReader:
    """Whose session this is. Raises `Unauthenticated`, also for a session of another site."""
    token_hash = tokens.digest(cookie)
    actor = sessions.holder(token_hash, now=now)
    if actor is None or actor.site_id != site_id:
        raise Unauthenticated
    return PageReader(actor, accounts.display_name(actor.user_id), token_hash)


def end(cookie: str, *, now: datetime) -> None:
    """Log out. What is no session's cookie changes nothing."""
    sessions.revoke(cookie, now=now)
