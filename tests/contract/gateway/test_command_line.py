"""The real `lorelei` command against a whole gateway."""

import asyncio
import io
import json
import os
import pty
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from structlog.testing import capture_logs

from services.cli.__main__ import main
from tests.contract.conftest import free_port
from tests.contract.gateway.adapter_files import validation
from tests.contract.gateway.conftest import Running
from tests.contract.gateway.manifests import manifest_of
from tests.contract.gateway.services import Training
from tests.contract.gateway.test_imports import live
from tests.contract.gateway.test_lessons import put_document_lesson, two_lessons

ROOT = Path(__file__).parents[3]
FACT = "My dog is called Biscuit."
_COLOURS = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    errors: str

    def document(self) -> Any:
        """Its one JSON document."""
        return json.loads(self.out)

    def lines(self) -> list[Any]:
        """Its lines of JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


class Terminal:
    """What a person sees and types."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._unread = b""

    async def read_until(self, text: str) -> None:
        """Return when `text` is shown, after all that was waited for before, in whatever colours."""
        while text.encode() not in _COLOURS.sub(b"", self._unread):
            self._unread += await asyncio.to_thread(os.read, self._descriptor, 4096)
        self._unread = _COLOURS.sub(b"", self._unread).partition(text.encode())[2]

    def type(self, text: str) -> None:
        """Type `text`."""
        os.write(self._descriptor, text.encode())


def surroundings(running: Running, user: str, more: dict[str, str]) -> dict[str, str]:
    neutral = {name: value for name, value in os.environ.items() if not name.startswith("LORELEI_")}
    here = {"LORELEI_URL": running.url, "LORELEI_API_KEY": running.key, "LORELEI_USER": user, "COLUMNS": "200"}
    return {**neutral, **here, **more}


