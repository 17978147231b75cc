"""A reader with limits that no honest test meets."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from services.augmenter.reading.document import Document
from services.augmenter.reading.reader import DocumentReader
from services.common.errors import InvalidArgument
from tests.unit.augmenter.reading.files import limits

Read = Callable[..., Awaitable[Document]]
Refusal = Callable[..., Awaitable[InvalidArgument]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads bytes as a file of the given name."""

    async def read_bytes(data: bytes, name: str, media_type: str = "", **changed: float) -> Document:
        path = tmp_path / "stored"
        path.write_bytes(data)
        return await DocumentReader(limits(**changed), 1).read(path, name, media_type)

    return read_bytes


@pytest.fixture
def refusal(read: Read) -> Refusal:
    """Reads bytes that must be refused, and hands out the error."""

    async def refused(data: bytes, name: str, media_type: str = "", **changed: float) -> InvalidArgument:
        with pytest.raises(InvalidArgument) as caught:
            await read(data, name, media_type, **changed)
        assert caught.value.field == "file_ids"
        assert name in caught.value.message
        return caught.value

    return refused
