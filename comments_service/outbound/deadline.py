"""One amount of time for several calls."""

from __future__ import annotations

import time
from collections.abc import Callable

from comments_service.outbound.errors import Failure, OutboundError


class Deadline:
    """A moment, `seconds` from now, by which everything that shares it must be over.

    `clock` returns seconds of a clock that never goes back.
    """

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def remaining(self) -> float:
        """Seconds left, above zero. Raises `OutboundError` (timeout) when there are none."""
        left = self._end - self._clock()
        if left <= 0:
            raise OutboundError(Failure.TIMEOUT)
        return left

    def cut_to(self, seconds: float | None) -> None:
        """Leave no more than `seconds` from now, if there are any given; for what is not worth
        waiting for longer."""
        if seconds is not None:
            self._end = min(self._end, self._clock() + seconds)
