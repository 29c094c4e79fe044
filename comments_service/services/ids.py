"""Ids: 63 bits, sortable by time, made without asking the database."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
RANDOM_BITS = 12


def new_id(now: datetime) -> int:
    """Microseconds since 2020 and twelve random bits: good for 71 years, and two writers in the
    same microsecond still differ, but for one case in 4,096."""
    microseconds = (now - EPOCH).days * 86_400_000_000
    microseconds += (now - EPOCH).seconds * 1_000_000 + (now - EPOCH).microseconds
    return microseconds << RANDOM_BITS | secrets.randbits(RANDOM_BITS)


def parse_id(text: str) -> int | None:
    """An id as the API writes it, or None where the text cannot be one."""
    if text.isascii() and text.isdigit() and len(text) <= 19 and int(text) < 2**63:
        return int(text)
    return None
