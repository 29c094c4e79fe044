"""The reader's own account: profile, ways to log in, export, deletion."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

from flask import Response, current_app
from pydantic import StringConstraints

from comments_service import clock
from comments_service.errors import FieldError, InvalidRequest, NotFound
from comments_service.services import accounts, logins, own_data, privacy, sites
from comments_service.services.accounts import Profile
from comments_service.services.permissions import Permission
from comments_service.web.api import present
from comments_service.web.api.fields import Title
from comments_service.web.api.routes import blueprint
from comments_service.web.http import limits
from comments_service.web.http.actor import current_actor, requires
from comments_service.web.http.addresses import public_url
from comments_service.web.http.body import Body
from comments_service.web.http.ready import private_json, timestamp


class ProfileBody(Body):
    display_name: Annotated[Title, StringConstraints(max_length=200)] | None = None
    lang: Literal["ko", "en"] | None = None


class IdentityBody(Body):
    provider: Literal["twitter", "facebook"]


@blueprint.get("/me")
@requires(Permission.OWN_ACCOUNT)
def read_me() -> Response:
    """Read one's own account"""
    return private_json(_profile(accounts.profile(current_actor(), now=clock.now())))


@blueprint.patch("/me")
@limits.by_account("writes")
@requires(Permission.OWN_ACCOUNT)
@blueprint.input(ProfileBody)
def update_me(json_data: ProfileBody) -> Response:
    """Choose a name or a language"""
    changed = accounts.update_profile(
        current_actor(),
        display_name=json_data.display_name,
        lang=json_data.lang,
        now=clock.now(),
    )
    return private_json(_profile(changed))


@blueprint.get("/me/export")
@limits.by_account("writes")
@requires(Permission.OWN_ACCOUNT)
def export_me() -> Response:
    """Read everything held of one's account"""
    response = private_json(asdict(own_data.export(current_actor())))
    response.headers["Content-Disposition"] = 'attachment; filename="comments-export.json"'
    return response


@blueprint.delete("/me")
@limits.by_account("writes")
@requires(Permission.OWN_ACCOUNT)
def delete_me() -> Response:
    """Delete one's account"""
    pepper = current_app.extensions["comments_settings"].secret_key.get_secret_value()
    privacy.delete_account(current_actor().user_id, pepper=pepper, now=clock.now())
    return Response(status=204)


@blueprint.post("/me/identities")
@limits.by_account("writes")
@requires(Permission.OWN_ACCOUNT)
@blueprint.input(IdentityBody)
def link(json_data: IdentityBody) -> Response:
    """Begin to link another provider: an address to open, once, within 60 seconds"""
    actor = current_actor()
    configured = current_app.extensions["comments_settings"].providers
    offered = sites.by_id(accounts.own_site(actor)).offers(configured)
    if json_data.provider not in offered:
        raise InvalidRequest(errors=(FieldError("/provider", f"one of {', '.join(offered)}"),))
    ticket = logins.offer_link(actor, provider=json_data.provider, now=clock.now())
    return private_json({"authorize_url": public_url(f"/oauth/link/{ticket}")})


@blueprint.delete("/me/identities/<provider>")
@limits.by_account("writes")
@requires(Permission.OWN_ACCOUNT)
def unlink(provider: str) -> Response:
    """Unlink a provider; never the last"""
    if provider not in {"twitter", "facebook"}:
        raise NotFound
    accounts.unlink(current_actor(), provider, now=clock.now())
    return Response(status=204)


@blueprint.delete("/me/sessions")
@limits.by_account("writes")
@requires(Permission.OWN_ACCOUNT)
def log_out_everywhere() -> Response:
    """Log out on every site and device"""
    accounts.log_out_everywhere(current_actor(), now=clock.now())
    return Response(status=204)


def _profile(view: Profile) -> present.Json:
    suspension = view.suspension
    return {
        "id": str(view.id),
        "display_name": view.display_name,
        "lang": view.lang,
        "identities": [asdict(identity) for identity in view.identities],
        "suspension": suspension
        and {"until": timestamp(suspension.until), "reason": suspension.reason},
    }
