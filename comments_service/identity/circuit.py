"""Stops asking a provider that has stopped answering, and lets few wait for one that is slow."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from comments_service.identity.provider import ProviderError, Reason


class Places:
    """Keeps threads of a process free for reading and writing while providers are slow.

    A login in one of the `limit` places may wait as long as its provider's deadline allows. One
    that comes while all are taken may have `hurry_seconds`, which is plenty with a provider that
    is well; while those in the places have waited longer than that, it is sent away at once.
    `limit` is smaller than the number of threads. One for all providers; threads share it.
    """

    def __init__(
        self, *, clock: Callable[[], float], limit: int = 2, hurry_seconds: float = 2.0
    ) -> None:
        self._clock = clock
        self._limit = limit
        self._hurry = hurry_seconds
        self._lock = threading.Lock()
        self._began: dict[object, float] = {}

    @contextmanager
    def taken(self) -> Iterator[float | None]:
        """Run a login inside, for the seconds given, or for as long as it likes (None).

        Raises `ProviderError` where it is sent away.
        """
        login, now = object(), self._clock()
        with self._lock:
            slow = sum(now - began > self._hurry for began in self._began.values())
            if slow >= self._limit:
                raise ProviderError(Reason.UNAVAILABLE, step="waiting")
            self._began[login] = now
            crowded = len(self._began) > self._limit
        try:
            yield self._hurry if crowded else None
        finally:
            with self._lock:
                del self._began[login]


class Circuit:
    """Keeps workers from waiting for a provider that is down; one for each provider.

    `limit` failures within `window_seconds`, and no success between them, open it for
    `open_seconds`: each login then fails at once. A wrong answer is no failure in this sense,
    since anybody can provoke one by sending a wrong code. `clock` returns seconds of a clock
    that never goes back. Threads may share it, and providers share `places`.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        places: Places | None = None,
        limit: int = 5,
        window_seconds: float = 30.0,
        open_seconds: float = 30.0,
    ) -> None:
        self._clock = clock
        self._places = places or Places(clock=clock)
        self._limit = limit
        self._window = window_seconds
        self._open = open_seconds
        self._lock = threading.Lock()
        self._failed_at: deque[float] = deque(maxlen=limit)
        self._closed_at = clock()

    @contextmanager
    def watched(self) -> Iterator[float | None]:
        """Run a login inside, for the seconds given, or for as long as it likes (None).

        Raises `ProviderError` while open or while too many wait, and learns from how it ends.
        """
        if self._clock() < self._closed_at:
            raise ProviderError(Reason.UNAVAILABLE, step="circuit")
        with self._places.taken() as seconds:
            try:
                yield seconds
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
