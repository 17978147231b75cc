"""Checks files of chat examples before anything is queued. Knows nothing of HTTP or of how examples are taught."""

import asyncio
import tempfile
from pathlib import Path

from services.common.chat_examples import ExampleLimits, read_examples
from services.common.errors import InvalidArgument, NotFound
from services.gateway.files import FileShelf, StoredFile
from services.gateway.learning.jobs import JobFile

TRAINING_PURPOSE = "fine-tune"


class TrainingFiles:
    """The files that users have uploaded to fine-tune by."""

    def __init__(self, files: FileShelf, limits: ExampleLimits) -> None:
        self._files = files
        self._limits = limits

    async def checked(self, tenant: str, user: str, file_id: str) -> JobFile:
        """The user's file, read once from end to end; no more of it is in memory than the limits allow.

        Raises NotFound, or InvalidArgument for a file of another purpose, or with the line at fault.
        """
        try:
            file = await self._files.get(tenant, user, file_id)
            self._check(file)
            with tempfile.TemporaryDirectory(prefix="lorelei-training-") as folder:
                path = Path(folder) / "examples"
                await self._files.copy(tenant, user, file_id, path)
                await asyncio.to_thread(read_examples, path, self._limits)
        except NotFound as error:
            raise NotFound(error.message, field="training_file") from error
        return JobFile(file.id, file.filename, file.media_type)

    def _check(self, file: StoredFile) -> None:
        if file.purpose != TRAINING_PURPOSE:
            raise _invalid(
                f"{file.id} was uploaded with the purpose {file.purpose!r}; upload it with {TRAINING_PURPOSE!r}."
            )
        if file.bytes > self._limits.bytes:
            raise _invalid(f"The file has {file.bytes} bytes; {self._limits.bytes} are the most.")


def _invalid(message: str) -> InvalidArgument:
    return InvalidArgument(message, field="training_file", reason="INVALID_TRAINING_FILE")
