"""JSON answers, written by orjson."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Response


def to_json(value: Any) -> bytes:
    """`value` as compact UTF-8 JSON."""
    return orjson.dumps(value)


def timestamp(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC with milliseconds: `2026-11-23T09:30:00.123Z`."""
    if moment is None:
        return None
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="milliseconds")[: -len("+00:00")] + "Z"


def ready_json(value: Any, *, status: int = 200, media_type: str = "application/json") -> Response:
    """A response whose body is finished here and never touched again."""
    return Response(to_json(value), status=status, content_type=media_type)


def private_json(value: Any) -> Response:
    """One reader's answer, for no cache to keep."""
    response = ready_json(value)
    response.headers["Cache-Control"] = "private, no-store"
    return response
