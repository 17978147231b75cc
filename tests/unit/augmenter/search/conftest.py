"""A fake search service."""

from collections.abc import Iterator

import pytest

from tests.unit.augmenter.search.fake_service import FakeService, running_service


@pytest.fixture
def service() -> Iterator[FakeService]:
    with running_service() as service:
        yield service
