"""The form that `token`, `revoke` and `introspect` take, and their errors.

Errors are those of RFC 6749 section 5.2, not problems.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, jsonify, request

from comments_service import clock
from comments_service.services import service_clients
from comments_service.services.service_clients import InvalidClient, ServiceClientView


class TokenRefused(Exception):
    """An error of RFC 6749 section 5.2; `description` is for the client's developer."""

    def __init__(self, error: str, description: str | None = None, *, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status


def show_refusal(error: TokenRefused) -> Response:
    """Render a `TokenRefused`."""
    body = {"error": error.error}
    if error.description:
        body["error_description"] = error.description
    response = jsonify(body)
    response.status_code = error.status
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="comments"'
    return response


def read() -> dict[str, str]:
    """The fields of the request's form. Raises `TokenRefused`."""
    if request.mimetype != "application/x-www-form-urlencoded":
        raise TokenRefused("invalid_request", "send application/x-www-form-urlencoded")
    if any(len(values) > 1 for values in request.form.listvalues()):
        raise TokenRefused("invalid_request", "a parameter is repeated")
    return request.form.to_dict()


def required(form: Mapping[str, str], name: str) -> str:
    """A field that must be there and not empty. Raises `TokenRefused`."""
    if not form.get(name):
        raise TokenRefused("invalid_request", f"{name} is missing")
    return form[name]


def service_client(form: Mapping[str, str]) -> ServiceClientView:
    """The service that shows its secret, by Basic authentication or in the form, never by both
    (RFC 6749 section 2.3). Raises `TokenRefused`."""
    basic = request.authorization
    if basic is not None and basic.type == "basic":
        if "client_secret" in form:
            raise TokenRefused("invalid_request", "authenticate in one way only")
        client_id, client_secret = basic.username or "", basic.password or ""
    else:
        client_id, client_secret = form.get("client_id", ""), form.get("client_secret", "")
    try:
        return service_clients.verify(client_id, client_secret, now=clock.now())
    except InvalidClient:
        raise TokenRefused("invalid_client", status=401) from None
