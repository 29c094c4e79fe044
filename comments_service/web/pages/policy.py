"""The Standards Board Policy as a page: public and the same for everybody, as the JSON is."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, request

from comments_service.services import policies, sites
from comments_service.services.freshness import OfSite
from comments_service.services.permissions import Permission
from comments_service.web.http import cors
from comments_service.web.http.actor import requires
from comments_service.web.http.caching import THREAD, Rendered, public_answer, watch
from comments_service.web.http.language import LANGUAGES
from comments_service.web.pages.routes import blueprint, language, render, with_headers

page = APIBlueprint("policy", __name__, enable_openapi=False)
cors.register(page)


@page.get("/policy/<site_key>")
@requires(Permission.PUBLIC)
def show_policy(site_key: str) -> Response:
    """The Standards Board Policy in force, to be read"""
    is_in_address = request.args.get("lang") in LANGUAGES
    if is_in_address:  # what is kept is found by its address alone
        watch(OfSite(site_key))
    site = sites.get(site_key)
    view = policies.public_view(site.id)

    def rendered() -> Rendered:
        return render("policy.html", site=site, policy=view).encode(), {}

    response = with_headers(
        public_answer(
            (site.name, view, language()),
            rendered,
            policy=THREAD,
            content_type="text/html; charset=utf-8",
        )
    )
    if not is_in_address:
        response.vary.add("Accept-Language")
    return response


blueprint.register_blueprint(page)
