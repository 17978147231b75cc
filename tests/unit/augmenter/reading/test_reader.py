"""The reading process: its limits, its end, and what it is not told."""

import asyncio
import os
from pathlib import Path

import pytest

from services.augmenter.reading import child, reader
from services.augmenter.reading.document import Document
from services.augmenter.reading.reader import DocumentReader
from services.common.errors import InvalidArgument
from tests.unit.augmenter.reading.conftest import Read, Refusal
from tests.unit.augmenter.reading.files import as_bytes, limits, pdf_bomb, pdf_report


@pytest.fixture
def stuck(tmp_path: Path) -> Path:
    """A file that nobody ever writes: reading it takes for ever."""
    path = tmp_path / "stuck"
    os.mkfifo(path)
    return path


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[asyncio.subprocess.Process]:
    """The processes that are started."""
    processes: list[asyncio.subprocess.Process] = []
    start = asyncio.create_subprocess_exec

    async def start_and_note(*command: str, **options: object) -> asyncio.subprocess.Process:
        process = await start(*command, **options)  # type: ignore[arg-type]
        processes.append(process)
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start_and_note)
    return processes


def is_gone(process: asyncio.subprocess.Process) -> bool:
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return process.returncode is not None
    return False


async def opened_by_reader(stuck: Path) -> int:
    """Wait until the reading process has the file open; return the writing end, which keeps it waiting."""
    return await asyncio.to_thread(os.open, stuck, os.O_WRONLY)


async def test_taking_too_long_is_too_large(stuck: Path, started: list[asyncio.subprocess.Process]) -> None:
    with pytest.raises(InvalidArgument) as caught:
        await DocumentReader(limits(seconds=0.5), 1).read(stuck, "slow.pdf")
    assert caught.value.reason == "DOCUMENT_TOO_LARGE"
    assert caught.value.message == "Reading slow.pdf took longer than 0.5 seconds. Send it in parts."
    assert is_gone(started[0])


@pytest.mark.parametrize("mebibytes", [0, 4])
async def test_too_little_memory_is_too_large(refusal: Refusal, mebibytes: int) -> None:
    error = await refusal(as_bytes(pdf_report()), "mill.pdf", memory_mebibytes=mebibytes)
    assert (error.reason, "memory" in error.message) == ("DOCUMENT_TOO_LARGE", True)


async def test_a_stream_that_unpacks_beyond_memory_is_too_large(refusal: Refusal) -> None:
    error = await refusal(pdf_bomb(200), "bomb.pdf", memory_mebibytes=64)
    assert (error.reason, "64 MiB of memory" in error.message) == ("DOCUMENT_TOO_LARGE", True)


async def test_too_many_characters_are_too_large(read: Read, refusal: Refusal) -> None:
    error = await refusal(b"a" * 101, "long.txt", characters=100)
    assert (error.reason, "100 characters" in error.message) == ("DOCUMENT_TOO_LARGE", True)
    assert len((await read(b"a" * 100, "long.txt", characters=100)).passages[0].text) == 100


async def test_cancelling_kills_the_process(stuck: Path, started: list[asyncio.subprocess.Process]) -> None:
    reading = asyncio.create_task(DocumentReader(limits(), 1).read(stuck, "a.txt"))
    writing_end = await opened_by_reader(stuck)
    while not started:
        # The process may be quicker than the call that starts it.
        await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    os.close(writing_end)
    assert is_gone(started[0])


async def test_only_so_many_are_read_at_once(
    stuck: Path, tmp_path: Path, started: list[asyncio.subprocess.Process]
) -> None:
    documents = DocumentReader(limits(), 1)
    (tmp_path / "quick").write_text("Mills grind.")
    first = asyncio.create_task(documents.read(stuck, "a.txt"))
    writing_end = await opened_by_reader(stuck)
    second = asyncio.create_task(documents.read(tmp_path / "quick", "b.txt"))
    await asyncio.sleep(0)
    assert len(started) == 1
    first.cancel()
    assert (await second).passages[0].text == "Mills grind."
    os.close(writing_end)


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import os; os.abort()", "DOCUMENT_TOO_LARGE"),
        ("import os; os.kill(os.getpid(), 9)", "DOCUMENT_TOO_LARGE"),
        ("import os; os.kill(os.getpid(), 11)", "DOCUMENT_DAMAGED"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "DOCUMENT_TOO_LARGE"),
        ("raise SystemExit(1)", "DOCUMENT_DAMAGED"),
        ("print('no document')", "DOCUMENT_DAMAGED"),
        ("print('made up'); raise SystemExit(3)", "DOCUMENT_DAMAGED"),
        ("import sys; sys.stdout.buffer.write(bytes(range(256))); raise SystemExit(3)", "DOCUMENT_DAMAGED"),
        ("while True: print('x' * 100000)", "DOCUMENT_TOO_LARGE"),
    ],
)
async def test_whatever_a_process_does_is_the_files_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, reason: str
) -> None:
    (tmp_path / "taken_over.py").write_text(program)
    monkeypatch.setattr(reader, "_ROOT", tmp_path)
    monkeypatch.setattr(child, "__name__", "taken_over")
    with pytest.raises(InvalidArgument) as caught:
        await DocumentReader(limits(characters=1000), 1).read(tmp_path / "a", "a.txt")
    assert caught.value.reason == reason


async def test_the_process_gets_no_secrets_and_keeps_to_its_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = f"""
import os, resource, sys
sys.path.insert(0, {str(Path.cwd())!r})
from services.augmenter.reading.confinement import confine_process
from services.augmenter.reading.document import Document, Passage, document_to_bytes
from services.augmenter.reading.limits import ReadingLimits
confine_process(ReadingLimits(2.5, 64, 1, 1, 1))
facts = [*sorted(os.environ), os.getcwd(), str(os.getsid(0) == os.getpid())]
kinds = ("RLIMIT_FSIZE", "RLIMIT_CORE", "RLIMIT_NPROC", "RLIMIT_CPU", "RLIMIT_NOFILE")
facts += [str(resource.getrlimit(getattr(resource, kind))) for kind in kinds]
try:
    bytearray(65 * 1024 * 1024)
except MemoryError:
    facts.append("no memory")
try:
    print("x", file=open({str(tmp_path / "written")!r}, "w"), flush=True)
except OSError:
    facts.append("no files")
sys.stdout.buffer.write(document_to_bytes(Document("", "", 0, tuple(map(Passage, facts)))))
"""
    (tmp_path / "look.py").write_text(program)
    monkeypatch.setenv("LORELEI_AUGMENTER_TEACHER_API_KEY", "secret")
    monkeypatch.setattr(reader, "_ROOT", tmp_path)
    monkeypatch.setattr(child, "__name__", "look")
    document = await DocumentReader(limits(), 1).read(tmp_path / "a", "a.txt")
    assert [passage.text for passage in document.passages] == [
        *("LANG", "PATH", "PYTHONPATH", "/", "True"),
        *("(0, 0)", "(0, 0)", "(0, 0)", "(4, 4)", "(32, 32)"),
        *("no memory", "no files"),
    ]


async def test_a_relative_path_is_read_and_other_folders_named_services_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "services").mkdir()
    (tmp_path / "services/__init__.py").write_text("raise RuntimeError")
    (tmp_path / "note").write_text("Mills grind.")
    monkeypatch.chdir(tmp_path)
    document: Document = await DocumentReader(limits(), 1).read(Path("note"), "note.txt")
    assert document.passages[0].text == "Mills grind."
