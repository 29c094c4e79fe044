"""Turns: in the order they came, and nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable

from comments_service.services.turns import Turns


def in_line(turns: Turns, work: Callable[[bool], None], waiting: int) -> threading.Thread:
    """A thread that waits for its turn as the `waiting`th in line."""
    thread = threading.Thread(target=lambda: work(turns.take(seconds=30)))
    thread.start()
    while len(turns._line) < waiting and thread.is_alive():
        threading.Event().wait(0.001)
    return thread


def test_who_came_first_goes_first() -> None:
    turns, served = Turns(1), []
    assert turns.take(seconds=0)

    def serve(number: int) -> Callable[[bool], None]:
        def work(had: bool) -> None:
            assert had
            served.append(number)
            turns.give_back()

        return work

    threads = [in_line(turns, serve(number), number + 1) for number in range(20)]
    turns.give_back()
    for thread in threads:
        thread.join(30)
    assert served == list(range(20))
    assert turns.take(seconds=0)


def test_as_many_go_at_once_as_it_says() -> None:
    turns = Turns(3)
    assert [turns.take(seconds=0) for _ in range(4)] == [True, True, True, False]
    turns.give_back()
    assert turns.take(seconds=0)


def test_a_full_line_sends_away_at_once() -> None:
    turns = Turns(1, waiting=1)
    had: list[bool] = []
    assert turns.take(seconds=0)
    thread = in_line(turns, had.append, 1)
    assert not turns.take(seconds=30)
    turns.give_back()
    thread.join(30)
    assert had == [True]


def test_who_waited_long_enough_goes_away_and_takes_no_turn() -> None:
    turns = Turns(1)
    assert turns.take(seconds=0)
    assert not turns.take(seconds=0.01)
    turns.give_back()
    assert turns.take(seconds=0)
