"""The parameters of an authorization request, checked one by one (RFC 6749 4.1.1, RFC 7636 4.3).

Whatever is wrong ends on a page of ours. RFC 6749 would send some errors back to the client; but
a redirect on bad input is what an open redirector is made of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from comments_service.errors import UnknownSite
from comments_service.services import sites
from comments_service.services.logins import AuthorizationRequest, ResponseMode
from comments_service.services.sites import KEY_PATTERN, SiteView, origin_of
from comments_service.web.http.settings import settings
from comments_service.web.oauth.pages import PageRefused
from comments_service.web.oauth.state import providers

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_STATE = re.compile(r"[A-Za-z0-9._~-]{8,128}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sound authorization request. `provider` None: the reader is to choose."""

    request: AuthorizationRequest
    site: SiteView
    origin: str
    provider: str | None

    @property
    def providers(self) -> tuple[str, ...]:
        """What the reader may choose from."""
        return self.site.offers(providers())


def read(given: MultiDict[str, str]) -> Wanted:
    """Check an authorization request. Raises `PageRefused` for anything wrong with it."""
    if any(len(values) > 1 for values in given.listvalues()):
        raise PageRefused("request-invalid")
    site = _site(given.get("client_id", ""))
    redirect_uri, origin = _redirect_uri(given.get("redirect_uri", ""), site)
    if given.get("response_type") != "code" or given.get("code_challenge_method") != "S256":
        raise PageRefused("request-invalid")
    request = AuthorizationRequest(
        site_id=site.id,
        redirect_uri=redirect_uri,
        response_mode=_response_mode(given.get("response_mode", ResponseMode.QUERY)),
        state=_matching(_STATE, given.get("state", "")),
        code_challenge=_matching(_CHALLENGE, given.get("code_challenge", "")),
    )
    wanted = Wanted(request, site, origin, given.get("provider"))
    if wanted.provider is not None and wanted.provider not in wanted.providers:
        raise PageRefused("provider-off")
    return wanted


def without_fragment(redirect_uri: str) -> str:
    """A redirect URI as it is kept and compared: its own fragment would mix with ours."""
    return redirect_uri.partition("#")[0]


def _site(key: str) -> SiteView:
    if not KEY_PATTERN.fullmatch(key):  # a NUL would be an error of PostgreSQL's
        raise PageRefused("request-invalid")
    try:
        return sites.get(key)
    except UnknownSite:
        raise PageRefused("request-invalid") from None


def _redirect_uri(text: str, site: SiteView) -> tuple[str, str]:
    origin = origin_of(text)
    if origin is None or not site.allows_origin(origin):
        raise PageRefused("request-invalid")
    if settings().production and not origin.startswith("https://"):
        raise PageRefused("request-invalid")
    return without_fragment(text), origin


def _response_mode(text: str) -> ResponseMode:
    try:
        return ResponseMode(text)
    except ValueError:
        raise PageRefused("request-invalid") from None


def _matching(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise PageRefused("request-invalid")
    return text
