"""Stops asking a provider that has stopped answering."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from comments_service.identity.provider import ProviderError, Reason


class Circuit:
    """Keeps workers from waiting for a provider that is down; one for each provider.

    `limit` failures within `window_seconds`, and no success between them, open it for
    `open_seconds`: each login then fails at once. A wrong answer is no failure in this sense,
    since anybody can provoke one by sending a wrong code. `clock` returns seconds of a clock
    that never goes back. Threads may share it.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        limit: int = 5,
        window_seconds: float = 30.0,
        open_seconds: float = 30.0,
    ) -> None:
        self._clock = clock
        self._limit = limit
        self._window = window_seconds
        self._open = open_seconds
        self._lock = threading.Lock()
        self._failed_at: deque[float] = deque(maxlen=limit)
        self._closed_at = clock()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Run a login inside: raises `ProviderError` while open, and learns from how it ends."""
        if self._clock() < self._closed_at:
            raise ProviderError(Reason.UNAVAILABLE, step="circuit")
        try:
            yield
        except ProviderError as error:
            if error.reason == Reason.UNAVAILABLE:
                self._note_failure()
            raise
        with self._lock:
            self._failed_at.clear()

    def _note_failure(self) -> None:
        now = self._clock()
        with self._lock:
            self._failed_at.append(now)
            if len(self._failed_at) == self._limit and now - self._failed_at[0] <= self._window:
                self._closed_at = now + self._open
                self._failed_at.clear()
