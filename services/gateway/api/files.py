"""/v1/files: documents to learn from, as OpenAI's clients upload them."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path as FilePath
from typing import Annotated, BinaryIO, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from typing_extensions import TypedDict

from services.common.errors import InvalidArgument
from services.common.identifiers import FILE_ID_PATTERN
from services.gateway.api.callers import QueryCaller, Tenant, caller
from services.gateway.api.pages import PageBody, page_body
from services.gateway.api.parts import Parts
from services.gateway.api.streams import FileStream
from services.gateway.api.uploads import received_upload
from services.gateway.files import StoredFile
from services.gateway.training_files import TRAINING_PURPOSE

router = APIRouter(prefix="/v1/files", tags=["files"])

UPLOAD_PATH = "/v1/files"
PURPOSES = ("user_data", "assistants", TRAINING_PURPOSE)
_CHUNK_BYTES = 256 * 1024
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "purpose": {"type": "string", "enum": list(PURPOSES), "default": PURPOSES[0]},
                        "user": {"type": "string", "description": "End user inside your tenant; default `default`."},
                    },
                }
            }
        },
    }
}


class FileBody(TypedDict):
    """A file as OpenAI's clients know it, and the SHA-256 of its bytes; the time is in seconds since the epoch."""

    id: str
    object: Literal["file"]
    bytes: int
    created_at: int
    filename: str
    purpose: str
    status: Literal["processed"]
    sha256: str


class FileListBody(PageBody):
    """A page of files."""

    data: list[FileBody]


class FileDeletedBody(TypedDict):
    """A file is gone."""

    id: str
    object: Literal["file"]
    deleted: Literal[True]


FileId = Annotated[str, Path(description="Id of a file.", json_schema_extra={"pattern": FILE_ID_PATTERN})]


@router.post("", summary="Upload a file", openapi_extra=_FORM)
async def upload_file(
    request: Request,
    parts: Parts,
    tenant: Tenant,
    user: Annotated[str | None, Query(description="End user, where the form names none.")] = None,
) -> FileBody:
    """Keep a file to learn from; it goes to disk and on to the object store, never whole into memory."""
    async with received_upload(request, parts.limits.max_file_bytes) as upload:
        purpose = upload.fields.get("purpose", PURPOSES[0])
        if purpose not in PURPOSES:
            raise InvalidArgument(f"`purpose` must be one of {', '.join(PURPOSES)}.", field="purpose")
        who = caller(tenant, upload.fields.get("user", user))
        file = await parts.files.add(who.tenant, who.user, upload.path, upload.filename, upload.media_type, purpose)
    return _file_body(file)


@router.get("", summary="List files")
async def list_files(
    parts: Parts,
    who: QueryCaller,
    purpose: str = "",
    limit: Annotated[int, Query(ge=1, le=10_000)] = 10_000,
    after: Annotated[str, Query(description="Id of the last file of the page before.")] = "",
) -> FileListBody:
    """The user's files, newest first."""
    files = [file for file in await parts.files.all(who.tenant, who.user) if purpose in ("", file.purpose)]
    ids = [file.id for file in files]
    if after in ids:
        files = files[ids.index(after) + 1 :]
    return {
        **page_body([file.id for file in files], limit),
        "data": [_file_body(file) for file in files[:limit]],
    }


@router.get("/{file_id}", summary="Show a file")
async def show_file(file_id: FileId, parts: Parts, who: QueryCaller) -> FileBody:
    """What is known of one file."""
    return _file_body(await parts.files.get(who.tenant, who.user, file_id))


@router.get("/{file_id}/content", summary="Download a file", response_class=FileStream)
async def download_file(file_id: FileId, parts: Parts, who: QueryCaller) -> FileStream:
    """The bytes of one file, as they were uploaded."""
    with tempfile.TemporaryDirectory(prefix="lorelei-download-") as folder:
        path = FilePath(folder) / "content"
        file = await parts.files.copy(who.tenant, who.user, file_id, path)
        # Open, it outlives its name: whoever breaks off, nothing is left on disk.
        content = path.open("rb")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.filename)}",
        "Content-Length": str(file.bytes),
        "X-Content-Type-Options": "nosniff",
    }
    return FileStream(_streamed(content), headers=headers)


@router.delete("/{file_id}", summary="Delete a file")
async def delete_file(file_id: FileId, parts: Parts, who: QueryCaller) -> FileDeletedBody:
    """Delete a file; what was learned from it stays until its lesson is forgotten."""
    await parts.files.delete(who.tenant, who.user, file_id)
    return {"id": file_id, "object": "file", "deleted": True}


async def _streamed(content: BinaryIO) -> AsyncIterator[bytes]:
    with content:
        while chunk := await asyncio.to_thread(content.read, _CHUNK_BYTES):
            yield chunk


def _file_body(file: StoredFile) -> FileBody:
    return {
        "id": file.id,
        "object": "file",
        "bytes": file.bytes,
        "created_at": int(file.created_at),
        "filename": file.filename,
        "purpose": file.purpose,
        "status": "processed",
        "sha256": file.sha256,
    }
