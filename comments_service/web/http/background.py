"""Work that nobody waits for: it begins after the answer is ready, and its failure is only logged.

What must not be lost does not belong here; a process that ends forgets what has not begun.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import structlog
from flask import Flask

THREADS = 2
MOST_WAITING = 100

log = structlog.get_logger()


class Background:
    """A few threads of `app`. While `most_waiting` pieces of work wait, more of it is dropped."""

    def __init__(self, app: Flask, *, most_waiting: int = MOST_WAITING) -> None:
        self._app = app
        self._room = threading.BoundedSemaphore(most_waiting)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="background")

    def begin(self, work: Callable[[], None]) -> None:
        """Call `work` later, in a thread and an application context of its own."""
        if not self._room.acquire(blocking=False):
            log.warning("background_full")
            return
        self._threads.submit(self._run, work).add_done_callback(self._finish)

    def finish(self) -> None:
        """Wait for all that was begun; nothing more can be."""
        self._threads.shutdown()

    def _run(self, work: Callable[[], None]) -> None:
        with self._app.app_context():
            work()

    def _finish(self, done: Future[None]) -> None:
        self._room.release()
        failure = done.exception()
        if failure is not None:
            log.error("background_failed", exc_info=failure)
