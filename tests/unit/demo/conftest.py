from collections.abc import Iterator

import pytest

from tests.unit.development_provider import DevelopmentProvider, running_provider


@pytest.fixture
def development() -> Iterator[DevelopmentProvider]:
    """A development identity provider of the test's own."""
    with running_provider() as provider:
        yield provider
