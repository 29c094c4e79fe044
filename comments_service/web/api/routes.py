"""The blueprint of `/api/v1`, which the files beside this one hang their routes on."""

from __future__ import annotations

from apiflask import APIBlueprint

from comments_service.web.http import cors

blueprint = APIBlueprint("api", __name__, url_prefix="/api/v1")
cors.register(blueprint)
