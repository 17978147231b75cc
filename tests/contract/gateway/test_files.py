"""Files over HTTP: the OpenAI client uploads, lists, reads and deletes them; hostile uploads leave nothing behind."""

import asyncio
import io
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from services.common.identifiers import new_file_id
from tests.contract.gateway.conftest import Running

TEXT = b"The Aldermoor Tram Museum owns 23 trams."
MEBIBYTE = 1024 * 1024
BOUNDARY = "xyz"
HEADERS = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def part(content: bytes, name: str = "file", filename: str | None = "report.txt") -> bytes:
    shown = f'; filename="{filename}"' if filename is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{shown}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


async def upload(running: Running, content: bytes, user: str = "reader", name: str = "report.txt") -> Any:
    async with running.openai() as client:
        file = (name, io.BytesIO(content))
        return await client.files.create(file=file, purpose="user_data", extra_body={"user": user})


async def test_the_openai_client_keeps_and_deletes_files(running: Running) -> None:
    async with running.openai() as client:
        file = await upload(running, TEXT)
        listed = await client.files.list(extra_query={"user": "reader"})
        shown = await client.files.retrieve(file.id, extra_query={"user": "reader"})
        content = await client.files.content(file.id, extra_query={"user": "reader"})
        assert [one.id for one in listed.data] == [file.id]
        assert (shown.filename, shown.bytes, shown.purpose, shown.status) == (
            "report.txt",
            40,
            "user_data",
            "processed",
        )
        assert content.read() == TEXT
        assert (await client.files.delete(file.id, extra_query={"user": "reader"})).deleted
        with pytest.raises(openai.NotFoundError):
            await client.files.retrieve(file.id, extra_query={"user": "reader"})
    assert not list(running.objects.rglob("content"))


async def test_files_are_listed_page_by_page_newest_first(running: Running) -> None:
    ids = [(await upload(running, TEXT, "pages", f"{number}.txt")).id for number in range(3)]
    async with running.http() as http:
        first = (await http.get("/v1/files", params={"user": "pages", "limit": 2})).json()
        second = (await http.get("/v1/files", params={"user": "pages", "after": first["last_id"]})).json()
    assert (len(first["data"]), first["has_more"], second["has_more"]) == (2, True, False)
    assert [one["id"] for one in first["data"] + second["data"]] == ids[::-1]


async def test_another_users_file_does_not_exist(running: Running) -> None:
    file = await upload(running, TEXT, "owner")
    async with running.http() as http:
        for method, path in (("GET", ""), ("GET", "/content"), ("DELETE", "")):
            reply = await http.request(method, f"/v1/files/{file.id}{path}", params={"user": "thief"})
            assert reply.status_code == 404
        lesson = await http.post("/v1/learn", json={"file_ids": [file.id], "user": "thief"})
    assert lesson.status_code == 404


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("../../etc/passwd", "passwd"),
        (r"C:\docs\plan.pdf", "plan.pdf"),
        ("x" * 300, "x" * 255),
    ],
)
async def test_a_name_is_only_a_name(running: Running, sent: str, stored: str) -> None:
    assert (await upload(running, TEXT, "namer", sent)).filename == stored


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (form(part(b"")), 400),
        (form(part(TEXT, name="document")), 400),
        (form(part(TEXT, filename=None)), 400),
        (form(part(TEXT), part(TEXT)), 400),
        (form(part(TEXT), part(b"x" * 5000, name="note", filename=None)), 400),
        (form(part(TEXT), part(b"nonsense", name="purpose", filename=None)), 400),
        (part(TEXT)[:40], 400),
        (part(TEXT), 400),
        (part(TEXT) + part(b"ana", name="user", filename=None)[:30], 400),
        (b"", 400),
        (form(part(TEXT, filename="x" * 500_000)), 400),
        (form(part(bytes(2 * MEBIBYTE))), 413),
    ],
)
async def test_bad_uploads_say_why_and_leave_nothing(running: Running, body: bytes, status: int) -> None:
    before = len(list(running.objects.rglob("content")))
    async with running.http() as http:
        reply = await http.post("/v1/files", content=body, headers=HEADERS)
        assert reply.status_code == status, reply.text
        assert reply.json()["error"]["message"]
        assert (await http.get("/v1/files")).json()["data"] == []
    assert len(list(running.objects.rglob("content"))) == before


async def test_a_body_that_is_no_form_is_refused(running: Running) -> None:
    async with running.http() as http:
        reply = await http.post("/v1/files", json={"file": "hello"})
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "file")


async def test_a_form_in_an_unknown_charset_is_refused(running: Running) -> None:
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}; charset=undefined"}
    async with running.http() as http:
        reply = await http.post("/v1/files", content=form(part(TEXT)), headers=headers)
    assert reply.status_code == 400


async def test_a_body_without_end_is_cut_off(running: Running) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield part(b"").removesuffix(b"\r\n")
        while True:
            sent += MEBIBYTE
            yield bytes(MEBIBYTE)

    async with running.http() as http:
        # The server closes a connection whose client does not stop sending.
        with pytest.raises(httpx.TransportError):
            await http.post("/v1/files", content=endless(), headers=HEADERS)
        assert (await http.get("/v1/files")).json()["data"] == []
    assert sent < 200 * MEBIBYTE


async def test_a_declared_size_beyond_the_limit_is_refused_at_once(running: Running) -> None:
    host, port = running.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {running.key}\r\nConnection: close\r\n"
    body = part(b"only the beginning").decode()
    writer.write(f"{head}Content-Type: {HEADERS['Content-Type']}\r\nContent-Length: {5 * 2**30}\r\n\r\n{body}".encode())
    writer.write_eof()
    reply = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    assert b"413" in reply.partition(b"\r\n")[0] or reply == b"", "no waiting for five gigabytes"


async def test_no_temporary_files_are_left(running: Running) -> None:
    def left() -> set[str]:
        return {path.name for path in Path(tempfile.gettempdir()).glob("lorelei-download-*")}

    before = left()
    file = await upload(running, TEXT, "tidy")
    async with running.openai() as client:
        await client.files.content(file.id, extra_query={"user": "tidy"})
    assert left() == before


async def test_a_missing_file_is_not_found(running: Running) -> None:
    async with running.http() as http:
        assert (await http.get(f"/v1/files/{new_file_id()}")).status_code == 404
        assert (await http.get("/v1/files/nonsense")).status_code == 400
