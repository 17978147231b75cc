"""Bytes of files on their way over HTTP: memory stays flat, broken transfers leave nothing, names are quoted."""

import tempfile
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import ClientDisconnect

from services.gateway.api.app import create_app
from tests.contract.gateway.conftest import Running

MEBIBYTE = 1024 * 1024
CHUNK = bytes(64 * 1024)
BIG_CHUNKS = 64 * 16
FLAT_BYTES = 12 * MEBIBYTE
HEADERS = {"Content-Type": "multipart/form-data; boundary=xyz"}
START = b'--xyz\r\nContent-Disposition: form-data; name="file"; filename="big.bin"\r\n\r\n'
USER = b'\r\n--xyz\r\nContent-Disposition: form-data; name="user"\r\n\r\n%b\r\n--xyz--\r\n'


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of all temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


def app_for_big_files(running: Running) -> FastAPI:
    parts = running.gateway.parts
    return create_app(replace(parts, limits=replace(parts.limits, max_file_bytes=100 * MEBIBYTE)))


async def big_form(user: bytes) -> AsyncIterator[bytes]:
    yield START
    for _ in range(BIG_CHUNKS):
        yield CHUNK
    yield USER % user


@pytest.mark.usefixtures("traced")
async def test_a_big_file_never_lies_whole_in_memory(running: Running, temporary: Path) -> None:
    transport = httpx.ASGITransport(app_for_big_files(running))
    who, key = {"user": "big"}, {"Authorization": f"Bearer {running.key}"}
    before = tracemalloc.get_traced_memory()[0]
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway", timeout=60) as http:
        reply = await http.post("/v1/files", content=big_form(b"big"), headers=HEADERS | key)
    assert reply.status_code == 200, reply.text
    file, received = reply.json(), 0
    async with running.http() as http:
        async with http.stream("GET", f"/v1/files/{file['id']}/content", params=who) as content:
            async for chunk in content.aiter_bytes():
                received += len(chunk)
        await http.delete(f"/v1/files/{file['id']}", params=who)
    assert file["bytes"] == received == BIG_CHUNKS * len(CHUNK)
    assert tracemalloc.get_traced_memory()[1] - before < FLAT_BYTES
    assert list(temporary.iterdir()) == []


async def test_a_client_that_leaves_leaves_nothing(running: Running, temporary: Path) -> None:
    body = START + CHUNK * 40
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": body, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if len(messages) > 1 else messages[0]

    async def send(message: dict[str, Any]) -> None:
        assert message.get("status") != 200

    headers = {"authorization": f"Bearer {running.key}", "content-type": HEADERS["Content-Type"]}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/files",
        "query_string": b"user=leaver",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    await app_for_big_files(running)(scope, receive, send)  # type: ignore[arg-type]
    assert await running.gateway.parts.files.all("default", "leaver") == []
    assert not list(running.objects.glob("documents/default/leaver/*"))
    assert list(temporary.iterdir()) == []


async def test_a_download_that_is_broken_off_leaves_nothing(running: Running, temporary: Path) -> None:
    upload = temporary / "upload"
    upload.write_bytes(CHUNK * 16)
    file = await running.gateway.parts.files.add("default", "quitter", upload, "a", "", "user_data")
    upload.unlink()
    sent = 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal sent
        sent += len(message.get("body", b""))
        if sent:
            raise OSError("The client is gone.")

    scope = {
        "type": "http",
        "asgi": {"spec_version": "2.4"},
        "method": "GET",
        "path": f"/v1/files/{file.id}/content",
        "query_string": b"user=quitter",
        "headers": [(b"authorization", f"Bearer {running.key}".encode())],
    }
    with pytest.raises(ClientDisconnect):
        await create_app(running.gateway.parts)(scope, receive, send)  # type: ignore[arg-type]
    assert 0 < sent < file.bytes
    assert list(temporary.iterdir()) == []


async def test_content_is_an_attachment_with_a_quoted_name(running: Running) -> None:
    name = 'Köln "2024"; x=y\r\nSet-Cookie: a=b.html'
    async with running.http() as http:
        file = (await http.post("/v1/files", files={"file": (name, b"<script>", "text/html")})).json()
        content = await http.get(f"/v1/files/{file['id']}/content")
        await http.delete(f"/v1/files/{file['id']}")
    assert content.content == b"<script>"
    assert content.headers["content-type"] == "application/octet-stream"
    assert content.headers["x-content-type-options"] == "nosniff"
    disposition = content.headers["content-disposition"]
    kind, _, quoted = disposition.partition("; filename*=UTF-8''")
    assert (kind, "K%C3%B6ln" in quoted) == ("attachment", True)
    assert not set('"; \r\n') & set(quoted)
    assert "set-cookie" not in content.headers


async def test_another_tenants_file_does_not_exist(running: Running) -> None:
    await running.gateway.parts.keys.register("key-of-another-tenant", "another")
    async with running.http() as http:
        file = (await http.post("/v1/files", files={"file": ("a.txt", b"mine")}, data={"user": "ana"})).json()
        http.headers["Authorization"] = "Bearer key-of-another-tenant"
        who = {"user": "ana"}
        for method, path in (("GET", ""), ("GET", "/content"), ("DELETE", "")):
            reply = await http.request(method, f"/v1/files/{file['id']}{path}", params=who)
            assert reply.status_code == 404
        assert (await http.get("/v1/files", params=who)).json()["data"] == []
    assert await running.gateway.parts.files.get("default", "ana", file["id"])


async def test_an_upload_without_a_key_is_refused(running: Running) -> None:
    async with httpx.AsyncClient(base_url=running.url) as http:
        reply = await http.post("/v1/files", files={"file": ("a.txt", b"mine")})
    assert reply.status_code == 401


async def test_the_form_is_documented(running: Running) -> None:
    async with running.http() as http:
        upload = (await http.get("/openapi.json")).json()["paths"]["/v1/files"]["post"]
    schema = upload["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert (schema["required"], set(schema["properties"])) == (["file"], {"file", "purpose", "user"})
