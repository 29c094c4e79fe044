"""Whether a request is an operator's: it brings their token or, where none is set, comes from
this machine."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address
from typing import Any, ParamSpec, TypeVar

from flask import request

from comments_service.errors import NotFound
from comments_service.services.permissions import Permission
from comments_service.web.http.settings import settings

P = ParamSpec("P")
R = TypeVar("R")


def operators_only(view: Callable[P, R]) -> Callable[P, R]:
    """Let operators through; for everybody else there is no such page."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not _is_operator():
            raise NotFound
        return view(*args, **kwargs)

    marked: Any = guarded
    marked.permission = Permission.OPERATE
    return guarded


def _is_operator() -> bool:
    token = settings().metrics_token
    if token is not None:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        wanted = token.get_secret_value()
        return scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), wanted.encode())
    # What a proxy passes on comes from this machine too, but says for whom.
    return _is_this_machine(request.remote_addr) and "X-Forwarded-For" not in request.headers


def _is_this_machine(address: str | None) -> bool:
    if not address:  # a socket in the file system, which has no address
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
