"""Under which names the service answers: the configured ones, but for what operators ask."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.sansio.utils import host_is_trusted

from comments_service.config import LOOPBACK, Settings
from comments_service.web.http.problem import problem

# A name under .localhost never leaves the machine (RFC 6761 section 6.3).
DEVELOPMENT_HOSTS = [*LOOPBACK, "[::1]", ".localhost"]
ANY_HOST = {"ops", "openapi"}


REMEMBERED = 1_000


class Hosts:
    """The names that this service answers under."""

    def __init__(self, settings: Settings) -> None:
        names = [urlsplit(settings.public_url).hostname or "", *settings.allowed_hosts]
        self._names = names if settings.production else [*names, *DEVELOPMENT_HOSTS]
        self._found: dict[str, bool] = {}

    def trusts(self, host: str) -> bool:
        """Whether `host`, as it stands in the header, is one of them."""
        found = self._found.get(host)
        if found is None:
            if len(self._found) > REMEMBERED:
                self._found.clear()
            found = self._found[host] = host_is_trusted(host, self._names)
        return found


def register(app: Flask, hosts: Hosts) -> None:
    """Refuse requests for another host: what links and cookies are made of must not be chosen by
    whoever asks."""

    def refuse_other_hosts() -> Response | None:
        if request.blueprint in ANY_HOST:
            return None
        host = request.environ.get("HTTP_HOST", "")
        return None if hosts.trusts(host) else problem("invalid-host")

    app.before_request(refuse_other_hosts)
