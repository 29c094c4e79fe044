"""Ids: no two alike, and sorted by time."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

from comments_service.services.ids import first_id, new_id
from tests.small_app import NOON


def test_one_moment_has_as_many_ids_as_anybody_needs() -> None:
    moment = NOON + timedelta(days=1)
    ids = [new_id(moment) for _ in range(20_000)]
    assert len(set(ids)) == len(ids)
    assert min(ids) >= first_id(moment)
    assert max(ids) < first_id(moment + timedelta(microseconds=5))


def test_threads_that_share_a_moment_share_no_id() -> None:
    moment = NOON + timedelta(days=2)
    made: list[int] = []

    def make() -> None:
        for number in range(3000):
            made.append(new_id(moment))
            new_id(moment + timedelta(seconds=number % 7))

    threads = [Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == len(made) == 12_000


def test_later_ids_are_greater() -> None:
    moment = NOON + timedelta(days=3)
    ids = [new_id(moment + timedelta(milliseconds=number)) for number in range(100)]
    assert ids == sorted(ids)
