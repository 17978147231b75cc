"""Fetches and reads documents: files of the user's, and pages behind links. Knows nothing of what is done with them."""

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path

from services.augmenter.fetching import PageFetcher
from services.augmenter.reading.document import Document
from services.augmenter.reading.reader import DocumentReader
from services.common.datasets import Source
from services.common.errors import NotFound
from services.common.keys import document_key
from services.common.object_store import ObjectStore

# Whatever of these a page says it is, its format is told by its content.
MEDIA_TYPES = (
    "text/html",
    "application/xhtml+xml",
    "text/plain",
    "text/markdown",
    "text/x-markdown",
    "application/pdf",
    "application/epub+zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/octet-stream",
)


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A file of a user's that lies in the object store; the media type may be empty or wrong."""

    file_id: str
    name: str
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document, and where it is from."""

    source: Source
    document: Document


class DocumentSource:
    """Brings documents into `folder`, which the caller removes."""

    def __init__(self, store: ObjectStore, reader: DocumentReader, fetcher: PageFetcher) -> None:
        self._store = store
        self._reader = reader
        self._fetcher = fetcher

    async def file(self, tenant: str, user: str, file: DocumentFile, folder: Path) -> ReadDocument:
        """A file of the user's; raises NotFound where it is gone, InvalidArgument where it cannot be read."""
        path = folder / file.file_id
        sha256 = await fetch_file(self._store, tenant, user, file, path)
        document = await self._reader.read(path, file.name, file.media_type)
        return ReadDocument(_source(document, file.name, file.file_id, sha256), document)

    async def page(self, url: str, folder: Path) -> ReadDocument:
        """What lies behind a link; raises InvalidArgument where it cannot or must not be fetched or read."""
        page = await self._fetcher.fetch(url, folder)
        document = await self._reader.read(page.path, page.name, page.media_type)
        return ReadDocument(_source(document, page.name, page.url, page.sha256), document)


async def fetch_file(store: ObjectStore, tenant: str, user: str, file: DocumentFile, path: Path) -> str:
    """Write a file of the user's to `path` and return its SHA-256, hexadecimal; raises NotFound where it is gone."""
    try:
        await store.get_file(document_key(tenant, user, file.file_id), path)
    except NotFound as error:
        raise NotFound(f"The file {file.name} is gone; upload it again.", field="file_ids") from error
    return await asyncio.to_thread(_sha256, path)


def _source(document: Document, name: str, address: str, sha256: str) -> Source:
    return Source(
        title=document.title or name, address=address, date=document.date, sha256=sha256, pages=document.pages
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
