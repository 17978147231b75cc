"""Takes an adapter's files out of a zip file that anybody may have made. Knows nothing of what is in them.

Members are read into memory by their known names, so no path of the zip file ever meets the file system.
"""

import mmap
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from services.common.errors import InvalidArgument
from services.common.keys import ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE, MANIFEST_FILE

MEBIBYTE = 1 << 20
MAX_ENTRIES = 256
REQUEST_TOO_LARGE = "REQUEST_TOO_LARGE"

_NAMES = (ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE, MANIFEST_FILE)
_MAX_JSON_BYTES = MEBIBYTE
# The others decompress without a bound on what one read gives.
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENTRY_SIGNATURE = b"PK\x01\x02"
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, OverflowError, struct.error)


@dataclass(frozen=True)
class PeftFiles:
    """The files of an adapter; whether they are sound is not known. `manifest` is None where there was none."""

    config: bytes
    weights: bytes
    manifest: bytes | None


def read_archive(packed: BinaryIO, max_bytes: int) -> PeftFiles:
    """Read the adapter that lies at the top of the zip file `packed`, a real file, or in one folder of it. Blocks.

    Raises InvalidArgument for what is no zip file, holds no such adapter or two, or more than `max_bytes` unpacked.
    """
    try:
        _check_entries(packed)
        with zipfile.ZipFile(packed) as archive:
            members = _members(archive.infolist())
            _check_sizes(members, max_bytes)
            files = {name: _read(archive, member) for name, member in members.items()}
    except _UNREADABLE as error:
        raise _refused("is damaged, encrypted, or no zip file at all.") from error
    return PeftFiles(files[ADAPTER_CONFIG_FILE], files[ADAPTER_WEIGHTS_FILE], files.get(MANIFEST_FILE))


def too_large(max_bytes: int, what: str) -> InvalidArgument:
    """Make the error that says that `what` is larger than `max_bytes`."""
    return InvalidArgument(
        f"The zip file is too large; {what}, at most {max_bytes / MEBIBYTE:.0f} MiB are allowed.",
        field="body",
        reason=REQUEST_TOO_LARGE,
    )


def _check_entries(packed: BinaryIO) -> None:
    """Refuse many entries before zipfile makes an object of each; every one begins with the signature."""
    with mmap.mmap(packed.fileno(), 0, access=mmap.ACCESS_READ) as content:
        found, position = 0, content.find(_ENTRY_SIGNATURE)
        while position >= 0:
            found += 1
            if found > MAX_ENTRIES:
                raise _refused(f"has too many entries; at most {MAX_ENTRIES} are allowed.")
            position = content.find(_ENTRY_SIGNATURE, position + 1)


def _members(entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The adapter's files by name; all others are ignored."""
    found: dict[str, zipfile.ZipInfo] = {}
    folders = set()
    for entry in entries:
        folder, _, name = entry.filename.rpartition("/")
        if name not in _NAMES:
            continue
        if name in found:
            raise _refused(f"holds {name} more than once.")
        found[name] = entry
        folders.add(folder)
    for name in (ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE):
        if name not in found:
            raise _refused(f"does not hold {name}; an adapter is a PEFT folder with weights in safetensors.")
    if len(folders) > 1 or "/" in folders.pop():
        raise _refused("must hold the adapter's files at its top, or together in one folder.")
    return found


def _check_sizes(members: Mapping[str, zipfile.ZipInfo], max_bytes: int) -> None:
    for name in (ADAPTER_CONFIG_FILE, MANIFEST_FILE):
        if name in members and members[name].file_size > _MAX_JSON_BYTES:
            raise _refused(f"holds too large a {name}; at most {_MAX_JSON_BYTES / MEBIBYTE:.0f} MiB are allowed.")
    if sum(member.file_size for member in members.values()) > max_bytes:
        raise too_large(max_bytes, "unpacked")


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The member, never more of it than its entry says; zipfile compares its checksum."""
    if member.compress_type not in _COMPRESSIONS:
        raise _refused("is compressed in an unusual way; use deflate, or none.")
    with archive.open(member) as file:
        # Given a size, zipfile decompresses no more than that at once.
        return file.read(member.file_size + 1)


def _refused(problem: str) -> InvalidArgument:
    return InvalidArgument(f"The zip file {problem}", field="body", reason="ARCHIVE_INVALID")
