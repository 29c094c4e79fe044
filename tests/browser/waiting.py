"""How long a browser test waits for what must come: it costs time only where it does not."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 15_000
"""Milliseconds: a shared machine with two test runs on it may take long over a page."""


def until(true: Callable[[], bool], *, seconds: float = PATIENCE / 1000) -> None:
    """Waits for something that happens in a server's thread."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
