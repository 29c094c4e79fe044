"""Who asks while a call runs shares the next, which is begun after they asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from comments_service.services.shared_calls import SharedCalls

LATE = 5
WITHIN_SECONDS = 30


class Slow:
    """A call that ends when it is told to, with the number of times that it was made."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.begun = threading.Event()
        self.may_end = threading.Event()

    def __call__(self, key: str) -> int:
        self.keys.append(key)
        number = len(self.keys)
        self.begun.set()
        assert self.may_end.wait(WITHIN_SECONDS)
        return number


def wait_for_the_line(shared: SharedCalls[str, int]) -> None:
    """Until somebody has lined up behind the call that runs; the others are a moment later."""
    deadline = time.monotonic() + WITHIN_SECONDS
    while not shared._following:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    time.sleep(0.05)


def test_who_comes_meanwhile_shares_the_next_call() -> None:
    slow = Slow()
    shared = SharedCalls(slow)
    with ThreadPoolExecutor(1 + LATE) as pool:
        first = pool.submit(shared, "a")
        assert slow.begun.wait(WITHIN_SECONDS)
        late = [pool.submit(shared, "a") for _ in range(LATE)]
        wait_for_the_line(shared)
        assert slow.keys == ["a"]
        assert not any(each.done() for each in (first, *late))
        slow.may_end.set()
        assert first.result(WITHIN_SECONDS) == 1
        # On a busy machine some may have come after the second began.
        numbers = {each.result(WITHIN_SECONDS) for each in late}
        assert min(numbers) == 2
        assert len(numbers) < LATE
    assert not shared._running
    assert not shared._following


def test_other_keys_wait_for_nobody() -> None:
    slow = Slow()
    shared = SharedCalls(slow)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(shared, key) for key in ("a", "b")]
        deadline = time.monotonic() + WITHIN_SECONDS
        while len(slow.keys) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        slow.may_end.set()
        assert {each.result(WITHIN_SECONDS) for each in both} == {1, 2}


def test_who_is_stopped_while_waiting_keeps_nobody_waiting() -> None:
    """As `flask worker` is by SIGTERM: an interrupt in the middle of whatever it does."""

    class Interrupted(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            raise KeyboardInterrupt

    slow = Slow()
    shared = SharedCalls(slow)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(shared, "a")
        assert slow.begun.wait(WITHIN_SECONDS)
        running = shared._running["a"]
        is_over, running.is_over = running.is_over, Interrupted()
        with pytest.raises(KeyboardInterrupt):
            shared("a")
        running.is_over = is_over
        slow.may_end.set()
        assert first.result(WITHIN_SECONDS) == 1
        assert pool.submit(shared, "a").result(WITHIN_SECONDS) == 2
    assert not shared._running
    assert not shared._following


def test_a_call_that_fails_fails_for_those_who_share_it_alone() -> None:
    answers: Iterator[int | ValueError] = iter([ValueError("no"), 7])

    def call(_key: str) -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    shared = SharedCalls(call)
    with pytest.raises(ValueError, match="no"):
        shared("a")
    assert shared("a") == 7
