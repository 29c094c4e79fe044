"""Sites: what everybody may know of one, and all of it for those who run it."""

from __future__ import annotations

from typing import Annotated, Literal

from flask import Response
from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from comments_service import clock
from comments_service.services import policies, sites
from comments_service.services.freshness import OfSite
from comments_service.services.permissions import Permission
from comments_service.services.sites import KEY_PATTERN, AccountDeletion, BlindExpiry, SiteChange
from comments_service.web.api import present
from comments_service.web.api.fields import Limit, Title, Url
from comments_service.web.api.routes import blueprint
from comments_service.web.http import cursor, limits
from comments_service.web.http.actor import current_actor, requires
from comments_service.web.http.body import Body, Query
from comments_service.web.http.caching import THREAD, public_json, watch
from comments_service.web.http.idempotency import idempotent
from comments_service.web.http.ready import private_json, ready_json
from comments_service.web.http.settings import settings


def _each_once(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise PydanticCustomError("repeated", "each at most once")
    return values


Name = Annotated[Title, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Origins = Annotated[
    list[Annotated[str, StringConstraints(max_length=255)]], Field(min_length=1, max_length=50)
]
ONCE = {"uniqueItems": True}
Providers = Annotated[
    list[Literal["twitter", "facebook"]],
    Field(json_schema_extra=ONCE),
    AfterValidator(_each_once),
]
Languages = Annotated[
    list[Literal["ko", "en"]],
    Field(min_length=1, json_schema_extra=ONCE),
    AfterValidator(_each_once),
]


class SsoBody(Body):
    issuer: Annotated[Title, StringConstraints(min_length=1, max_length=255)]
    jwks_url: Url | None = None


class SettingsBody(Body):
    """Every setting of a site; null puts one back to its default."""

    limit: Annotated[int, Field(ge=1, le=250)] | None = None
    edit_window_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    languages: Languages | None = None
    account_deletion: Annotated[AccountDeletion, Field(strict=False)] | None = None
    report_threshold: Annotated[int, Field(ge=1, le=1000)] | None = None
    reserved_names: (
        Annotated[
            list[Annotated[Title, StringConstraints(min_length=1, max_length=50)]],
            Field(max_length=200),
        ]
        | None
    ) = None
    sso: SsoBody | None = None
    policy_second_person: bool | None = None
    blind_expiry: Annotated[BlindExpiry, Field(strict=False)] | None = None


class NewSiteBody(Body):
    key: Annotated[str, StringConstraints(pattern=rf"^{KEY_PATTERN.pattern}$")]
    name: Name
    origins: Origins
    providers: Providers | None = None
    settings: SettingsBody = Field(default_factory=SettingsBody)


class SiteBody(Body):
    name: Name | None = None
    origins: Origins | None = None
    providers: Providers | None = None
    settings: SettingsBody = Field(default_factory=SettingsBody)


class SitesQuery(Query):
    limit: Limit = 20
    cursor: str | None = None


@blueprint.get("/sites")
@requires(Permission.READ_SITES)
@blueprint.input(SitesQuery, location="query")
def list_sites(query_data: SitesQuery) -> Response:
    """List the sites that a service serves, with origins, providers and settings"""
    actor = current_actor()
    listing = f"sites:{actor.key}"
    after = 0 if query_data.cursor is None else cursor.decode(listing, query_data.cursor)
    page = sites.page(actor, limit=query_data.limit, after=after)
    next_cursor = None if page.next is None else cursor.encode(listing, page.next)
    items = [present.site_whole(view) for view in page.items]
    response = private_json({"items": items, "next_cursor": next_cursor})
    response.headers.update(present.next_link({"limit": query_data.limit}, next_cursor))
    return response


@blueprint.post("/sites")
@limits.by_account("writes")
@requires(Permission.WRITE_SITES)
@idempotent
@blueprint.input(NewSiteBody)
def create_site(json_data: NewSiteBody) -> Response:
    """Make a site"""
    made = sites.found(
        current_actor(),
        json_data.key,
        _change(json_data),
        production=settings().production,
        now=clock.now(),
    )
    response = ready_json(present.site_whole(made), status=201)
    response.headers["Location"] = present.public_url(f"/api/v1/sites/{made.key}")
    return response


@blueprint.get("/sites/<site_key>")
@requires(Permission.PUBLIC)
def read_site(site_key: str) -> Response:
    """Read a site's public settings"""
    watch(OfSite(site_key))
    site, policy_version = sites.with_policy(site_key)
    body = present.site(site, policy_version=policy_version)
    return public_json(body, lambda: (body, {}), policy=THREAD)


@blueprint.patch("/sites/<site_key>")
@limits.by_account("writes")
@requires(Permission.WRITE_SITES)
@blueprint.input(SiteBody)
def change_site(site_key: str, json_data: SiteBody) -> Response:
    """Change a site's name, origins, providers or settings"""
    changed = sites.change(
        current_actor(),
        site_key,
        _change(json_data),
        production=settings().production,
        now=clock.now(),
    )
    return private_json(present.site_whole(changed))


@blueprint.get("/sites/<site_key>/policy")
@requires(Permission.PUBLIC)
def read_policy(site_key: str) -> Response:
    """Read the Standards Board Policy in force"""
    watch(OfSite(site_key))
    body = present.policy(policies.public_view(sites.get(site_key).id))
    return public_json(body, lambda: (body, {}), policy=THREAD)


def _change(body: NewSiteBody | SiteBody) -> SiteChange:
    """What the body names; a `providers` that is null means all, and none given no change."""
    providers = None if body.providers is None else tuple(body.providers)
    given = body.settings.model_dump(mode="json", include=body.settings.model_fields_set)
    sso = body.settings.sso
    if sso is not None:
        given["sso"] = sso.model_dump(exclude_none=True)
    return SiteChange(
        name=body.name,
        origins=None if body.origins is None else tuple(body.origins),
        providers=providers if "providers" in body.model_fields_set else ...,
        settings=given,
    )