async def started(running: Running, user: str, *arguments: str, **more: str) -> asyncio.subprocess.Process:
    """The command as `user`, in a process of its own."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.cli", *arguments),
        cwd=ROOT,
        env=surroundings(running, user, more),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@asynccontextmanager
async def at_a_terminal(
    running: Running, user: str, *arguments: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, Terminal]]:
    """The same, with a terminal."""
    ours, its = pty.openpty()
    try:
        command = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.cli", *arguments),
            cwd=ROOT,
            env=surroundings(running, user, {"TERM": "xterm"}),
            stdin=its,
            stdout=its,
            stderr=its,
        )
        os.close(its)
        try:
            async with asyncio.timeout(60):
                yield command, Terminal(ours)
        finally:
            if command.returncode is None:
                command.kill()
    finally:
        os.close(ours)


async def ended(command: asyncio.subprocess.Process) -> Ended:
    async with asyncio.timeout(60):
        out, errors = await command.communicate()
    return Ended(command.returncode or 0, out.decode(), errors.decode())


async def lorelei(running: Running, user: str, *arguments: str, said: str = "", **more: str) -> Ended:
    """The command as `user`, in a thread of this process, which is quicker; it reads what is `said`."""
    with (
        patch.dict(os.environ, surroundings(running, user, more), clear=True),
        patch.object(sys, "argv", ["lorelei", *arguments]),
        patch.object(sys, "stdin", io.StringIO(said)),
        redirect_stdout(io.StringIO()) as out,
        redirect_stderr(io.StringIO()) as errors,
        # The gateway's, which runs in this process too.
        capture_logs(),
    ):
        async with asyncio.timeout(60):
            code = await asyncio.to_thread(_exit_code)
    return Ended(code, out.getvalue(), errors.getvalue())


def _exit_code() -> int:
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


async def test_a_lesson_is_learned_listed_and_forgotten(running: Running) -> None:
    learned = await ended(await started(running, "typist", "learn", FACT, "--json"))
    assert learned.code == 0, learned.errors
    *events, job = learned.lines()
    stages = list(dict.fromkeys(event["state"] for event in events))
    assert stages == ["QUEUED", "PREPARING", "TRAINING", "EVALUATING", "ACTIVATING", "LIVE"]
    assert (job["object"], job["state"], job["statement"]) == ("learn.job", "LIVE", FACT)
    (listed,) = (await lorelei(running, "typist", "jobs", "--json")).document()["data"]
    assert listed == job
    assert "Learned" in (await lorelei(running, "typist", "jobs", "show", job["id"])).out
    forgotten = await lorelei(running, "typist", "forget", job["id"], "--yes")
    assert (forgotten.code, "You have no lesson" in forgotten.errors) == (1, True)


async def test_a_rejected_lesson_ends_with_one(running: Running) -> None:
    training = Training(reasons=("It could not recall the name.",))
    training.may_end.set()
    running.services.trainer.trainings["typist-unlucky"] = training
    refused = await lorelei(running, "typist-unlucky", "learn", FACT)
    assert (refused.code, "It could not recall the name." in refused.out) == (1, True)


async def test_an_interrupted_command_leaves_the_lesson_running(running: Running) -> None:
    user = "typist-hasty"
    training = running.services.trainer.trainings[user] = Training()
    command = await started(running, user, "learn", FACT, "--json")
    assert command.stdout is not None
    async with asyncio.timeout(60):
        while b"TRAINING" not in await command.stdout.readline():
            pass
        command.send_signal(signal.SIGINT)
    left = await ended(command)
    assert left.code == 130
    (job,) = (await lorelei(running, user, "jobs", "--json")).document()["data"]
    assert f"lorelei jobs follow {job['id']}" in left.errors
    training.may_end.set()
    followed = await lorelei(running, user, "jobs", "follow", job["id"], "--json")
    assert (followed.code, followed.lines()[-1]["state"]) == (0, "LIVE")


@pytest.mark.parametrize(("answer", "state"), [("y", "CANCELLED"), ("n", "LIVE")])
async def test_at_a_terminal_an_interrupt_asks_whether_to_cancel(answer: str, state: str, running: Running) -> None:
    user = f"typist-asked-{answer}"
    training = running.services.trainer.trainings[user] = Training()
    async with at_a_terminal(running, user, "learn", FACT) as (command, terminal):
        await terminal.read_until("Training 2/4")
        command.send_signal(signal.SIGINT)
        await terminal.read_until("[y/N]")
        terminal.type(f"{answer}\n")
        await terminal.read_until("Cancelled;" if answer == "y" else "goes on")
        assert await command.wait() == 130
    training.may_end.set()
    (job,) = (await lorelei(running, user, "jobs", "--json")).document()["data"]
    followed = await lorelei(running, user, "jobs", "follow", job["id"], "--json")
    assert followed.lines()[-1]["state"] == state


async def test_a_lesson_is_detached_and_cancelled(running: Running) -> None:
    user = "typist-doubtful"
    running.services.trainer.trainings[user] = Training()
    detached = await lorelei(running, user, "learn", FACT, "--detach")
    job = detached.out.strip()
    async with asyncio.timeout(30):
        await running.services.trainer.has_begun(user).wait()
    assert (await lorelei(running, user, "jobs", "cancel", job)).code == 0
    followed = await lorelei(running, user, "jobs", "follow", job, "--json")
    assert (followed.code, followed.lines()[-1]["state"]) == (1, "CANCELLED")


async def test_files_are_uploaded_and_learned_from(running: Running, tmp_path: Path) -> None:
    file = tmp_path / "harbour.txt"
    file.write_text("The harbour opened in 1871.")
    started_job = await lorelei(running, "typist-reader", "learn", "--file", str(file), "--detach", "--json")
    assert started_job.code == 0, started_job.out
    job = started_job.document()
    assert (job["kind"], len(job["file_ids"])) == ("document", 1)


async def test_lessons_and_versions_are_shown_and_switched(running: Running) -> None:
    user = "typist-curious"
    old, new = await two_lessons(running, user)
    lessons = await lorelei(running, user, "lessons")
    assert [line.split()[1] for line in lessons.out.splitlines()[1:]] == [new.job_id, old.job_id]
    assert "Ada leads Velt." in (await lorelei(running, user, "lessons", "show", str(old.job_id))).out
    assert (await lorelei(running, user, "adapters", "name", old.version, "first")).code == 0
    assert (await lorelei(running, user, "activate", "first", "--json")).document()["active_version"] == old.version
    versions = (await lorelei(running, user, "adapters", "--json")).document()["data"]
    assert [(one["version"], one["active"]) for one in versions] == [(new.version, False), (old.version, True)]
    assert (await lorelei(running, user, "adapters", "show", new.version)).code == 0
    assert (await lorelei(running, user, "adapters", "delete", old.version)).code == 1
    assert (await lorelei(running, user, "adapters", "delete", new.version)).code == 0


async def test_a_lesson_from_documents_shows_its_sources(running: Running) -> None:
    manifest = manifest_of("typist-historian")
    await running.registry.publish(manifest, None)
    put_document_lesson(running, "typist-historian", str(manifest.job_id))
    shown = await lorelei(running, "typist-historian", "lessons", "show", str(manifest.job_id))
    assert "The pier was sold.  Annual report, p. 4" in shown.out
    others = await lorelei(running, "typist-stranger", "lessons", "show", str(manifest.job_id))
    assert (others.code, "You have no lesson" in others.errors) == (1, True)


async def test_a_version_travels_through_a_file(running: Running, tmp_path: Path) -> None:
    user, file = "typist-mover", tmp_path / "mine.zip"
    running.services.inference.check = validation(running.objects, tmp_path / "scratch")
    try:
        manifest, _ = await live(running, user)
        exported = await lorelei(running, user, "export", "-o", str(file), "--json")
        assert (exported.code, exported.document()["version"]) == (0, manifest.version), exported.errors
        imported = await lorelei(running, user, "import", str(file), "--name", "back", "--json")
    finally:
        running.services.inference.check = None
    assert (imported.code, imported.document()["name"]) == (0, "back"), imported.errors
    file.write_bytes(b"not a zip file")
    assert (await lorelei(running, user, "import", str(file))).code == 1


async def test_a_conversation_is_answered_rated_and_forgotten_with_its_end(running: Running) -> None:
    user = "typist-talker"
    once = await lorelei(running, user, "chat", "Hello there")
    assert (once.code, once.out) == (0, "Hello there \n")
    talk = await lorelei(running, user, "chat", "--json", said="One two\n[Learn] My dog is called Biscuit.\n")
    first, second = talk.lines()
    assert first["content"] == "One two "
    assert (second["lorelei"]["learn"]["state"], talk.code) == ("LIVE", 0)
    rated = await lorelei(running, user, "feedback", "up", first["id"], "--json")
    assert rated.document()["rating"] == "up"
    assert [item["id"] for item in (await lorelei(running, user, "feedback", "--json")).document()["data"]] == [
        rated.document()["id"]
    ]


async def test_at_a_terminal_an_interrupt_stops_the_reply_and_the_conversation_goes_on(running: Running) -> None:
    running.services.inference.pauses["pause"] = asyncio.Event()
    try:
        async with at_a_terminal(running, "typist-impatient", "chat") as (command, terminal):
            await terminal.read_until("you ›")
            terminal.type("Some words then pause and never more\n")
            await terminal.read_until("lorelei › Some words then pause")
            command.send_signal(signal.SIGINT)
            await terminal.read_until("(stopped)")
            await terminal.read_until("you ›")
            terminal.type("Go on\n")
            await terminal.read_until("lorelei › Go on")
            await terminal.read_until("you ›")
            terminal.type("\x04")
            assert await command.wait() == 0
    finally:
        del running.services.inference.pauses["pause"]


async def test_the_operators_log_needs_the_operators_key(running: Running) -> None:
    assert (await lorelei(running, "typist", "audit")).code == 1
    listed = await lorelei(running, "typist", "audit", "--json", LORELEI_OPERATOR_KEY=running.operator_key)
    assert (listed.code, listed.document()["object"]) == (0, "list")


async def test_the_operator_makes_and_revokes_a_tenants_key(running: Running) -> None:
    operator = {"LORELEI_OPERATOR_KEY": running.operator_key}
    assert (await lorelei(running, "typist", "keys", "add", "typed")).code == 1
    made = (await lorelei(running, "typist", "keys", "add", "typed", "--json", **operator)).document()
    listed = (await lorelei(running, "typist", "keys", "--tenant", "typed", "--json", **operator)).document()
    assert [key["id"] for key in listed["data"]] == [made["id"]]
    status = await lorelei(running, "typist", "jobs", "--json", "--api-key", made["key"])
    assert status.document() == {"object": "list", "data": []}
    assert (await lorelei(running, "typist", "keys", "revoke", made["id"], **operator)).code == 0
    assert (await lorelei(running, "typist", "jobs", "--json", "--api-key", made["key"])).code == 1


async def test_the_state_of_lorelei_and_of_this_machine(running: Running, tmp_path: Path) -> None:
    status = await lorelei(running, "typist", "status", "--json")
    assert status.document()["services"]["redis"] == "ready"
    assert status.code == (0 if set(status.document()["services"].values()) == {"ready"} else 1)
    found = await lorelei(running, "typist", "doctor", "--json", LORELEI_HOME=str(tmp_path / "home"))
    checks = {check["name"]: check for check in found.document()["checks"]}
    assert (checks["gateway"]["state"], checks["service redis"]["state"], checks["api key"]["state"]) == ("ok",) * 3
    wrong = await lorelei(running, "typist", "doctor", "--json", "--api-key", "wrong", LORELEI_HOME=str(tmp_path))
    checks = {check["name"]: check for check in wrong.document()["checks"]}
    assert (wrong.code, checks["api key"]["state"]) == (1, "fail")


async def test_ids_are_completed_at_tab(running: Running) -> None:
    user = "typist-lazy"
    old, new = await two_lessons(running, user)

    async def completed(line: str, url: str = running.url) -> list[str]:
        words = {"COMP_WORDS": f"lorelei {line}", "COMP_CWORD": str(len(line.split(" "))), "LORELEI_URL": url}
        tab = await started(running, user, _LORELEI_COMPLETE="complete_bash", **words)
        return (await ended(tab)).out.split()

    assert await completed("lessons show ") == [new.job_id, old.job_id]
    assert await completed("activate v") == [new.version, old.version]
    assert await completed("lessons show ", f"http://127.0.0.1:{free_port()}") == []
    assert "lessons" in await completed("les")
