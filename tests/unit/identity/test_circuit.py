"""When a provider is left alone for a while."""

import pytest

from comments_service.identity.circuit import Circuit
from comments_service.identity.provider import ProviderError, Reason


class Line:
    """A circuit, its clock, and logins that end as told."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.circuit = Circuit(clock=lambda: self.now)

    def end(self, reason: Reason | None, *, at: float) -> bool:
        """Whether a login at second `at` reached the provider, which then ended it so."""
        self.now = 1000.0 + at
        reached = False
        try:
            with self.circuit.watched():
                reached = True
                if reason is not None:
                    raise ProviderError(reason)
        except ProviderError as error:
            return reached or error.log_fields != {"step": "circuit"}
        return reached


@pytest.fixture
def line() -> Line:
    return Line()


def test_five_failures_within_thirty_seconds_open_it_for_thirty(line: Line) -> None:
    for second in (0, 7, 14, 21, 30):
        assert line.end(Reason.UNAVAILABLE, at=second)
    assert not line.end(None, at=30)
    assert not line.end(None, at=59.9)
    assert line.end(None, at=60)


def test_failures_far_apart_leave_it_closed(line: Line) -> None:
    for second in range(0, 200, 8):
        assert line.end(Reason.UNAVAILABLE, at=second)


def test_a_success_between_failures_leaves_it_closed(line: Line) -> None:
    for second in range(20):
        assert line.end(None if second % 5 == 4 else Reason.UNAVAILABLE, at=second)


def test_wrong_answers_which_anybody_can_provoke_leave_it_closed(line: Line) -> None:
    for second in range(20):
        assert line.end(Reason.WRONG_ANSWER, at=second)


def test_after_opening_it_counts_afresh(line: Line) -> None:
    for second in range(5):
        line.end(Reason.UNAVAILABLE, at=second)
    for second in range(40, 44):
        assert line.end(Reason.UNAVAILABLE, at=second)
    assert line.end(Reason.UNAVAILABLE, at=44)
    assert not line.end(None, at=45)
