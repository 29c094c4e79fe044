"""What everybody may know of a site, and its Standards Board Policy."""

from __future__ import annotations

from flask import Response

from comments_service.services import policies, sites
from comments_service.services.freshness import OfSite
from comments_service.services.permissions import Permission
from comments_service.web.api import present
from comments_service.web.api.routes import blueprint
from comments_service.web.http.actor import requires
from comments_service.web.http.caching import THREAD, public_json, watch


@blueprint.get("/sites/<site_key>")
@requires(Permission.PUBLIC)
def read_site(site_key: str) -> Response:
    """Read a site's public settings"""
    watch(OfSite(site_key))
    site = sites.get(site_key)
    body = present.site(site, policy_version=policies.version_in_force(site.id))
    return public_json(body, lambda: (body, {}), policy=THREAD)


@blueprint.get("/sites/<site_key>/policy")
@requires(Permission.PUBLIC)
def read_policy(site_key: str) -> Response:
    """Read the Standards Board Policy in force"""
    watch(OfSite(site_key))
    body = present.policy(policies.public_view(sites.get(site_key).id))
    return public_json(body, lambda: (body, {}), policy=THREAD)
