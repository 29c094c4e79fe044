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


def register(app: Flask, settings: Settings) -> None:
    """Refuse requests for another host: what links and cookies are made of must not be chosen by
    whoever asks."""
    names = [urlsplit(settings.public_url).hostname or "", *settings.allowed_hosts]
    trusted = names if settings.production else [*names, *DEVELOPMENT_HOSTS]

    def refuse_other_hosts() -> Response | None:
        if request.blueprint in ANY_HOST:
            return None
        host = request.environ.get("HTTP_HOST", "")
        return None if host_is_trusted(host, trusted) else problem("invalid-host")

    app.before_request(refuse_other_hosts)
