"""Long works over real HTTP: written, learned, watched, cancelled, deleted, forgotten, and nobody else's."""

import asyncio
import json
import re
from typing import Any

import httpx
import pytest

from lorelei.augmenter.v1 import augmenter_pb2 as pb
from services.common.errors import FailedPrecondition
from tests.contract.gateway.conftest import Running
from tests.contract.gateway.services import Training
from tests.contract.gateway.test_learn import learn_events

OUTLINE = ["Maren keeps the light.", "Tobias loses his ship.", "They find the saffron."]
WANTED = {"title": "Skerrow", "brief": "Write a story of the sea.", "outline": OUTLINE}


@pytest.fixture(autouse=True)
def _answers(running: Running) -> Any:
    """Whatever a test lets the augmenter answer is forgotten after it."""
    yield
    running.services.augmenter.error = None


async def start(http: httpx.AsyncClient, user: str, **more: Any) -> str:
    reply = await http.post("/v1/works", json={**WANTED, "user": user, **more})
    assert reply.status_code == 202, reply.text
    return str(reply.json()["id"])


async def work_events(http: httpx.AsyncClient, work_id: str, user: str, after: str = "") -> list[dict[str, Any]]:
    """The work's events to its end, each with its id as `event_id`."""
    headers = {"Last-Event-ID": after} if after else {}
    reply = await http.get(f"/v1/works/{work_id}/events", params={"user": user}, headers=headers)
    reply.raise_for_status()
    found = re.findall(r"id: (\S+)\nevent: progress\ndata: (.*)\n\n", reply.text)
    return [{"event_id": event_id, **json.loads(data)} for event_id, data in found]


async def finished(http: httpx.AsyncClient, work_id: str, user: str) -> dict[str, Any]:
    await work_events(http, work_id, user)
    return dict((await http.get(f"/v1/works/{work_id}", params={"user": user})).json())


def prompts_of(running: Running, work_id: str) -> list[str]:
    asked = [one for one in running.services.inference.requests if one.request_id.startswith(work_id)]
    return [one.messages[-1].content for one in asked]


async def test_each_section_is_written_and_learned_before_the_next(running: Running) -> None:
    async with running.http() as http:
        work_id = await start(http, "author")
        events = await work_events(http, work_id, "author")
        resumed = await work_events(http, work_id, "author", after=events[3]["event_id"])
        work = await finished(http, work_id, "author")
        listed = (await http.get("/v1/works", params={"user": "author"})).json()["data"]
    assert (work["state"], work["sections_done"], work["lesson"]) == ("DONE", 3, None)
    assert [section["lesson_state"] for section in work["sections"]] == ["LIVE"] * 3
    assert work["text"] == "\n\n".join(section["text"] for section in work["sections"])
    assert [event["section"] for event in events if event["section"]] == [1, 2, 3]
    assert [event["text"] for event in events if event["section"]] == [one["text"] for one in work["sections"]]
    learning = [event for event in events if event["lesson_progress"]]
    assert {event["lesson"] for event in learning} == {section["lesson"] for section in work["sections"]}
    assert resumed == events[4:]
    assert [(one["id"], "text" in one) for one in listed] == [(work_id, False)]


async def test_the_writer_sees_the_brief_its_own_line_and_the_end_of_the_section_before(running: Running) -> None:
    async with running.http() as http:
        work_id = await start(http, "reader")
        work = await finished(http, work_id, "reader")
    prompts = prompts_of(running, work_id)
    assert all(WANTED["brief"] in prompt for prompt in prompts)
    for number, line in enumerate(OUTLINE):
        assert [line in prompt for prompt in prompts].index(True) == number
    before = work["sections"][-2]["text"]
    assert before[-100:] in prompts[-1]
    taught = [one for one in running.services.augmenter.requests if one.user == "reader"]
    assert [one.kind for one in taught] == [pb.LEARN_KIND_WRITING] * 3
    assert [one.writings[0].text for one in taught] == [section["text"] for section in work["sections"]]


async def test_without_learning_nothing_is_taught(running: Running) -> None:
    async with running.http() as http:
        work = await finished(http, await start(http, "plain", learn=False), "plain")
        jobs = (await http.get("/v1/learn", params={"user": "plain"})).json()["data"]
    assert (work["state"], jobs) == ("DONE", [])
    assert [section["lesson"] for section in work["sections"]] == [None] * 3


async def test_a_section_that_cannot_be_learned_is_noted_and_the_writing_goes_on(running: Running) -> None:
    running.services.augmenter.error = FailedPrecondition("There is nothing to learn in it.")
    async with running.http() as http:
        work = await finished(http, await start(http, "unlucky"), "unlucky")
    assert (work["state"], work["sections_done"]) == ("DONE", 3)
    assert {section["lesson_state"] for section in work["sections"]} == {"FAILED"}
    assert "There is nothing to learn in it." in work["sections"][0]["note"]


