"""Moments and numbers as export files write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from comments_service.importers.records import BadRecord

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2090, 1, 1, tzinfo=UTC)


def of_text(text: str | None) -> datetime:
    """RFC 3339 or ISO 8601; without an offset it is UTC, as these systems mean it. Raises
    `BadRecord`."""
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        raise BadRecord("bad_time", f"{text!r} is no moment.") from None
    return within_reason(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def of_seconds(seconds: object) -> datetime:
    """Seconds since 1970. Raises `BadRecord`."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise BadRecord("bad_time", f"{seconds!r} is no moment.")
    try:
        return within_reason(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))
    except (OverflowError, ValueError):
        raise BadRecord("bad_time", f"{seconds!r} is no moment.") from None


def within_reason(moment: datetime) -> datetime:
    """In UTC. Raises `BadRecord` for what no comment was written at."""
    if not EARLIEST <= moment <= LATEST:
        raise BadRecord("bad_time", f"{moment.isoformat()} cannot be when it was written.")
    return moment.astimezone(UTC)


def count(value: object) -> int:
    """A number of likes: what is none, or less than none, is none."""
    try:
        return min(max(int(str(value)), 0), 2**31 - 1)
    except ValueError:
        return 0
