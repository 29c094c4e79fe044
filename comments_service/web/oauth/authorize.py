"""`/oauth/authorize`: where a login begins."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, request

from comments_service import clock
from comments_service.services import logins
from comments_service.services.logins import Goal
from comments_service.services.sites import origin_of
from comments_service.web.http.settings import settings
from comments_service.web.oauth import browser, pages, parameters
from comments_service.web.oauth.pages import PageRefused
from comments_service.web.oauth.parameters import Wanted
from comments_service.web.oauth.state import callback_url, providers


def start() -> Response:
    """Send the browser to the provider, or ask the reader first.

    A hostile page may send a reader here with a challenge of its own; a provider that approves
    in silence would then make a code that the page can use. So only a link from the page that the
    answer goes to is followed without a question.
    """
    pages.refuse_automatic_request()
    wanted = parameters.read(request.args)
    if wanted.provider is None or origin_of(request.headers.get("Referer", "")) != wanted.origin:
        return _ask(wanted)
    return send_to_provider(wanted.request, wanted.provider)


def confirm() -> Response:
    """The reader has chosen a provider on our page."""
    if not browser.is_confirmed(request.form.get("confirmation", "")):
        raise PageRefused("confirmation-missing", status=403)
    wanted = parameters.read(request.form)
    if wanted.provider is None:
        return _ask(wanted)
    return send_to_provider(wanted.request, wanted.provider)


def _ask(wanted: Wanted) -> Response:
    current = browser.current_or_new()
    offered = wanted.providers if wanted.provider is None else (wanted.provider,)
    response = pages.show(
        "confirm.html",
        form_targets=("'self'", wanted.origin, *_authorize_origins(offered)),
        host=urlsplit(wanted.origin).netloc,
        providers=offered,
        fields={
            "response_type": "code",
            "client_id": wanted.site.key,
            "redirect_uri": wanted.request.redirect_uri,
            "response_mode": wanted.request.response_mode,
            "state": wanted.request.state,
            "code_challenge": wanted.request.code_challenge,
            "code_challenge_method": "S256",
            "confirmation": browser.confirmation(current),
        },
    )
    browser.remember(response, current)
    return response


def _authorize_origins(offered: tuple[str, ...]) -> list[str]:
    """Chromium holds the redirects that follow a form to the form's `form-action`."""
    addresses = (getattr(settings(), f"{provider}_authorize_url") for provider in offered)
    origins = [origin for address in addresses if (origin := origin_of(address))]
    # Facebook sends phones on to its mobile site.
    return [*origins, "https://m.facebook.com"] if "facebook" in offered else origins


def send_to_provider(goal: Goal, provider: str) -> Response:
    """Begin a login in this browser and send it to the provider."""
    current = browser.current_or_new()
    leg = logins.begin(goal, provider=provider, browser=current, now=clock.now())
    response = pages.redirect(
        providers()[provider].authorize_url(
            state=leg.state,
            redirect_uri=callback_url(provider),
            code_verifier=leg.code_verifier,
        )
    )
    browser.remember(response, current)
    return response
