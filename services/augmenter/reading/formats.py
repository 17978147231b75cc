"""Tells a file's format by its content. Does not read its text.

Name and media type only decide between the text formats, which no content tells apart for sure.
"""

import mmap
import re
from enum import StrEnum
from pathlib import Path
from zipfile import ZipFile

from services.augmenter.reading.archive import open_archive
from services.augmenter.reading.limits import ReadingLimits
from services.augmenter.reading.refusals import Refusal, Refused


class Format(StrEnum):
    """The formats that can be read."""

    PDF = "pdf"
    DOCX = "docx"
    PPTX = "pptx"
    EPUB = "epub"
    HTML = "html"
    MARKDOWN = "markdown"
    PLAIN = "plain"


_HEAD_BYTES = 4096
_PDF = re.compile(rb"(?:^|[\r\n])(?:\xef\xbb\xbf)?%PDF-\d")
_PDF_WITHIN_BYTES = 1024
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHER_MARKUP = (b"{\\rtf", b"%!PS", b"<?xml", b"<svg")
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?>(?:<!--.*?-->\s*)*)<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_TAG = re.compile(rb"</?[a-z][a-z0-9]*[\s>/]", re.IGNORECASE)
_BY_MEDIA_TYPE = {
    "text/html": Format.HTML,
    "application/xhtml+xml": Format.HTML,
    "text/markdown": Format.MARKDOWN,
    "text/x-markdown": Format.MARKDOWN,
}
_BY_SUFFIX = {
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".xhtml": Format.HTML,
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
}
_BY_ENTRY = {
    "word/document.xml": Format.DOCX,
    "ppt/presentation.xml": Format.PPTX,
    "META-INF/container.xml": Format.EPUB,
}


def detect_format(path: Path, suffix: str, media_type: str, limits: ReadingLimits) -> Format:
    """The format of the file at `path`; raise Refused where it is empty, encrypted, unknown or over the limits.

    `suffix` is the end of the name its owner gave it, with the dot; BadZipFile says that a ZIP file is damaged.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head:
        raise Refused(Refusal.EMPTY)
    if _PDF.search(head[:_PDF_WITHIN_BYTES]):
        return Format.PDF
    if head.startswith(_ZIP):
        with open_archive(path, limits) as archive:
            return _packed_format(archive)
    if head.startswith(_OLE):
        raise Refused(Refusal.ENCRYPTED if _holds(path, _OLE_ENCRYPTED) else Refusal.UNKNOWN_FORMAT)
    return _text_format(head, suffix, media_type)


def _packed_format(archive: ZipFile) -> Format:
    names = frozenset(archive.namelist())
    for name, kind in _BY_ENTRY.items():
        if name in names:
            return kind
    raise Refused(Refusal.UNKNOWN_FORMAT)


def _holds(path: Path, wanted: bytes) -> bool:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(wanted) >= 0


def _text_format(head: bytes, suffix: str, media_type: str) -> Format:
    start = head.removeprefix(b"\xef\xbb\xbf")
    if _HTML.match(start):
        return Format.HTML
    if start.lstrip().startswith(_OTHER_MARKUP):
        raise Refused(Refusal.UNKNOWN_FORMAT)
    claimed = _BY_SUFFIX.get(suffix.lower()) or _BY_MEDIA_TYPE.get(media_type.partition(";")[0].strip().lower())
    if claimed is Format.HTML and not _TAG.search(start):
        return Format.PLAIN
    return claimed or Format.PLAIN
