"""What a page offers to somebody who is back from their provider, until they say yes to it.

Whoever comes back may have been led here by a link, so nothing is done before a form is sent. The
form carries what the provider said, sealed, and is good for ten minutes in this browser alone.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from itsdangerous import BadData, URLSafeSerializer

from comments_service import clock
from comments_service.identity.provider import ExternalIdentity
from comments_service.services.logins import PENDING_LOGIN_LIFE
from comments_service.web.oauth import browser as browsers
from comments_service.web.oauth.pages import PageRefused
from comments_service.web.oauth.state import pepper


@dataclass(frozen=True, slots=True)
class Offer:
    """An identity is offered a thing: to join an account (`user`), to take an `invitation` up."""

    about: str
    thing_id: str
    identity: ExternalIdentity


def seal(offer: Offer, *, browser: str) -> str:
    """The offer as a form carries it, for the browser with this cookie."""
    content = {
        "thing_id": offer.thing_id,
        "identity": asdict(offer.identity),
        "browser": browsers.confirmation(browser),
        "expires_at": (clock.now() + PENDING_LOGIN_LIFE).isoformat(),
    }
    return _serializer(offer.about).dumps(content)


def unseal(text: str, *, about: str) -> Offer:
    """The offer that a form brought back. Raises `PageRefused`."""
    try:
        content = _serializer(about).loads(text)
    except BadData:
        raise PageRefused("confirmation-missing", status=403) from None
    if not browsers.is_confirmed(content["browser"]):
        raise PageRefused("confirmation-missing", status=403)
    if datetime.fromisoformat(content["expires_at"]) <= clock.now():
        raise PageRefused("login-expired")
    return Offer(about, content["thing_id"], ExternalIdentity(**content["identity"]))


def _serializer(about: str) -> URLSafeSerializer:
    return URLSafeSerializer(pepper(), salt=f"offer:{about}")
