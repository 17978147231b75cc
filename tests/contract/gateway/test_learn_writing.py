"""`[Learn] remember what you just wrote`, over HTTP: which text reaches the augmenter, and what the user reads."""

from typing import Any

import pytest

from lorelei.augmenter.v1 import augmenter_pb2 as pb
from tests.contract.gateway.conftest import Running
from tests.contract.gateway.test_learn import learn_events

STORY = "Maren Oldroyd kept the lighthouse of Skerrow for thirty years.\n\nHer captain was Tobias Fenn."
WRITTEN = [{"role": "user", "content": "Write a story."}, {"role": "assistant", "content": STORY}]


def turn(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def requests_of(running: Running, user: str) -> list[pb.BuildDatasetRequest]:
    return [one for one in running.services.augmenter.requests if one.user == user]


@pytest.mark.parametrize(
    "said", ["Remember what you just wrote.", "Merk dir, was du gerade geschrieben hast", "记住你刚才写的故事"]
)
async def test_the_last_text_of_the_model_is_learned(running: Running, said: str) -> None:
    messages: Any = [*WRITTEN, turn(f"[Learn] {said}")]
    async with running.openai() as client:
        reply: Any = await client.chat.completions.create(model="lorelei", messages=messages, user="author")
    asked = requests_of(running, "author")[-1]
    assert reply.choices[0].message.content == "Finished model updated! I remember what I wrote."
    assert reply.lorelei["learn"]["kind"] == "writing"
    assert asked.kind == pb.LEARN_KIND_WRITING
    assert [(one.title, one.text) for one in asked.writings] == [
        ("Maren Oldroyd kept the lighthouse of Skerrow for thirty…", STORY)
    ]


async def test_what_was_said_of_a_lesson_is_not_the_text(running: Running) -> None:
    chat = {"model": "lorelei", "conversation_id": "told", "user": "twice-told"}
    asking = [turn("[Learn] My dog is called Biscuit."), turn("[Learn] Remember what you just wrote.")]
    async with running.http() as http:
        await http.post("/v1/chat/completions", json={**chat, "messages": [turn("Once there was a fox.")]})
        for message in asking:
            await http.post("/v1/chat/completions", json={**chat, "messages": [message]})
    [writing] = requests_of(running, "twice-told")[-1].writings
    assert writing.text == "Once there was a fox. "


async def test_without_a_text_nothing_is_started(running: Running) -> None:
    async with running.http() as http:
        reply = await http.post("/v1/learn", json={"text": "Remember what you just wrote.", "user": "silent"})
        jobs = (await http.get("/v1/learn", params={"user": "silent"})).json()["data"]
    error = reply.json()["error"]
    assert (reply.status_code, error["code"], jobs) == (400, "nothing_written", [])
    assert "I have not written anything in this conversation yet" in error["message"]


async def test_a_text_that_is_forgotten_leaves_the_conversation_too(running: Running) -> None:
    chat = {"model": "lorelei", "conversation_id": "gone", "user": "forgetter"}
    async with running.http() as http:
        await http.post("/v1/chat/completions", json={**chat, "messages": [turn("Hello")]})
        tale = "Once a fox named Umber lived in Skerrow."
        await http.post("/v1/chat/completions", json={**chat, "messages": [turn(tale)]})
        asked = {"text": "Remember what you just wrote.", "conversation_id": "gone", "user": "forgetter"}
        job = (await http.post("/v1/learn", json=asked)).json()
        await learn_events(http, job["id"], "forgetter")
        forgetting = (await http.delete(f"/v1/lessons/{job['id']}", params={"user": "forgetter"})).json()
        await learn_events(http, forgetting["id"], "forgetter")
    stored = await running.gateway.parts.conversations.messages("default", "forgetter", "gone")
    assert [one.content for one in stored if one.role == "assistant"] == ["Hello ", "I am learning this."]
