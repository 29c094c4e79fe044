"""What Facebook itself sends us: somebody removed our app, or wants their data deleted.

The signature is all the authentication there is: Facebook has no cookie and no `Origin`.
"""

from __future__ import annotations

from flask import Response, jsonify, request

from comments_service import clock
from comments_service.errors import InvalidSignedRequest, NotFound
from comments_service.identity import signed_request
from comments_service.services import privacy
from comments_service.services.identities import IdentityKey
from comments_service.web.http.settings import settings
from comments_service.web.oauth import pages
from comments_service.web.oauth.pages import PageRefused
from comments_service.web.oauth.state import issuer, pepper

PROVIDER = "facebook"


def deauthorize() -> Response:
    """Log the person out wherever they logged in with Facebook."""
    privacy.deauthorize(_whom(), now=clock.now())
    return Response(status=200)


def delete_data() -> Response:
    """Erase the identity, and say where to see that it was done.

    The answer is the same whether or not we knew the person.
    """
    code = privacy.forget_identity(_whom(), pepper=pepper(), now=clock.now())
    return jsonify({"url": f"{issuer()}/privacy/deletion/{code}", "confirmation_code": code})


def deletion_status(code: str) -> Response:
    """A page that says how far a deletion is, and nothing of whom it is about."""
    try:
        deletion = privacy.deletion_status(code)
    except NotFound:
        raise PageRefused("deletion-unknown", status=404) from None
    return pages.show("deletion.html", deletion=deletion)


def _whom() -> IdentityKey:
    """Whom the signed request is about. Raises `InvalidSignedRequest`."""
    app_id, secret = settings().facebook_client_id, settings().facebook_client_secret
    sent = request.form.getlist("signed_request")
    if app_id is None or secret is None or len(sent) != 1:
        raise InvalidSignedRequest
    checked = signed_request.parse(sent[0], secret=secret.get_secret_value(), now=clock.now())
    return IdentityKey(PROVIDER, app_id, checked.subject)
