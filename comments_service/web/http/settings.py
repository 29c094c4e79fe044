"""The settings that the application was built with."""

from __future__ import annotations

from typing import cast

from flask import current_app

from comments_service.config import Settings


def settings() -> Settings:
    return cast(Settings, current_app.extensions["comments_settings"])
