"""One amount of time for several calls."""

import pytest

from comments_service.outbound.deadline import Deadline
from comments_service.outbound.errors import Failure, OutboundError


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_a_deadline_runs_down_and_then_refuses() -> None:
    clock = Clock()
    deadline = Deadline(8, clock=clock)
    clock.seconds = 105
    assert deadline.remaining() == 3
    clock.seconds = 108
    with pytest.raises(OutboundError) as caught:
        deadline.remaining()
    assert caught.value.failure == Failure.TIMEOUT


def test_a_deadline_can_be_cut_short_but_not_put_off() -> None:
    clock = Clock()
    deadline = Deadline(8, clock=clock)
    deadline.cut_to(2)
    assert deadline.remaining() == 2
    deadline.cut_to(60)
    assert deadline.remaining() == 2
