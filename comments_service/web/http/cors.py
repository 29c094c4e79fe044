"""Which pages may read an answer (the Fetch standard's CORS protocol).

Public reads are for everybody. Everything else is for the origins on some site's list; whether the
origin is that of the token's own site is `actor.requires`' business. Credentials are never
allowed: tokens travel in a header that only the widget sets.
"""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError

from comments_service.services import sites

EXPOSED = "ETag, Link, Date, Retry-After, Location, Idempotency-Replayed"
EXPOSED_PUBLIC = "ETag, Link, Date, Retry-After"
ALLOWED_HEADERS = "Authorization, Content-Type, Idempotency-Key"
MAX_AGE_SECONDS = 600
PUBLIC = "comments_service.public"
ALLOWED = "comments_service.allowed_origin"


def mark_public() -> None:
    """This answer is the same for everybody and any page may read it."""
    request.environ[PUBLIC] = True


def mark_allowed(origin: str) -> None:
    """This origin was found on a site's list: nobody need look for it there again."""
    request.environ[ALLOWED] = origin


def register(blueprint: Blueprint) -> None:
    """Answer preflights of the blueprint's routes and mark its answers."""
    blueprint.before_request(_preflight)
    blueprint.after_request(_allow)


def _preflight() -> Response | None:
    if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
        return None
    # Of all rules with this path: the one matched may be another method's.
    addresses = current_app.create_url_adapter(request)
    methods = sorted(addresses.allowed_methods()) if addresses else []
    response = Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = ", ".join(methods)
    response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
    response.headers["Access-Control-Max-Age"] = str(MAX_AGE_SECONDS)
    return response


def _allow(response: Response) -> Response:
    if request.environ.get(PUBLIC):
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = EXPOSED_PUBLIC
        return response
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin is not None and _may_read(origin, response):
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = EXPOSED
    else:
        for name in ("Allow-Methods", "Allow-Headers", "Max-Age"):
            response.headers.pop(f"Access-Control-{name}", None)
    return response


def _may_read(origin: str, response: Response) -> bool:
    """While the database is gone, any page may read that it is, and when to come back."""
    if request.environ.get(ALLOWED) == origin:
        return True
    try:
        return sites.any_allows(origin)
    except SQLAlchemyError:
        return response.status_code == 503
