"""How long a browser test waits for what must come: it costs time only where it does not."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PATIENCE = 15_000
"""Milliseconds: a shared machine with two test runs on it may take long over a page."""


def until(true: Callable[[], bool], *, seconds: float = PATIENCE / 1000) -> None:
    """Waits for something that happens in a server's thread."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def slowed(application: WSGIApplication) -> WSGIApplication:
    """The same, each answer up to `$SLOW_ANSWERS` seconds late: so what counts on order fails."""
    most = float(os.environ.get("SLOW_ANSWERS", "0"))

    def late(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        time.sleep(random.uniform(0, most / 2))
        answer = application(environ, start_response)
        time.sleep(random.uniform(0, most / 2))
        return answer

    return late if most else application
