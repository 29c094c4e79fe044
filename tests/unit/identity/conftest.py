from collections.abc import Iterator

import pytest

from tests.unit.development_provider import DevelopmentProvider, running_provider


@pytest.fixture(scope="session")
def only_provider() -> Iterator[DevelopmentProvider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def development(only_provider: DevelopmentProvider) -> Iterator[DevelopmentProvider]:
    """The development identity provider, well-behaved and with an empty journal."""
    only_provider.forget()
    yield only_provider
    only_provider.forget()
