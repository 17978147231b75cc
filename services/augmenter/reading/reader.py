"""Reads files in processes of their own, for as long and as much as the limits allow. Does not know any format."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog

from services.augmenter.reading import child
from services.augmenter.reading.document import Document, document_from_bytes
from services.augmenter.reading.limits import ReadingLimits
from services.augmenter.reading.refusals import Refusal, Refused, refusal_error

__all__ = ["DocumentReader", "ReadingLimits"]

_log = structlog.get_logger()

# Where the package `services` lies.
_ROOT = Path(child.__file__).parents[3]
_CHUNK_BYTES = 64 * 1024
# A passage of one letter under headings of its own takes no more in JSON.
_BYTES_PER_CHARACTER = 64
_LONGEST_ERROR_NAME = 60
# The system kills when memory is short; PDFium aborts when it gets none.
_OUT_OF_MEMORY = (-signal.SIGKILL, -signal.SIGABRT)


class DocumentReader:
    """Turns files into documents, `at_once` of them at the same time."""

    def __init__(self, limits: ReadingLimits, at_once: int) -> None:
        self._limits = limits
        self._slots = asyncio.Semaphore(at_once)

    async def read(self, path: Path, name: str, media_type: str = "") -> Document:
        """The text of the file at `path`, which its owner calls `name`.

        Raises InvalidArgument where it cannot be read; whatever the file does to its reader is the file's fault.
        """
        try:
            async with self._slots:
                status, output = await self._run(path, name, media_type)
            if status == 0:
                return await asyncio.to_thread(document_from_bytes, output)
            raise Refused(_refusal(status, output))
        except ValueError:
            refusal = Refusal.DAMAGED
        except Refused as refused:
            refusal = refused.refusal
        raise refusal_error(refusal, name, self._limits)

    async def _run(self, path: Path, name: str, media_type: str) -> tuple[int, bytes]:
        """Exit status and output of the reading process; raise Refused when it takes or tells too much."""
        try:
            async with (
                asyncio.timeout(self._limits.seconds),
                _reading_process(self._request(path, name, media_type)) as process,
            ):
                output = await self._output(process)
                return await process.wait(), output
        except TimeoutError:
            raise Refused(Refusal.TOO_SLOW) from None

    def _request(self, path: Path, name: str, media_type: str) -> str:
        return child.request_argument(path, name, media_type, self._limits)

    async def _output(self, process: asyncio.subprocess.Process) -> bytes:
        most = self._limits.characters * _BYTES_PER_CHARACTER + _CHUNK_BYTES
        output = bytearray()
        while chunk := await _stdout(process).read(_CHUNK_BYTES):
            output += chunk
            if len(output) > most:
                raise Refused(Refusal.TOO_MANY_CHARACTERS)
        return bytes(output)


@asynccontextmanager
async def _reading_process(request: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A reading process in a session of its own; at the end all of the session is gone."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-s", "-B", "-m", child.__name__, request),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        # None of the service's environment, which holds its secrets.
        env={"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        # asyncio only sees the end of a process whose output was taken.
        while await _stdout(process).read(_CHUNK_BYTES):
            pass
        await process.wait()


def _stdout(process: asyncio.subprocess.Process) -> asyncio.StreamReader:
    if process.stdout is None:
        raise RuntimeError("the reading process was started without a pipe")
    return process.stdout


def _refusal(status: int, output: bytes) -> Refusal:
    """What a reading process said, or what its end means; raise ValueError when it said nothing sensible."""
    if status == child.REFUSED:
        told, _, error = output.decode(errors="replace").partition(" ")
        refusal = Refusal(told)
        _log.info("document_refused", refusal=refusal.value, error=error[:_LONGEST_ERROR_NAME])
        return refusal
    _log.warning("document_reader_died", status=status)
    if status == -signal.SIGXCPU:
        return Refusal.TOO_SLOW
    return Refusal.TOO_MUCH_MEMORY if status in _OUT_OF_MEMORY else Refusal.DAMAGED
