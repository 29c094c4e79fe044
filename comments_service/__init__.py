"""The social comment box under a newspaper's articles, and the service behind it."""

from comments_service.app import create_app
from comments_service.version import __version__

__all__ = ["__version__", "create_app"]