async def test_a_work_is_cancelled_with_the_lesson_that_is_being_learned(running: Running) -> None:
    running.services.trainer.trainings["stopper"] = Training()
    async with running.http() as http:
        work_id = await start(http, "stopper")
        await running.services.trainer.has_begun("stopper").wait()
        busy = await http.post("/v1/works", json={**WANTED, "user": "stopper"})
        early = await http.delete(f"/v1/works/{work_id}", params={"user": "stopper"})
        await http.post(f"/v1/works/{work_id}/cancel", params={"user": "stopper"})
        work = await finished(http, work_id, "stopper")
        [job] = (await http.get("/v1/learn", params={"user": "stopper"})).json()["data"]
        ended = await learn_events(http, job["id"], "stopper")
        again = await http.post(f"/v1/works/{work_id}/cancel", params={"user": "stopper"})
    assert (busy.status_code, early.status_code) == (409, 409)
    assert (work["state"], work["sections_done"], again.json()["state"]) == ("CANCELLED", 1, "CANCELLED")
    assert ended[-1]["state"] == "CANCELLED"


async def test_a_work_is_cancelled_in_the_middle_of_a_section(running: Running) -> None:
    pause = running.services.inference.pauses.setdefault("saltwater", asyncio.Event())
    running.services.inference.aborted.clear()
    async with running.http() as http:
        work_id = await start(http, "halfway", outline=["Nothing but saltwater and wind.", "The end."])
        await running.services.inference.paused("saltwater").wait()
        await http.post(f"/v1/works/{work_id}/cancel", params={"user": "halfway"})
        work = await finished(http, work_id, "halfway")
    pause.set()
    assert (work["state"], work["sections_done"], work["text"]) == ("CANCELLED", 0, "")
    await running.services.inference.aborted.wait()


async def test_a_work_is_nobody_elses(running: Running) -> None:
    async with running.http() as http:
        work_id = await start(http, "owner")
        await work_events(http, work_id, "owner")
        params = {"user": "thief"}
        replies = [
            await http.get(f"/v1/works/{work_id}", params=params),
            await http.get(f"/v1/works/{work_id}/events", params=params),
            await http.post(f"/v1/works/{work_id}/cancel", params=params),
            await http.delete(f"/v1/works/{work_id}", params=params),
        ]
        theirs = (await http.get("/v1/works", params=params)).json()["data"]
        still = await http.get(f"/v1/works/{work_id}", params={"user": "owner"})
    assert [reply.status_code for reply in replies] == [404] * 4
    assert (theirs, still.status_code) == ([], 200)


async def test_a_deleted_work_is_gone_and_its_lessons_stay(running: Running) -> None:
    async with running.http() as http:
        params = {"user": "tidy"}
        work = await finished(http, await start(http, "tidy"), "tidy")
        deleted = (await http.delete(f"/v1/works/{work['id']}", params=params)).json()
        gone = await http.get(f"/v1/works/{work['id']}", params=params)
        jobs = (await http.get("/v1/learn", params=params)).json()["data"]
        await start(http, "tidy")
    assert (deleted["deleted"], gone.status_code) == (True, 404)
    assert set(deleted["lessons_kept"]) == {job["id"] for job in jobs}


async def test_a_forgotten_lesson_takes_the_text_of_its_section_along(running: Running) -> None:
    async with running.http() as http:
        params = {"user": "regretful"}
        work = await finished(http, await start(http, "regretful"), "regretful")
        lesson = work["sections"][1]["lesson"]
        forgetting = (await http.delete(f"/v1/lessons/{lesson}", params=params)).json()
        await learn_events(http, forgetting["id"], "regretful")
        left = (await http.get(f"/v1/works/{work['id']}", params=params)).json()
        erasure = (await http.get(f"/v1/lessons/{lesson}/erasure", params=params)).json()
        events = await work_events(http, work["id"], "regretful")
    assert [section["forgotten"] for section in left["sections"]] == [False, True, False]
    assert left["sections"][1]["text"] == ""
    assert [event["text"] for event in events if event["section"] == 2] == [""]
    assert erasure["remains"] == []


@pytest.mark.parametrize(
    ("change", "field", "limit"),
    [
        ({"title": " "}, "title", "empty"),
        ({"brief": ""}, "brief", "empty"),
        ({"brief": "x" * 201}, "brief", "200"),
        ({"outline": [], "sections": 25}, "sections", "24"),
        ({"outline": [], "sections": -3}, "sections", "2 to 24"),
        ({"outline": [], "sections": 1}, "sections", "2 to 24"),
        ({"outline": ["x"]}, "outline", "2 to 24"),
        ({"outline": ["x", "y" * 301]}, "outline", "300"),
        ({"outline": []}, "sections", "either"),
        ({"sections": 3}, "sections", "either"),
        ({"section_tokens": 8}, "section_tokens", "32 to 512"),
        ({"section_tokens": 9999}, "section_tokens", "32 to 512"),
        ({"user": "no/body"}, "user", "64"),
        ({"colour": "red"}, "colour", ""),
    ],
)
async def test_bad_input_names_the_field_and_the_limit(
    running: Running, change: dict[str, Any], field: str, limit: str
) -> None:
    async with running.http() as http:
        reply = await http.post("/v1/works", json={**WANTED, "user": "clumsy", **change})
        nothing = (await http.get("/v1/works", params={"user": "clumsy"})).json()["data"]
    error = reply.json()["error"]
    assert (reply.status_code, error["param"], nothing) == (400, field, [])
    assert limit in error["message"]


async def test_ids_that_cannot_be_are_refused(running: Running) -> None:
    async with running.http() as http:
        replies = [
            await http.get("/v1/works/nonsense"),
            await http.get("/v1/works/work-" + "0" * 24),
            await http.post("/v1/works", content=b'{"title": "half \\ud800", "brief": "x", "sections": 2}'),
        ]
    assert [reply.status_code for reply in replies] == [400, 404, 400]
