"""Which zip files are read as adapters, and what is said of the others."""

import io
import random
import struct
import tempfile
import warnings
import zipfile
from collections.abc import Mapping, Sequence

import pytest

from services.common.errors import InvalidArgument
from services.gateway.peft_archive import MAX_ENTRIES, MEBIBYTE, PeftFiles, read_archive

FILES = {"adapter_config.json": b"{}", "adapter_model.safetensors": b"weights"}
COMPRESSIONS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]
SOUND = PeftFiles(b"{}", b"weights", None)


def packed(files: Mapping[str, bytes] | Sequence[tuple[str, bytes]], compression: int = zipfile.ZIP_STORED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        for name, data in files.items() if isinstance(files, Mapping) else files:
            archive.writestr(name, data)
    return content.getvalue()


def unpack(content: bytes, max_bytes: int = 2 * MEBIBYTE) -> PeftFiles:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        return read_archive(file, max_bytes)  # type: ignore[arg-type]


@pytest.mark.parametrize("folder", ["", "folder/", "../"])
@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_an_adapter_is_read_from_the_top_or_from_one_folder(folder: str, compression: int) -> None:
    others = {"README.md": b"?", f"{folder}tokenizer.json": b"{}", "__MACOSX/folder/._adapter_config.json": b"?"}
    files = {f"{folder}{name}": data for name, data in FILES.items()}
    assert unpack(packed({**files, **others}, compression)) == SOUND
    with_manifest = unpack(packed({**files, f"{folder}manifest.json": b"M"}, compression))
    assert with_manifest.manifest == b"M"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no zip file"),
        (b"PK not really", "no zip file"),
        (packed({}), "adapter_config.json"),
        (packed({"adapter_config.json": b"{}", "adapter_model.bin": b"pickle"}), "safetensors"),
        (packed([*FILES.items(), ("adapter_config.json", b"{}")]), "more than once"),
        (packed({**FILES, "checkpoint-8/adapter_config.json": b"{}"}), "more than once"),
        (packed({"a/adapter_config.json": b"{}", "b/adapter_model.safetensors": b""}), "one folder"),
        (packed({f"a/b/{name}": data for name, data in FILES.items()}), "one folder"),
        (packed(FILES, zipfile.ZIP_LZMA), "unusual way"),
        (packed(FILES, zipfile.ZIP_BZIP2), "unusual way"),
        (packed({**FILES, **{str(number): b"" for number in range(MAX_ENTRIES)}}), "too many entries"),
        (packed({**FILES, "manifest.json": b" " * (MEBIBYTE + 1)}, zipfile.ZIP_DEFLATED), "manifest.json"),
        (packed({**FILES, "adapter_model.safetensors": bytes(3 * MEBIBYTE)}, zipfile.ZIP_DEFLATED), "at most 2 MiB"),
    ],
)
def test_anything_else_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message) as refused:
        unpack(content)
    assert refused.value.field == "body"


def test_an_entry_that_lies_about_its_size_gives_no_more_than_it_says() -> None:
    content = packed({**FILES, "adapter_model.safetensors": bytes(3 * MEBIBYTE)}, zipfile.ZIP_DEFLATED)
    lying = content.replace(struct.pack("<I", 3 * MEBIBYTE), struct.pack("<I", 16))
    with pytest.raises(InvalidArgument, match="damaged"):
        unpack(lying)


def test_an_encrypted_entry_is_refused() -> None:
    content = bytearray(packed(FILES))
    entry = content.index(b"PK\x01\x02")
    content[entry + 8] |= 1
    content[6] |= 1
    with pytest.raises(InvalidArgument, match="encrypted"):
        unpack(bytes(content))


def test_damage_anywhere_is_refused_or_harmless() -> None:
    chance = random.Random(0)
    fields: set[str | None] = set()
    read: list[PeftFiles] = []
    for whole in (packed({**FILES, "manifest.json": b"M"}, compression) for compression in COMPRESSIONS):
        for _ in range(1500):
            content = bytearray(whole)
            for _ in range(chance.randint(1, 3)):
                content[chance.randrange(len(content))] = chance.randrange(256)
            del content[chance.choice([len(content), chance.randrange(len(content))]) :]
            try:
                read.append(unpack(bytes(content)))
            except InvalidArgument as error:
                fields.add(error.field)
    assert fields == {"body"}
    assert read
    assert {(files.config, files.weights) for files in read} == {
        (FILES["adapter_config.json"], FILES["adapter_model.safetensors"])
    }
    assert {files.manifest for files in read} <= {b"M", None}
