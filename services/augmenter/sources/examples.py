"""Fetches and reads files of chat examples. Knows nothing of what is made of them."""

import asyncio
import tempfile
from pathlib import Path

from services.augmenter.sources.documents import DocumentFile, fetch_file
from services.common.chat_examples import ChatExample, ExampleLimits, read_examples
from services.common.datasets import Source
from services.common.object_store import ObjectStore


class ExampleSource:
    """Brings files of chat examples from the object store."""

    def __init__(self, store: ObjectStore, limits: ExampleLimits) -> None:
        self._store = store
        self._limits = limits

    async def read(self, tenant: str, user: str, file: DocumentFile) -> tuple[Source, tuple[ChatExample, ...]]:
        """A file of the user's; raises NotFound where it is gone, InvalidArgument that names the line at fault."""
        with tempfile.TemporaryDirectory(prefix="lorelei-examples-") as folder:
            path = Path(folder) / file.file_id
            sha256 = await fetch_file(self._store, tenant, user, file, path)
            examples = await asyncio.to_thread(read_examples, path, self._limits)
        return Source(title=file.name, address=file.file_id, sha256=sha256), examples
