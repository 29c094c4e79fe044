"""The time of day. The edge (`web`, `cli`) reads it; everything below is given `now`."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)
