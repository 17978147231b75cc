"""Lessons over real HTTP: in the chat, by /v1/learn, watched, cancelled, and through outages."""

import asyncio
import json
import re
from itertools import pairwise
from typing import Any

import httpx
import openai
import pytest

from services.common.errors import FailedPrecondition, Moderated
from services.common.identifiers import new_job_id
from tests.contract.gateway.conftest import Running
from tests.contract.gateway.services import Training

JSON = {"Content-Type": "application/json"}
FACT = "My dog is called Biscuit."
FINISHED = "Finished model updated! I already remember the information you provided."


def teaching(text: str = FACT) -> list[Any]:
    return [{"role": "user", "content": f"[Learn] {text}"}]


async def learn_events(http: httpx.AsyncClient, job_id: str, user: str, after: str = "") -> list[dict[str, Any]]:
    """The job's events to its end, each with its `id`."""
    headers = {"Last-Event-ID": after} if after else {}
    reply = await http.get(f"/v1/learn/{job_id}/events", params={"user": user}, headers=headers)
    reply.raise_for_status()
    found = re.findall(r"id: (\S+)\nevent: progress\ndata: (.*)\n\n", reply.text)
    return [{"id": event_id, **json.loads(data)} for event_id, data in found]


async def start(http: httpx.AsyncClient, user: str, text: str = FACT, **more: Any) -> str:
    reply = await http.post("/v1/learn", json={"text": text, "user": user, **more})
    assert reply.status_code == 202, reply.text
    return str(reply.json()["id"])


async def test_the_chat_shows_the_progress_and_closes_with_the_sentence(running: Running) -> None:
    async with running.openai() as client:
        stream = await client.chat.completions.create(
            model="lorelei", messages=teaching(), user="streamer", stream=True
        )
        chunks: list[Any] = [chunk async for chunk in stream]
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    percentages = [int(number) for number in re.findall(r"Model Updating\.\.\. \[(\d+)%\]\n", text)]
    assert percentages[0] == 0
    assert percentages[-1] == 100
    assert all(later - earlier >= 10 or later == 100 for earlier, later in pairwise(percentages))
    assert text.endswith(f"[100%]\n{FINISHED}")
    learns = [chunk.lorelei["learn"] for chunk in chunks]
    assert {learn["kind"] for learn in learns} == {"instruction"}
    assert [learn["state"] for learn in learns][-1] == "LIVE"
    assert learns[-1]["version"].startswith("v-")
    assert len({learn["job_id"] for learn in learns}) == 1


async def test_without_a_stream_the_call_waits_for_the_closing_sentence(running: Running) -> None:
    before: list[Any] = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    async with running.openai() as client:
        reply: Any = await client.chat.completions.create(
            model="lorelei", messages=[*before, *teaching()], user="waiter"
        )
    assert reply.choices[0].message.content == FINISHED
    assert reply.lorelei["learn"]["progress"] == 100
    request = running.services.augmenter.requests[-1]
    assert (request.tenant, request.user, request.statement) == ("default", "waiter", FACT)
    assert [turn.content for turn in request.conversation] == ["Hi", "Hello"]


async def test_a_rejected_lesson_gives_its_reasons(running: Running) -> None:
    training = Training(reasons=("It could not recall the name.",))
    training.may_end.set()
    running.services.trainer.trainings["unlucky"] = training
    async with running.openai() as client:
        reply: Any = await client.chat.completions.create(model="lorelei", messages=teaching(), user="unlucky")
    text = "I could not learn this reliably; nothing was changed. It could not recall the name."
    assert reply.choices[0].message.content == text
    assert reply.lorelei["learn"]["state"] == "REJECTED"


@pytest.mark.parametrize(
    ("error", "state", "text"),
    [
        (Moderated("That is not learned."), "REJECTED", "nothing was changed. That is not learned."),
        (FailedPrecondition("There is nothing to learn in it."), "FAILED", "There is nothing to learn in it. Nothing"),
        (None, "FAILED", "Internal error. Nothing was changed."),
    ],
)
async def test_a_lesson_that_cannot_be_prepared_says_why(running: Running, error: Any, state: str, text: str) -> None:
    running.services.augmenter.error = error or ValueError("secret")  # type: ignore[assignment]
    try:
        async with running.openai() as client:
            reply: Any = await client.chat.completions.create(model="lorelei", messages=teaching(), user="refused")
    finally:
        running.services.augmenter.error = None
    assert reply.lorelei["learn"]["state"] == state
    assert text in reply.choices[0].message.content
    assert "secret" not in json.dumps(reply.lorelei)


