"""The blueprint of `/api/v1`, which the files beside this one hang their routes on."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, request

from comments_service.web.http import cors, encoding

blueprint = APIBlueprint("api", __name__, url_prefix="/api/v1")
cors.register(blueprint)


@blueprint.after_request
def _compress(response: Response) -> Response:
    """Nothing here holds a secret beside what somebody else chose, so that its length tells
    nothing (BREACH): tokens are given out by `/oauth`, which does not compress."""
    if response.is_json and not response.is_streamed:
        encoding.encode(response, request.headers.get("Accept-Encoding", ""))
    return response
