"""Opens ZIP files that may be bombs. Does not know what is packed in them.

`zipfile` never hands out more of an entry than its declared size, so bounding the declared sizes bounds the reads.
Archives inside an archive are never opened.
"""

from pathlib import Path
from zipfile import ZipFile

from services.augmenter.reading.limits import MEBIBYTE, ReadingLimits
from services.augmenter.reading.refusals import Refusal, Refused

_MOST_ENTRIES = 10_000
_ENCRYPTED_FLAG = 0x1


def open_archive(path: Path, limits: ReadingLimits) -> ZipFile:
    """The archive at `path`; raise Refused where it is over the limits or encrypted, BadZipFile where it is none."""
    archive = ZipFile(path)
    entries = archive.infolist()
    if len(entries) > _MOST_ENTRIES:
        raise Refused(Refusal.TOO_MANY_PARTS)
    if sum(entry.file_size for entry in entries) > limits.unpacked_mebibytes * MEBIBYTE:
        raise Refused(Refusal.UNPACKS_TOO_LARGE)
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
        raise Refused(Refusal.ENCRYPTED)
    return archive
