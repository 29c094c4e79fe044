"""Opaque, tamper-evident cursors: a position in one list in one order.

Signed with the list's name as salt, so that a cursor of another article, another order or another
service is as wrong as a made-up one.
"""

from __future__ import annotations

from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from comments_service.errors import InvalidCursor
from comments_service.web.http.settings import settings


def _serializer(listing: str) -> URLSafeSerializer:
    oldest_first = settings().signed_with[::-1]  # itsdangerous signs with the last
    return URLSafeSerializer(list(oldest_first), salt=f"cursor:{listing}")


def encode(listing: str, position: Any) -> str:
    """The cursor for `position` (JSON values) in `listing`."""
    return _serializer(listing).dumps(position)


def decode(listing: str, cursor: str) -> Any:
    """The position that `encode` was given. Raises `InvalidCursor`."""
    try:
        return _serializer(listing).loads(cursor)
    except (BadData, UnicodeEncodeError):  # half a character is in no cursor of ours
        raise InvalidCursor from None
