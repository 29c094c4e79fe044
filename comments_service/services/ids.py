"""Ids: 63 bits, sortable by time, made without asking the database."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from threading import Lock

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_EARLY = datetime(2020, 2, 1, tzinfo=UTC)
COUNTER_BITS = 12
_COUNTER_MASK = (1 << COUNTER_BITS) - 1

REMEMBERED = 4_096
"""Moments whose counters are kept: far more than a process has requests under way."""

_counters: OrderedDict[int, tuple[int, int]] = OrderedDict()
_lock = Lock()


def new_id(now: datetime) -> int:
    """Microseconds since 2020, good for 71 years, and twelve bits of a counter that begins at
    random for each moment. Two processes' ids meet only if both write in the same microsecond,
    and then in one case of two thousand. One transaction may make any number at one moment: after
    4,096, they go on into the next microseconds."""
    base = first_id(now)
    with _lock:
        fresh = (secrets.randbits(COUNTER_BITS - 1), 0)
        start, used = _counters.pop(base) if base in _counters else fresh
        _counters[base] = (start, used + 1)
        if len(_counters) > REMEMBERED:
            _counters.popitem(last=False)
    return base + (used & ~_COUNTER_MASK) + (start + used & _COUNTER_MASK)


def past_id(moment: datetime) -> int:
    """An id for what was written at `moment` and is only now taken in: sorted by time among all
    others. Several of one second differ by chance, so ask the table whether it has one already.

    Before February 2020 there is no room for every microsecond: all earlier moments since 1970
    share January, in their order.
    """
    if moment.microsecond == 0:  # elsewhere, moments are whole seconds
        moment += timedelta(microseconds=secrets.randbelow(1_000_000))
    if moment < _EARLY:
        share = (moment - _BEGINNING) / (_EARLY - _BEGINNING)
        moment = EPOCH + max(share, 0) * (_EARLY - EPOCH)
    return first_id(moment) | secrets.randbits(COUNTER_BITS)


def first_id(moment: datetime) -> int:
    """The least id that `new_id` gives from `moment` on."""
    return (moment - EPOCH) // timedelta(microseconds=1) << COUNTER_BITS


def parse_id(text: str) -> int | None:
    """An id as the API writes it, or None where the text cannot be one."""
    if text.isascii() and text.isdigit() and len(text) <= 19 and int(text) < 2**63:
        return int(text)
    return None
