"""`/oauth/link/…`: a reader who is logged in adds another provider to their account.

The comment box has a token and no cookie, this browser window a cookie and no token: a ticket,
good once, stands between them. Whoever comes back from the provider may be somebody else than the
owner of the account, led here by a link; so the last page asks, naming both.
"""

from __future__ import annotations

from flask import Response, request

from comments_service import clock
from comments_service.errors import IdentityInUse, Unauthenticated
from comments_service.identity.provider import ExternalIdentity
from comments_service.services import accounts, identities, logins
from comments_service.services.logins import Linking
from comments_service.web.oauth import authorize, browser, offer, pages
from comments_service.web.oauth.offer import Offer
from comments_service.web.oauth.pages import PageRefused
from comments_service.web.oauth.state import pepper


def start(ticket: str) -> Response:
    """Use the ticket up and go to its provider."""
    pages.refuse_automatic_request()
    accepted = logins.accept_link(ticket, now=clock.now())
    return authorize.send_to_provider(accepted.goal, accepted.provider)


def ask(goal: Linking, external: ExternalIdentity) -> Response:
    """Ask whether this identity is to be linked to this account."""
    current = browser.current_or_new()
    return pages.show(
        "link.html",
        form_targets=("'self'",),
        offer=offer.seal(Offer("user", str(goal.user_id), external), browser=current),
        provider=external.provider,
        name=f"@{external.handle}" if external.handle else external.name,
        account=accounts.display_name(goal.user_id),
    )


def finish() -> Response:
    """The reader has said yes."""
    opened = offer.unseal(request.form.get("offer", ""), about="user")
    try:
        identities.link(int(opened.thing_id), opened.identity, pepper=pepper(), now=clock.now())
    except IdentityInUse:
        raise PageRefused("identity-in-use", status=409) from None
    except Unauthenticated:
        raise PageRefused("not-linked") from None
    return pages.show("done.html", said="linked")
