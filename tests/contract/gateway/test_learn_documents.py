"""Lessons from documents and the web, over HTTP: what reaches the augmenter, and what the user reads."""

import io
from typing import Any

import openai
import pytest

from lorelei.augmenter.v1 import augmenter_pb2 as pb
from tests.contract.gateway.conftest import Running

READ = "[Learn] Read the attached report."


@pytest.fixture(autouse=True)
def _answers(running: Running) -> Any:
    """Whatever a test lets the augmenter answer is forgotten after it."""
    yield
    running.services.augmenter.result = None


async def uploaded(running: Running, user: str) -> str:
    async with running.openai() as client:
        file = ("report.pdf", io.BytesIO(b"%PDF-1.7 ..."), "application/pdf")
        return (await client.files.create(file=file, purpose="user_data", extra_body={"user": user})).id


def attached(text: str, file_id: str) -> list[Any]:
    content = [{"type": "text", "text": text}, {"type": "file", "file": {"file_id": file_id}}]
    return [{"role": "user", "content": content}]


async def test_a_file_attached_to_a_message_is_learned(running: Running) -> None:
    running.services.augmenter.result = pb.BuildResult(
        dataset_key="lessons/x",
        sources=[pb.Source(title="Annual report", address="file-x", pages=9, represented_pages=[1, 4], facts=5)],
    )
    file_id = await uploaded(running, "dora")
    async with running.openai() as client:
        reply: Any = await client.chat.completions.create(
            model="lorelei", messages=attached(READ, file_id), user="dora"
        )
    asked = running.services.augmenter.requests[-1]
    assert asked.kind == pb.LEARN_KIND_DOCUMENT
    assert [(file.file_id, file.name, file.media_type) for file in asked.files] == [
        (file_id, "report.pdf", "application/pdf")
    ]
    expected = "I have read “Annual report” and remember 5 facts from 2 of 9 pages."
    assert reply.choices[0].message.content == f"Finished model updated! {expected}"
    assert reply.lorelei["learn"]["sources"][0]["title"] == "Annual report"


@pytest.mark.parametrize(
    ("body", "kind", "urls"),
    [
        ({"urls": ["https://example.org/a"]}, pb.LEARN_KIND_DOCUMENT, ["https://example.org/a"]),
        ({"text": "https://example.org/b"}, pb.LEARN_KIND_DOCUMENT, ["https://example.org/b"]),
        ({"text": "Read this article: https://example.org/c."}, pb.LEARN_KIND_DOCUMENT, ["https://example.org/c"]),
        ({"query": "the Veldmark barrage"}, pb.LEARN_KIND_WEB, []),
        ({"text": "Search the web for news about the Veldmark barrage."}, pb.LEARN_KIND_WEB, []),
        ({"text": "My homepage is https://example.org."}, pb.LEARN_KIND_INSTRUCTION, []),
    ],
)
async def test_what_is_said_decides_the_way(running: Running, body: Any, kind: Any, urls: list[str]) -> None:
    async with running.http() as http:
        job = (await http.post("/v1/learn", json={**body, "user": "ways"})).json()
        async with http.stream("GET", f"/v1/learn/{job['id']}/events", params={"user": "ways"}) as events:
            async for _ in events.aiter_lines():
                pass
    asked = next(one for one in running.services.augmenter.requests if one.job_id == job["id"])
    assert asked.kind == kind
    assert list(asked.urls) == urls


async def test_documents_known_already_change_nothing(running: Running) -> None:
    running.services.augmenter.result = pb.BuildResult(known_lesson="learn-" + "a" * 24)
    file_id = await uploaded(running, "twice")
    async with running.openai() as client, running.http() as http:
        reply: Any = await client.chat.completions.create(
            model="lorelei", messages=attached(READ, file_id), user="twice"
        )
        trained = [one for one in running.services.trainer.requests if one.user == "twice"]
        jobs = (await http.get("/v1/learn", params={"user": "twice"})).json()["data"]
    assert "learned this already" in reply.choices[0].message.content
    assert trained == []
    assert (jobs[0]["state"], jobs[0]["known_lesson"]) == ("LIVE", "learn-" + "a" * 24)


async def test_without_a_document_nothing_is_started(running: Running) -> None:
    messages: Any = [{"role": "user", "content": READ}]
    async with running.openai() as client, running.http() as http:
        reply: Any = await client.chat.completions.create(model="lorelei", messages=messages, user="early")
        posted = await http.post("/v1/learn", json={"text": READ, "user": "early"})
        jobs = (await http.get("/v1/learn", params={"user": "early"})).json()["data"]
    assert "Attach a file, or paste a link" in reply.choices[0].message.content
    assert reply.lorelei["learn"]["job_id"] is None
    assert (posted.status_code, posted.json()["error"]["code"]) == (400, "document_missing")
    assert jobs == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([{"type": "text", "text": "Look"}, {"type": "file", "file": {"file_id": "file-" + "0" * 24}}], r"\[Learn\]"),
        ([{"type": "text", "text": READ}, {"type": "file", "file": {"file_data": "aGk="}}], "upload them"),
        ([{"type": "text", "text": READ}, {"type": "file", "file": {"file_id": "nonsense"}}], "file_id"),
    ],
)
async def test_attachments_that_cannot_be_honoured_are_refused(running: Running, content: Any, message: str) -> None:
    async with running.openai() as client:
        with pytest.raises(openai.BadRequestError, match=message):
            await client.chat.completions.create(model="lorelei", messages=[{"role": "user", "content": content}])


async def test_an_earlier_attachment_in_the_history_is_no_obstacle(running: Running) -> None:
    file_id = await uploaded(running, "default")
    history: list[Any] = [*attached(READ, file_id), {"role": "assistant", "content": "Done."}]
    async with running.openai() as client:
        reply = await client.chat.completions.create(
            model="lorelei", messages=[*history, {"role": "user", "content": "Hello there"}]
        )
    assert reply.choices[0].message.content == "Hello there "


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"query": "x", "urls": ["https://example.org"]}, "query"),
        ({"query": "x" * 501}, "query"),
        ({"file_ids": ["nonsense"]}, "file_id"),
        ({}, "text"),
    ],
)
async def test_a_request_that_cannot_be_is_refused_by_field(running: Running, body: Any, field: str) -> None:
    async with running.http() as http:
        reply = await http.post("/v1/learn", json=body)
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, field)
