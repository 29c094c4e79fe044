"""Who asks, and whether a route may answer them.

Every route names its permission with `@requires(…)`; a test walks the URL map and fails where one
does not. Being refused comes before any look at the body.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import current_app, request

from comments_service import clock
from comments_service.errors import OriginNotAllowed, Unauthenticated
from comments_service.services import permissions, sessions, sites
from comments_service.services.actor import Actor
from comments_service.services.permissions import FOR_MODERATORS, Permission
from comments_service.web.http import staff
from comments_service.web.http.cors import mark_allowed, mark_public
from comments_service.web.http.settings import settings

ACTOR = "comments_service.actor"

P = ParamSpec("P")
R = TypeVar("R")


def current_actor() -> Actor:
    """The bearer of the request's access token, or, on a route for moderators that brings none,
    whose moderator's session it is.

    Raises `Unauthenticated` or `TokenExpired`, and what `staff.current_actor` raises.
    """
    actor: Actor | None = request.environ.get(ACTOR)
    if actor is None:
        by_cookie = "Authorization" not in request.headers and _is_for_moderators()
        actor = staff.current_actor() if by_cookie else _bearer()
        request.environ[ACTOR] = actor
    return actor


def _bearer() -> Actor:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated
    return sessions.authenticate(token.strip(), now=clock.now())


def _is_for_moderators() -> bool:
    view = current_app.view_functions[request.endpoint or ""]
    return getattr(view, "permission", None) in FOR_MODERATORS


def account_key() -> str:
    """What a limit on an account counts by."""
    return current_actor().key


def requires(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only those through whom `services.permissions` grants `permission`.

    A browser's `Origin` must be one of the token's site: a token that leaked to another page is
    of no use there.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if permission is Permission.PUBLIC:
                mark_public()
            else:
                actor = current_actor()
                permissions.check(actor, permission)
                _check_origin(actor)
            return view(*args, **kwargs)

        marked: Any = guarded
        marked.permission = permission
        return guarded

    return decorate


def _check_origin(actor: Actor) -> None:
    origin = request.headers.get("Origin")
    if origin is None:
        return
    if actor.roles:
        if origin != sites.origin_of(settings().public_url):
            raise OriginNotAllowed
        return
    if actor.site_id is None or not sites.by_id(actor.site_id).allows_origin(origin):
        raise OriginNotAllowed
    mark_allowed(origin)
