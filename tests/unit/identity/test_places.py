"""How many may wait for a slow provider, so that reading and writing go on."""

from __future__ import annotations

from contextlib import ExitStack, suppress

import pytest

from comments_service.identity.circuit import Circuit, Places
from comments_service.identity.provider import ProviderError, Reason


class Process:
    """Two places and their clock; logins that go on until they are told to end."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.places = Places(clock=lambda: self.now, limit=2, hurry_seconds=2.0)

    def begin(self, *, at: float = 0.0) -> tuple[float | None, ExitStack]:
        """A login that begins at second `at`: the seconds it has, and what ends it."""
        self.now = 1000.0 + at
        login = ExitStack()
        return login.enter_context(self.places.taken()), login

    def sends_away(self, *, at: float) -> bool:
        try:
            self.begin(at=at)[1].close()
        except ProviderError as error:
            return (error.reason, error.log_fields) == (Reason.UNAVAILABLE, {"step": "waiting"})
        return False


@pytest.fixture
def process() -> Process:
    return Process()


def test_two_may_wait_and_whoever_comes_then_has_two_seconds(process: Process) -> None:
    """35: a provider that hangs takes no more threads than there are places for longer."""
    logins = [process.begin() for _ in range(4)]
    assert [seconds for seconds, _ in logins] == [None, None, 2.0, 2.0]


def test_while_two_have_waited_long_others_are_told_at_once(process: Process) -> None:
    """35."""
    logins = [process.begin()[1] for _ in range(2)]
    assert not process.sends_away(at=2.0)
    assert process.sends_away(at=2.1)
    logins[0].close()
    assert not process.sends_away(at=2.2)


def test_a_provider_that_is_well_may_have_many_at_once(process: Process) -> None:
    for second in range(30):
        login = [process.begin(at=second)[1] for _ in range(20)]
        process.now += 0.9
        for each in login:
            each.close()


def test_a_place_is_free_again_however_a_login_ends(process: Process) -> None:
    for second in range(5):
        process.now = 1000.0 + second
        with suppress(KeyError), process.places.taken() as seconds:
            assert seconds is None
            raise KeyError


def test_providers_share_their_places(process: Process) -> None:
    """35: two providers that hang are no worse than one."""
    x, facebook = (Circuit(clock=lambda: process.now, places=process.places) for _ in range(2))
    with x.watched() as first, x.watched() as second, facebook.watched() as third:
        assert (first, second, third) == (None, None, 2.0)
        process.now += 2.1
        with pytest.raises(ProviderError), facebook.watched():
            pass


def test_being_sent_away_is_no_failure_of_the_provider(process: Process) -> None:
    circuit = Circuit(clock=lambda: process.now, places=process.places, limit=1)
    with circuit.watched(), circuit.watched():
        process.now += 2.1
        with pytest.raises(ProviderError) as refused, circuit.watched():
            pass
        assert refused.value.log_fields == {"step": "waiting"}
    with circuit.watched():
        pass
