"""One call for all who come while the one before it runs."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Lock
from typing import Generic, TypeVar

Key = TypeVar("Key")
Answer = TypeVar("Answer")


class _Call(Generic[Answer]):
    """One call, with what came of it once it is over."""

    def __init__(self) -> None:
        self.is_over = Event()
        self.answers: list[Answer] = []
        self.error: Exception | None = None


class SharedCalls(Generic[Key, Answer]):
    """Makes `call(key)` for whoever asks, from any thread; never twice at once for the same key.

    What is being answered may be too old for somebody who comes meanwhile. They share the next
    call, which begins as soon as this one is over: so each gets an answer that was begun after they
    asked, and a hundred who ask at once cost two calls.
    """

    def __init__(self, call: Callable[[Key], Answer]) -> None:
        self._call = call
        self._lock = Lock()
        self._running: dict[Key, _Call[Answer]] = {}
        self._following: dict[Key, _Call[Answer]] = {}

    def __call__(self, key: Key) -> Answer:
        """The answer to a call that begins from now on. Raises what the call raises."""
        with self._lock:
            before = self._running.get(key)
            in_line = self._running if before is None else self._following
            mine = in_line.get(key)
            leads = mine is None
            if mine is None:
                mine = in_line[key] = _Call()
        if leads:
            self._make(key, mine, before)
        else:
            mine.is_over.wait()
        if mine.error is not None:
            raise mine.error
        return mine.answers[0]

    def _make(self, key: Key, mine: _Call[Answer], before: _Call[Answer] | None) -> None:
        try:
            if before is not None:
                before.is_over.wait()
            mine.answers.append(self._call(key))
        except Exception as error:  # noqa: BLE001  raised by each who waits for it
            mine.error = error
        finally:
            # This thread may have been told to stop, and nobody is to wait for it then.
            if not mine.answers:
                mine.error = mine.error or RuntimeError("whoever was to call was stopped")
            self._end(key, mine)
            mine.is_over.set()

    def _end(self, key: Key, mine: _Call[Answer]) -> None:
        with self._lock:
            if self._running.get(key) is not mine:
                del self._following[key]
                return
            del self._running[key]
            if key in self._following:
                self._running[key] = self._following.pop(key)