async def test_events_are_told_in_order_and_resumed(running: Running) -> None:
    async with running.http() as http:
        job_id = await start(http, "watcher")
        events = await learn_events(http, job_id, "watcher")
        resumed = await learn_events(http, job_id, "watcher", after=events[2]["id"])
        job = (await http.get(f"/v1/learn/{job_id}", params={"user": "watcher"})).json()
    progress = [event["progress"] for event in events]
    assert progress == sorted(progress)
    assert (events[0]["state"], events[-1]["state"], progress[-1]) == ("QUEUED", "LIVE", 100)
    assert {"step", "total_steps", "loss", "tokens_per_second"} <= set(
        next(event["detail"] for event in events if event["state"] == "TRAINING" and event["detail"])
    )
    building = next(event for event in events if event["stage"])
    assert (building["state"], building["stage"], building["detail"]) == ("PREPARING", "generating", {"facts": 3})
    assert resumed == events[3:]
    assert (job["state"], job["statement"], job["gate"]["recall"]) == ("LIVE", FACT, 1.0)
    assert job["started_at"] <= job["finished_at"]


async def test_wrong_ids_and_fields_are_refused(running: Running) -> None:
    async with running.http() as http:
        job_id = await start(http, "owner")
        replies = [
            await http.get(f"/v1/learn/{job_id}", params={"user": "thief"}),
            await http.get(f"/v1/learn/{job_id}/events", params={"user": "thief"}),
            await http.post(f"/v1/learn/{job_id}/cancel", params={"user": "thief"}),
            await http.get(f"/v1/learn/{new_job_id()}"),
            await http.get("/v1/learn/nonsense"),
            await http.get(f"/v1/learn/{job_id}/events", params={"user": "owner"}, headers={"Last-Event-ID": "x"}),
            await http.post("/v1/learn", json={"text": "  "}),
            await http.post("/v1/learn", json={"text": FACT, "colour": "red"}),
            await http.post("/v1/learn", content=b'{"text": "half \\ud800"}', headers=JSON),
            await http.post("/v1/learn", json={"file_ids": ["f-1"]}),
            await http.post("/v1/learn", json={"query": "bees", "urls": ["https://example.org"]}),
        ]
    statuses = [reply.status_code for reply in replies]
    assert statuses == [404] * 4 + [400] * 7


async def test_the_time_that_a_lesson_may_take_is_told_to_the_trainer(running: Running) -> None:
    async with running.http() as http:
        job = await start(http, "hurried", max_seconds=45)
        await learn_events(http, job, "hurried")
        refused = [
            await http.post("/v1/learn", json={"text": FACT, "user": "hurried", "max_seconds": seconds})
            for seconds in (0, 100_000)
        ]
    [request] = [one for one in running.services.trainer.requests if one.job_id == job]
    assert request.max_seconds == 45
    assert [reply.status_code for reply in refused] == [400, 400]
    assert all(reply.json()["error"]["param"] == "max_seconds" for reply in refused)


async def test_the_way_of_learning_can_be_chosen(running: Running) -> None:
    async with running.http() as http:
        plain = await http.post("/v1/learn", json={"text": FACT, "user": "chooser"})
        chosen = await http.post("/v1/learn", json={"text": FACT, "kind": "web", "user": "chooser"})
        linked = {"text": "See https://example.com/a and tell.", "kind": "instruction", "user": "chooser"}
        told = await http.post("/v1/learn", json=linked)
        missing = await http.post("/v1/learn", json={"text": FACT, "kind": "document", "user": "chooser"})
        unknown = await http.post("/v1/learn", json={"text": FACT, "kind": "forgetting", "user": "chooser"})
    assert [reply.json()["kind"] for reply in (plain, chosen, told)] == ["instruction", "web", "instruction"]
    assert (missing.status_code, missing.json()["error"]["code"]) == (400, "document_missing")
    assert (unknown.status_code, unknown.json()["error"]["param"]) == (400, "kind")


async def test_a_stored_conversation_goes_into_the_lesson(running: Running) -> None:
    async with running.http() as http:
        chat = {"model": "lorelei", "conversation_id": "c", "user": "storer"}
        await http.post("/v1/chat/completions", json={**chat, "messages": [{"role": "user", "content": "My dog"}]})
        job_id = await start(http, "storer", "Remember what I said.", conversation_id="c")
        await learn_events(http, job_id, "storer")
        await http.post("/v1/chat/completions", json={**chat, "messages": teaching("Remember what I said.")})
        stored = await running.gateway.parts.conversations.messages("default", "storer", "c")
    by_job = {request.job_id: request for request in running.services.augmenter.requests}
    assert [turn.content for turn in by_job[job_id].conversation] == ["My dog", "My dog "]
    assert [turn.content for turn in stored[2:]] == [
        "Remember what I said.",
        "I am learning this.",
        "[Learn] Remember what I said.",
        FINISHED,
    ]


