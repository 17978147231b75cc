"""Reads bodies in bounded pieces, decoded, and writes them to files. Knows nothing of what they hold."""

import asyncio
import hashlib
import zlib
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import httpx

from services.augmenter.fetching.refusals import refusal

_PIECE_BYTES = 65536
_GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class SavedBody:
    """Length and hash of what was written."""

    bytes: int
    sha256: str


async def body_pieces(response: httpx.Response, host: str) -> AsyncGenerator[bytes, None]:
    """The decoded body, never more than 64 KiB at once, so that no bomb fills the memory.

    Only gzip was offered; another encoding, broken data or an early end raise InvalidArgument URL_UNREACHABLE.
    """
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise refusal("URL_UNREACHABLE", host, ": its answer is encoded in an unknown way")
    decoder = Gunzip() if "gzip" in encoding else None
    async for chunk in response.aiter_raw():
        try:
            for piece in decoder.pieces(chunk) if decoder else (chunk,):
                yield piece
        except zlib.error as error:
            raise refusal("URL_UNREACHABLE", host, ": its answer is broken") from error
    if decoder and not decoder.complete:
        raise refusal("URL_UNREACHABLE", host, ": its answer broke off")


async def save_body(response: httpx.Response, host: str, path: Path, limit_bytes: int) -> SavedBody:
    """Write the decoded body to `path`; raises InvalidArgument URL_TOO_LARGE and what reading raises.

    No file is left behind then.
    """
    declared = response.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit_bytes:
        raise refusal("URL_TOO_LARGE", host, _megabytes(limit_bytes))
    digest, written = hashlib.sha256(), 0
    with _new_file(path) as file:
        async with aclosing(body_pieces(response, host)) as pieces:
            async for piece in pieces:
                written += len(piece)
                if written > limit_bytes:
                    raise refusal("URL_TOO_LARGE", host, _megabytes(limit_bytes))
                digest.update(piece)
                await asyncio.to_thread(file.write, piece)
    return SavedBody(written, digest.hexdigest())


def _megabytes(limit_bytes: int) -> str:
    return f"{limit_bytes / 1_000_000:g} MB"


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that is gone again when what fills it fails."""
    try:
        with path.open("xb") as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise


class Gunzip:
    """Unpacks gzip, which may have several members, as it arrives."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP)
        self.complete = True

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """What `chunk` unpacks to, at most 64 KiB at a time; raises zlib.error."""
        while chunk:
            if self._member.eof:
                self._member = zlib.decompressobj(_GZIP)
            piece = self._member.decompress(chunk, _PIECE_BYTES)
            chunk = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            self.complete = self._member.eof
            if piece:
                yield piece
