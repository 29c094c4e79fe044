"""How often: Flask-Limiter on writes and logins, counted by account and by address.

Public reads have none: caches in front guard them at a thousandth of the cost.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network, ip_address

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter, RequestLimit, RouteLimit

from comments_service.config import Settings
from comments_service.web.http.actor import account_key, current_actor
from comments_service.web.http.problem import problem


def address() -> str:
    """The caller's address as the trusted proxies report it."""
    return network_of(request.remote_addr or "")


def network_of(host: str) -> str:
    """What one subscriber has: an IPv4 address, or a whole IPv6 network of 64 bits.

    What is no address, such as the name of a local socket, stays as it is.
    """
    try:
        parsed = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if not isinstance(parsed, IPv6Address):
        return host
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((parsed, 64), strict=False))


IMPATIENT = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
"""Seconds. A limit is not worth a longer wait."""

limiter = Limiter(key_func=address)


def setting(name: str) -> Callable[[], str]:
    """The limit in `COMMENTS_RATELIMIT_<NAME>`, read when it is needed."""

    def value() -> str:
        limit: str = getattr(current_app.extensions["comments_settings"], f"ratelimit_{name}")
        return limit

    return value


def by_account(name: str) -> RouteLimit:
    """Limit a route for each account by the setting `name`; a service that has a limit of its own
    by that."""
    of_accounts = setting(name)

    def value() -> str:
        return current_actor().rate_limit or of_accounts()

    return limiter.shared_limit(value, scope=name, key_func=account_key)


def store_answers() -> bool:
    """Whether that which counts (this process's memory, or Redis) can be asked, if it counts."""
    if not current_app.extensions["comments_settings"].ratelimit_enabled:
        return True
    try:
        return bool(limiter.storage.check())
    except Exception:  # noqa: BLE001  whatever a store's client raises, it is no answer
        return False


def _seconds_left(limit: RequestLimit) -> int:
    # The window's own end: `reset_at` is a whole second, and a second late.
    return max(1, math.ceil(limit.window.reset_time - time.time()))


def _tell(response: Response) -> Response:
    """Our own headers, in seconds left: Flask-Limiter's are `X-…` with an epoch."""
    limit = limiter.current_limit
    if limit is not None:
        response.headers["RateLimit-Limit"] = str(limit.limit.amount)
        response.headers["RateLimit-Remaining"] = str(max(0, limit.remaining))
        response.headers["RateLimit-Reset"] = str(_seconds_left(limit))
    return response


def _refuse(_error: Exception) -> Response:
    limit = limiter.current_limit
    return problem("too-many-requests", retry_after=_seconds_left(limit) if limit else 60)


def register(app: Flask, settings: Settings) -> None:
    app.config.update(
        RATELIMIT_ENABLED=settings.ratelimit_enabled,
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_STORAGE_OPTIONS=IMPATIENT if settings.redis_url else {},
        # While Redis is gone, each process counts the same limits for itself.
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=settings.redis_url is not None,
        RATELIMIT_STRATEGY="moving-window",
        RATELIMIT_HEADERS_ENABLED=False,
    )
    limiter.init_app(app)
    app.register_error_handler(429, _refuse)
    app.after_request(_tell)
