"""The factory: the one file that knows every room."""

from __future__ import annotations

from apiflask import APIFlask


def create_app() -> APIFlask:
    """Build the WSGI application."""
    return APIFlask(__name__)
