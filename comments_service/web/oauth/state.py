"""What the application was built with, as this surface needs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from flask import current_app

from comments_service.identity.provider import Provider
from comments_service.outbound.fetch import Guard
from comments_service.web.http.background import Background
from comments_service.web.http.settings import settings


def providers() -> Mapping[str, Provider]:
    return cast(Mapping[str, Provider], current_app.extensions["comments_providers"])


def background() -> Background:
    return cast(Background, current_app.extensions["comments_background"])


def avatar_guard() -> Guard:
    """Where readers' pictures may be fetched from."""
    return cast(Guard, current_app.extensions["comments_avatar_guard"])


def issuer() -> str:
    """What we call ourselves in every authorization response (RFC 9207)."""
    return settings().public_url.rstrip("/")


def callback_url(provider: str) -> str:
    """Where a provider returns: from the settings, never from the `Host` of a request, and one
    for each provider, so that no provider can pass for another (RFC 9700 section 4.4)."""
    return f"{issuer()}/oauth/callback/{provider}"


def pepper() -> str:
    """The service's secret, with which what is kept of an erased identity is keyed."""
    return settings().secret_key.get_secret_value()
