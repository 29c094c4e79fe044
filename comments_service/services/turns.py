"""Turns: so many at a time, the others in the order they came, nobody for ever."""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """Lets `at_once` threads through; up to `waiting` more wait in line (None: any number).

    A lock of the standard library lets whoever comes by take it before those who wait: under load
    some wait ten times as long as others.
    """

    def __init__(self, at_once: int, *, waiting: int | None = None) -> None:
        self._free = at_once
        self._waiting = waiting
        self._line: deque[threading.Lock] = deque()
        self._lock = threading.Lock()

    def take(self, *, seconds: float) -> bool:
        """Whether a turn was had, within `seconds`; False at once where the line is full."""
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            if self._waiting is not None and len(self._line) >= self._waiting:
                return False
            called = threading.Lock()
            called.acquire()
            self._line.append(called)
        if called.acquire(timeout=seconds):
            return True
        with self._lock:
            if called in self._line:
                self._line.remove(called)
                return False
        return True  # called at the last moment

    def give_back(self) -> None:
        """The turn is over: the next in line has it."""
        with self._lock:
            if self._line:
                self._line.popleft().release()
            else:
                self._free += 1
