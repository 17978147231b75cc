"""Receives one file in a multipart form, on disk and within limits. Knows nothing of where it goes."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from services.common.errors import Cancelled, InvalidArgument
from services.gateway.api.texts import check_text

_FILE = "file"
_MAX_FIELDS = 16
_MAX_FIELD_BYTES = 4096
# Of the form around the file.
_FORM_BYTES = 64 * 1024
_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Upload:
    """A file on disk, as its sender calls it, and the other fields of its form."""

    path: Path
    filename: str
    media_type: str
    fields: dict[str, str]


@asynccontextmanager
async def received_upload(request: Request, max_bytes: int) -> AsyncIterator[Upload]:
    """The form's file, gone at the end.

    Raises InvalidArgument for a form that is not as it must be or a file larger than `max_bytes`, Cancelled when the
    client leaves.
    """
    if int(request.headers.get("content-length") or 0) > max_bytes + _FORM_BYTES:
        raise _too_large(max_bytes)
    form = await _form(request, max_bytes)
    try:
        file, fields = _parts_of(form)
        with tempfile.NamedTemporaryFile() as copy:
            size = await asyncio.to_thread(_copy, file, Path(copy.name))
            if size > max_bytes:
                raise _too_large(max_bytes)
            if not size:
                raise InvalidArgument("The file is empty.", field=_FILE)
            yield Upload(Path(copy.name), file.filename or "file", file.content_type or "", fields)
    finally:
        await form.close()


class _WholeFormParser(MultiPartParser):
    """Starlette's parser, but a form that stops before its end is refused: its last fields would be missed."""

    _ended = False

    def on_end(self) -> None:
        self._ended = True

    async def parse(self) -> FormData:
        form = await super().parse()
        if not self._ended:
            # What it had begun is not in the form yet.
            for file in self._files_to_close_on_error:
                file.close()
            raise MultiPartException("The form stops before its end.")
        return form


async def _form(request: Request, max_bytes: int) -> FormData:
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise InvalidArgument("Send the file as multipart/form-data, in a part called `file`.", field=_FILE)
    parser = _WholeFormParser(
        request.headers,
        _bounded(request, max_bytes),
        max_files=1,
        max_fields=_MAX_FIELDS,
        max_part_size=_MAX_FIELD_BYTES,
    )
    try:
        return await parser.parse()
    except ClientDisconnect as error:
        raise Cancelled("The upload was broken off.") from error
    except (MultiPartException, KeyError, UnicodeError) as error:
        raise InvalidArgument(
            "The form cannot be read; send one file in a part called `file`, and short fields.", field=_FILE
        ) from error


async def _bounded(request: Request, max_bytes: int) -> AsyncGenerator[bytes, None]:
    """The body, as long as it is not too long: a declared length may lie or be missing."""
    seen = 0
    async for chunk in request.stream():
        seen += len(chunk)
        if seen > max_bytes + _FORM_BYTES:
            raise _too_large(max_bytes)
        yield chunk


def _parts_of(form: FormData) -> tuple[UploadFile, dict[str, str]]:
    file = form.get(_FILE)
    if not isinstance(file, UploadFile):
        raise InvalidArgument("The form has no part called `file` with a file name.", field=_FILE)
    return file, {name: check_text(value, name) for name, value in form.items() if isinstance(value, str)}


def _copy(file: UploadFile, path: Path) -> int:
    file.file.seek(0)
    with path.open("wb") as target:
        shutil.copyfileobj(file.file, target, _MEBIBYTE)
        return target.tell()


def _too_large(max_bytes: int) -> InvalidArgument:
    return InvalidArgument(
        f"The file is too large; at most {max_bytes / _MEBIBYTE:.0f} MiB are allowed.",
        field=_FILE,
        reason="REQUEST_TOO_LARGE",
    )
