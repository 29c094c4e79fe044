"""The social comment box under a newspaper's articles, and the service behind it."""

from typing import TYPE_CHECKING, Any

from comments_service.version import __version__

if TYPE_CHECKING:
    from comments_service.app import create_app

__all__ = ["__version__", "create_app"]


def __getattr__(name: str) -> Any:
    """Load the service only where it is asked for: the demo apps start without it (PEP 562)."""
    if name == "create_app":
        from comments_service.app import create_app  # noqa: PLC0415  the point of it

        return create_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