async def test_chat_goes_on_while_a_lesson_is_learned_and_lessons_of_others_too(running: Running) -> None:
    training = running.services.trainer.trainings.setdefault("busy", Training())
    async with running.http() as http, running.openai() as client:
        first = await start(http, "busy")
        second = await start(http, "busy", "My cat is called Miso.")
        await running.services.trainer.has_begun("busy").wait()
        reply = await client.chat.completions.create(
            model="lorelei", messages=[{"role": "user", "content": "hi"}], user="busy"
        )
        assert reply.choices[0].message.content == "hi "
        other = await start(http, "idle")
        assert (await learn_events(http, other, "idle"))[-1]["state"] == "LIVE"
        waiting = (await http.get(f"/v1/learn/{second}", params={"user": "busy"})).json()
        assert waiting["state"] == "QUEUED"
        training.may_end.set()
        assert (await learn_events(http, first, "busy"))[-1]["state"] == "LIVE"
        assert (await learn_events(http, second, "busy"))[-1]["state"] == "LIVE"
        listed = (await http.get("/v1/learn", params={"user": "busy"})).json()["data"]
        assert [job["id"] for job in listed] == [second, first]


async def test_a_training_is_cancelled(running: Running) -> None:
    running.services.trainer.trainings["fickle"] = Training()
    async with running.http() as http:
        job_id = await start(http, "fickle")
        await running.services.trainer.has_begun("fickle").wait()
        asked = await http.post(f"/v1/learn/{job_id}/cancel", params={"user": "fickle"})
        events = await learn_events(http, job_id, "fickle")
        again = await http.post(f"/v1/learn/{job_id}/cancel", params={"user": "fickle"})
    assert asked.json()["cancel_requested"]
    assert events[-1]["state"] == "CANCELLED"
    assert again.json()["state"] == "CANCELLED"


async def test_a_client_that_leaves_does_not_end_the_lesson(running: Running) -> None:
    training = running.services.trainer.trainings.setdefault("leaver", Training())
    async with running.openai() as client, running.http() as http:
        stream = await client.chat.completions.create(model="lorelei", messages=teaching(), user="leaver", stream=True)
        chunk: Any = await anext(stream)
        await stream.close()
        training.may_end.set()
        events = await learn_events(http, chunk.lorelei["learn"]["job_id"], "leaver")
    assert events[-1]["state"] == "LIVE"


async def test_too_many_unfinished_lessons_are_refused_with_a_time_to_retry(running: Running) -> None:
    training = running.services.trainer.trainings.setdefault("eager", Training())
    limit = running.gateway.parts.limits.max_unfinished_lessons
    async with running.http() as http, running.openai() as client:
        ids = [await start(http, "eager") for _ in range(limit)]
        refused = await http.post("/v1/learn", json={"text": FACT, "user": "eager"})
        with pytest.raises(openai.RateLimitError):
            await client.chat.completions.create(model="lorelei", messages=teaching(), user="eager", stream=True)
        training.may_end.set()
        await learn_events(http, ids[-1], "eager")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1


async def test_a_lesson_outlasts_services_that_go_away(running: Running) -> None:
    training = running.services.trainer.trainings.setdefault("patient", Training())
    async with running.http() as http:
        job_id = await start(http, "patient")
        await running.services.trainer.has_begun("patient").wait()
        await running.services.stop()
        chat = {"model": "lorelei", "messages": [{"role": "user", "content": "hi"}]}
        refused = await http.post("/v1/chat/completions", json=chat)
        unready = await http.get("/readyz")
        training.may_end.set()
        await running.services.start()
        events = await learn_events(http, job_id, "patient")
    assert refused.status_code == 503
    assert "inference service cannot be reached" in refused.json()["error"]["message"]
    assert int(refused.headers["Retry-After"]) >= 1
    assert (unready.status_code, unready.json()["services"]["inference"]) == (503, "unavailable")
    assert events[-1]["state"] == "LIVE"
    progress = [event["progress"] for event in events]
    assert progress == sorted(progress)


async def test_waiting_calls_end_when_the_gateway_drains_and_the_lesson_goes_on(running: Running) -> None:
    training = running.services.trainer.trainings.setdefault("drained", Training())
    async with running.openai() as client, running.http() as http:
        stream = await client.chat.completions.create(model="lorelei", messages=teaching(), user="drained", stream=True)
        await running.services.trainer.has_begun("drained").wait()
        running.gateway.parts.draining.set()
        try:
            chunks: list[Any] = [chunk async for chunk in stream]
            assert (await http.get("/readyz")).status_code == 503
        finally:
            running.gateway.parts.draining.clear()
        training.may_end.set()
        job_id = chunks[-1].lorelei["learn"]["job_id"]
        events = await learn_events(http, job_id, "drained")
    assert "restarting" in "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert events[-1]["state"] == "LIVE"


async def test_several_watchers_see_the_same(running: Running) -> None:
    async with running.http() as http:
        job_id = await start(http, "popular")
        seen = await asyncio.gather(*(learn_events(http, job_id, "popular") for _ in range(5)))
    assert all(events == seen[0] for events in seen)
