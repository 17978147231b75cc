"""Corrections on their way into learn jobs: when, each in one, through crashes, and what becomes of them."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any, TypeAlias

import httpx
import pytest
from redis.asyncio import Redis

from services.common.identifiers import new_job_id
from services.gateway.conversations import Message
from services.gateway.feedback.answers import Answer
from services.gateway.feedback.batches import BatchLimits, FeedbackBatches
from services.gateway.feedback.items import FeedbackItem, FeedbackState, Rating, Verdict, feedback_id
from services.gateway.feedback.shelf import FeedbackShelf
from services.gateway.learning.jobs import JobKind, JobState, LearnJob
from services.gateway.redis_access import open_redis
from services.gateway.settings import GatewaySettings
from services.gateway.wiring import open_gateway
from tests.contract.gateway.conftest import Running
from tests.contract.gateway.services import Training
from tests.contract.gateway.test_consolidation import ended
from tests.contract.gateway.test_feedback import answered, give
from tests.contract.gateway.test_learn import learn_events
from tests.contract.gateway.test_memory import end_of, taught

Batching: TypeAlias = Callable[..., FeedbackBatches]


@pytest.fixture
async def client(settings: GatewaySettings) -> AsyncIterator[Redis]:
    async with open_redis(settings.redis_url.get_secret_value()) as redis:
        yield redis


@pytest.fixture
def batching(running: Running, client: Redis) -> Batching:
    """Batches for which nothing has to wait, or as a test says."""

    def build(**limits: Any) -> FeedbackBatches:
        gateway = running.gateway
        chosen = replace(BatchLimits(full=3, idle_seconds=0, most=16, settle_seconds=0), **limits)
        return FeedbackBatches(FeedbackShelf(client, 100), gateway.parts.jobs, gateway.consolidator, chosen)

    return build


@pytest.fixture
def shelf(running: Running, client: Redis) -> FeedbackShelf:
    return FeedbackShelf(client, 100)


def correction(number: int) -> FeedbackItem:
    answer = Answer(f"chatcmpl-{number:024x}", (Message("user", f"Question {number}?"),), f"Wrong {number}.", "", 1.0)
    verdict = Verdict(Rating.DOWN, "", f"Right {number}.")
    return FeedbackItem(feedback_id(answer), answer, verdict, time.time(), FeedbackState.WAITING)


async def states(shelf: FeedbackShelf, user: str) -> list[str]:
    return [item.state for item in await shelf.latest("default", user, 0)]


async def corrected(http: httpx.AsyncClient, user: str, right: str, **more: Any) -> dict[str, Any]:
    return await give(http, user, completion_id=await answered(http, user), correction=right, **more)


async def finished(running: Running, user: str, job_id: str) -> Any:
    return await ended(running, await running.gateway.parts.jobs.get("default", user, job_id))


async def until_settled(shelf: FeedbackShelf, user: str) -> list[str]:
    """The states of the user's items once none is being learned: the job's end is told before theirs."""
    async with asyncio.timeout(10):
        while FeedbackState.LEARNING in (found := await states(shelf, user)):
            await asyncio.sleep(0.01)
    return found


async def test_a_full_batch_becomes_one_job_with_all_preferences(running: Running, shelf: FeedbackShelf) -> None:
    async with running.http() as http:
        first = [await corrected(http, "batcher", f"Right {number}") for number in range(3)]
        before = await running.gateway.parts.jobs.latest("default", "batcher", 0)
        last = await corrected(http, "batcher", "Right 3")
        job = await finished(running, "batcher", last["job_id"])
    assert [item["state"] for item in first] == ["waiting"] * 3
    assert (before, last["state"], job.kind, job.state) == ([], "learning", JobKind.FEEDBACK, JobState.LIVE)
    request = next(one for one in running.services.augmenter.requests if one.job_id == job.id)
    assert [(one.rejected, one.chosen) for one in request.preferences] == [
        ("Sydney ", f"Right {number}") for number in range(4)
    ]
    assert request.preferences[0].prompt[0].content == "Sydney"
    assert request.statement.startswith("“Sydney” → Right 0; “Sydney” → Right 1")
    assert await until_settled(shelf, "batcher") == [FeedbackState.LEARNED] * 4
    assert {item.learned_version for item in await shelf.latest("default", "batcher", 0)} == {job.version}


async def test_corrections_are_learned_as_soon_as_their_job_has_ended(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, note = asyncio.Event(), running.gateway.batches.job_ended
    noted: list[str] = []

    async def note_late(job: LearnJob) -> None:
        noted.append(job.id)
        if len(noted) == 1:
            await told.wait()
        await note(job)

    monkeypatch.setattr(running.gateway.batches, "job_ended", note_late)
    async with running.http() as http:
        item = await corrected(http, "prompt", "Right", learn_now=True)
        await learn_events(http, item["job_id"], "prompt")
        shown = (await http.get(f"/v1/feedback/{item['id']}", params={"user": "prompt"})).json()
        listed = (await http.get("/v1/feedback", params={"user": "prompt"})).json()["data"]
    told.set()
    assert (shown["state"], [one["state"] for one in listed]) == ("learned", ["learned"])


async def test_learn_now_takes_all_that_wait(running: Running, shelf: FeedbackShelf) -> None:
    async with running.http() as http:
        await corrected(http, "eager", "Right 0")
        now = await corrected(http, "eager", "Right 1", learn_now=True)
        job = await finished(running, "eager", now["job_id"])
        again = await give(http, "eager", completion_id=now["completion_id"], correction="Right 1", learn_now=True)
    assert (now["state"], len(job.preferences)) == ("learning", 2)
    assert again["job_id"] == job.id
    assert len(await running.gateway.parts.jobs.latest("default", "eager", 0)) == 1


async def test_a_refused_correction_says_why_and_is_tried_again_only_on_request(
    running: Running, shelf: FeedbackShelf, batching: Batching
) -> None:
    training = Training(reasons=("It forgot an earlier lesson.",))
    training.may_end.set()
    running.services.trainer.trainings["unlucky-corrector"] = training
    who = {"user": "unlucky-corrector"}
    async with running.http() as http:
        item = await corrected(http, "unlucky-corrector", "Right", learn_now=True)
        await finished(running, "unlucky-corrector", item["job_id"])
        await until_settled(shelf, "unlucky-corrector")
        refused = (await http.get(f"/v1/feedback/{item['id']}", params=who)).json()
        await batching().start_due()
        same = await give(http, "unlucky-corrector", completion_id=item["completion_id"], correction="Right")
        training.reasons = ()
        asked = await http.post(f"/v1/feedback/{item['id']}/learn", params=who)
        await finished(running, "unlucky-corrector", asked.json()["job_id"])
    assert (refused["state"], refused["reasons"]) == ("refused", ["It forgot an earlier lesson."])
    assert (same["state"], same["job_id"]) == ("refused", item["job_id"])
    assert (asked.status_code, asked.json()["state"], asked.json()["reasons"]) == (202, "learning", [])
    assert asked.json()["job_id"] != item["job_id"]
    assert await until_settled(shelf, "unlucky-corrector") == [FeedbackState.LEARNED]


async def test_while_it_is_learned_a_verdict_is_not_deleted_and_a_new_one_waits_for_itself(
    running: Running, shelf: FeedbackShelf
) -> None:
    training = running.services.trainer.trainings["changing"] = Training()
    who = {"user": "changing"}
    async with running.http() as http:
        item = await corrected(http, "changing", "Right", learn_now=True)
        deleted = await http.delete(f"/v1/feedback/{item['id']}", params=who)
        other = await corrected(http, "changing", "Right 2", learn_now=True)
        changed = await give(http, "changing", completion_id=item["completion_id"], correction="Better")
        training.may_end.set()
        await finished(running, "changing", item["job_id"])
        await finished(running, "changing", other["job_id"])
        async with asyncio.timeout(10):
            while (await shelf.get("default", "changing", other["id"])).state is FeedbackState.LEARNING:
                await asyncio.sleep(0.01)
    assert (deleted.status_code, deleted.json()["error"]["code"]) == (409, "feedback_unfinished")
    assert (changed["state"], changed["correction"], changed["job_id"]) == ("waiting", "Better", None)
    assert (await shelf.get("default", "changing", item["id"])).state is FeedbackState.WAITING


async def test_corrections_are_learned_after_an_idle_time_too(
    running: Running, shelf: FeedbackShelf, batching: Batching
) -> None:
    await shelf.put("default", "idler", correction(1))
    await batching(idle_seconds=60).start_due()
    before = await states(shelf, "idler")
    await batching().start_due()
    item = (await shelf.latest("default", "idler", 0))[0]
    await finished(running, "idler", item.job_id)
    assert (before, await until_settled(shelf, "idler")) == ([FeedbackState.WAITING], [FeedbackState.LEARNED])
    assert await shelf.due(time.time()) == []


async def test_a_gateway_looks_for_idle_corrections_by_itself(
    running: Running, shelf: FeedbackShelf, batching: Batching
) -> None:
    looking = asyncio.create_task(batching().run())
    try:
        await shelf.put("default", "unattended", correction(1))
        async with asyncio.timeout(20):
            while await states(shelf, "unattended") != [FeedbackState.LEARNED]:
                await asyncio.sleep(0.01)
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


async def test_two_gateways_put_each_correction_into_one_job(
    running: Running, settings: GatewaySettings, shelf: FeedbackShelf
) -> None:
    training = running.services.trainer.trainings["shared"] = Training()
    async with open_gateway(settings) as other:
        gateways = (running.gateway.parts, other.parts)
        # Each correction is given at both, as a client does that repeats a call that was answered too late.
        await asyncio.gather(
            *(
                parts.feedback.give(
                    "default", "shared", correction(number).answer, correction(number).verdict, number > 2
                )
                for number in range(8)
                for parts in gateways
            )
        )
    jobs = await running.gateway.parts.jobs.latest("default", "shared", 0)
    learned = [preference.chosen for job in jobs for preference in job.preferences]
    assert sorted(learned) == [f"Right {number}." for number in range(8)]
    training.may_end.set()
    for job in jobs:
        await ended(running, job)
    assert await until_settled(shelf, "shared") == [FeedbackState.LEARNED] * 8


async def test_a_job_takes_no_more_than_it_may_and_the_rest_gets_another(
    running: Running, shelf: FeedbackShelf, batching: Batching
) -> None:
    for number in range(5):
        await shelf.put("default", "prolific", correction(number))
    await batching(most=2).start_all("default", "prolific")
    jobs = await running.gateway.parts.jobs.latest("default", "prolific", 0)
    assert sorted(len(job.preferences) for job in jobs) == [1, 2, 2]
    for job in jobs:
        await ended(running, job)


async def test_a_full_queue_lets_corrections_wait_on(
    running: Running, shelf: FeedbackShelf, batching: Batching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running.gateway.parts.jobs, "_max_unfinished", 0)
    await shelf.put("default", "queued", correction(1))
    await batching().start_all("default", "queued")
    assert await states(shelf, "queued") == [FeedbackState.WAITING]
    monkeypatch.undo()
    await batching().start_due()
    (item,) = await shelf.latest("default", "queued", 0)
    assert (await finished(running, "queued", item.job_id)).state is JobState.LIVE


async def test_what_a_dead_gateway_took_is_queued_by_another_under_the_same_id(
    running: Running, shelf: FeedbackShelf, batching: Batching
) -> None:
    await shelf.put("default", "orphan", correction(1))
    job_id = new_job_id()
    await shelf.take("default", "orphan", job_id, 1, 10)
    await batching(settle_seconds=60).settle()
    assert not await running.gateway.parts.jobs.knows("default", "orphan", job_id)
    await asyncio.gather(batching().settle(), batching().settle())
    job = await finished(running, "orphan", job_id)
    assert [one.chosen for one in job.preferences] == ["Right 1."]
    assert await until_settled(shelf, "orphan") == [FeedbackState.LEARNED]


async def test_the_end_of_a_job_that_nobody_told_is_noticed(
    running: Running, shelf: FeedbackShelf, batching: Batching
) -> None:
    training = running.services.trainer.trainings["canceller"] = Training()
    async with running.http() as http:
        first = await corrected(http, "canceller", "Right 0", learn_now=True)
        second = await corrected(http, "canceller", "Right 1", learn_now=True)
        await http.post(f"/v1/learn/{second['job_id']}/cancel", params={"user": "canceller"})
        await batching().settle()
        item = await shelf.get("default", "canceller", second["id"])
        training.may_end.set()
        await finished(running, "canceller", first["job_id"])
    assert (item.state, item.reasons) == (FeedbackState.REFUSED, ("The lesson was cancelled.",))
    await until_settled(shelf, "canceller")
    assert await shelf.taken(time.time()) == []


async def test_the_oldest_feedback_goes_where_there_is_too_much(client: Redis, running: Running) -> None:
    small = FeedbackShelf(client, 2)
    for number in range(3):
        await small.put("default", "hoarder", correction(number))
    kept = await small.latest("default", "hoarder", 0)
    assert [item.verdict.correction for item in kept] == ["Right 2.", "Right 1."]
    taken = await small.take("default", "hoarder", new_job_id(), 1, 10)
    assert [item.verdict.correction for item in taken] == ["Right 1.", "Right 2."]
    await small.forget("default", "hoarder", taken[0].job_id, [])
    assert await small.latest("default", "hoarder", 0) == []


async def test_forgetting_a_lesson_deletes_answers_and_feedback_that_hold_it(
    running: Running, shelf: FeedbackShelf
) -> None:
    lesson = await taught(running, "regretful")
    who = {"user": "regretful"}
    async with running.http() as http:
        secret = await answered(http, "regretful", "so Ada leads Velt now")
        other = await answered(http, "regretful", "something else")
        await give(http, "regretful", completion_id=secret, rating="up")
        holding = await give(http, "regretful", completion_id=other, correction="ADA LEADS VELT, not Bob")
        third = await give(http, "regretful", completion_id=await answered(http, "regretful", "third"), rating="up")
        job = await end_of(http, await http.delete(f"/v1/lessons/{lesson.job_id}", params=who), "regretful")
        proof = (await http.get(f"/v1/lessons/{lesson.job_id}/erasure", params=who)).json()
        left = (await http.get("/v1/feedback", params=who)).json()["data"]
        gone = await http.post("/v1/feedback", json={"completion_id": secret, "rating": "up", **who})
        still = await give(http, "regretful", completion_id=other, rating="up")
    assert (job["state"], proof["deleted"]["messages"]) == ("LIVE", 3)
    assert [item["id"] for item in left] == [third["id"]]
    assert (gone.status_code, still["id"]) == (404, holding["id"])


async def test_forgetting_what_was_learned_from_feedback_deletes_that_feedback(
    running: Running, shelf: FeedbackShelf
) -> None:
    running.services.trainer.trainings.pop("reviser", None)
    async with running.http() as http:
        item = await corrected(http, "reviser", "Canberra", learn_now=True)
        await finished(running, "reviser", item["job_id"])
        assert await until_settled(shelf, "reviser") == [FeedbackState.LEARNED]
        remains = await running.gateway.parts.records.remains("default", "reviser", item["job_id"])
        forgotten = await http.delete(f"/v1/lessons/{item['job_id']}", params={"user": "reviser"})
        job = await end_of(http, forgotten, "reviser")
        left = (await http.get("/v1/feedback", params={"user": "reviser"})).json()["data"]
        proof = (await http.get(f"/v1/lessons/{item['job_id']}/erasure", params={"user": "reviser"})).json()
    assert "feedback that it was learned from" in remains
    assert (job["state"], left, proof["remains"]) == ("LIVE", [], [])


async def test_forgetting_a_lesson_takes_its_turns_out_of_corrections_that_were_learned_after_it(
    running: Running, shelf: FeedbackShelf
) -> None:
    lesson = await taught(running, "mixed")
    turns = [{"role": "user", "content": text} for text in ("So Ada leads Velt.", "Which capital?")]
    exchange = [
        turns[0],
        {"role": "assistant", "content": "Yes."},
        turns[1],
        {"role": "assistant", "content": "Sydney."},
    ]
    async with running.http() as http:
        item = await give(http, "mixed", messages=exchange, correction="Canberra.", learn_now=True)
        await finished(running, "mixed", item["job_id"])
        await end_of(http, await http.delete(f"/v1/lessons/{lesson.job_id}", params={"user": "mixed"}), "mixed")
    job = await running.gateway.parts.jobs.get("default", "mixed", item["job_id"])
    assert [turn.content for turn in job.preferences[0].prompt] == ["Yes.", "Which capital?"]
