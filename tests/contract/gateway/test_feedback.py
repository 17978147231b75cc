"""Feedback over real HTTP: rating and correcting answers, by their ids, by messages, and in the conversation."""

from dataclasses import dataclass, replace
from typing import Any

import httpx
import openai
import pytest
from redis.asyncio import Redis

from services.common.errors import InvalidArgument
from services.common.identifiers import new_version
from services.gateway.conversations import Message
from services.gateway.feedback.answers import Answer, AnswerLimits, Answers
from services.gateway.feedback.items import FeedbackState, Rating
from services.gateway.redis_access import open_redis
from services.gateway.settings import GatewaySettings
from tests.contract.gateway.conftest import Running
from tests.contract.gateway.manifests import manifest_of
from tests.contract.gateway.test_chat import said

UNKNOWN_COMPLETION = "chatcmpl-" + "0" * 24
UNKNOWN_FEEDBACK = "feedback-" + "0" * 24


@dataclass(frozen=True)
class Spoken:
    """What a classifier would have understood."""

    rating: str
    correction: str = ""
    reason: str = ""


async def answered(http: httpx.AsyncClient, user: str, question: str = "Sydney", **more: Any) -> str:
    """The id of a completion that answers with the question's own words."""
    body = {"model": "lorelei", "messages": said(question), "user": user, **more}
    reply = await http.post("/v1/chat/completions", json=body)
    assert reply.status_code == 200, reply.text
    return str(reply.json()["id"])


async def give(http: httpx.AsyncClient, user: str, **feedback: Any) -> dict[str, Any]:
    reply = await http.post("/v1/feedback", json={"user": user, **feedback})
    assert reply.status_code == 201, reply.text
    given: dict[str, Any] = reply.json()
    return given


async def test_an_answer_is_rated_by_its_id_and_by_last(running: Running) -> None:
    manifest = manifest_of("rater")
    await running.registry.publish(manifest, None)
    async with running.http() as http:
        first = await answered(http, "rater", "one")
        await answered(http, "rater", "two")
        item = await give(http, "rater", completion_id=first, rating="up", reason="Short.")
        last = await give(http, "rater", completion_id="last", rating="down")
        shown = (await http.get(f"/v1/feedback/{item['id']}", params={"user": "rater"})).json()
        listed = (await http.get("/v1/feedback", params={"user": "rater", "limit": 1})).json()["data"]
    assert (item["object"], item["state"], item["rating"], item["reason"]) == ("feedback", "kept", "up", "Short.")
    assert (item["version"], item["completion_id"], item["correction"]) == (manifest.version, first, None)
    assert shown["prompt"] == said("one")
    assert (last["answer"], last["state"]) == ("two ", "kept")
    assert "What gets learned is a corrected answer" in last["message"]
    assert [each["id"] for each in listed] == [last["id"]]


async def test_openais_client_corrects_an_answer(running: Running) -> None:
    async with running.openai() as client:
        reply = await client.chat.completions.create(model="lorelei", messages=said("Sydney"), user="pythonista")
        verdict = {"completion_id": reply.id, "correction": "Canberra.", "user": "pythonista", "learn_now": True}
        item: Any = await client.post("/feedback", body=verdict, cast_to=object)
        with pytest.raises(openai.NotFoundError, match="I remember no answer"):
            await client.post("/feedback", body={**verdict, "completion_id": UNKNOWN_COMPLETION}, cast_to=object)
    assert (item["state"], item["correction"]) == ("learning", "Canberra.")
    assert item["job_id"].startswith("learn-")


async def test_a_streamed_answer_is_remembered_with_its_whole_conversation(running: Running) -> None:
    async with running.openai() as client:
        for question in ("hello", "the question"):
            stream = await client.chat.completions.create(
                model="lorelei",
                messages=said(question),
                user="streamer",
                stream=True,
                extra_body={"conversation_id": "talk"},
            )
            chunks = [chunk async for chunk in stream]
    async with running.http() as http:
        item = await give(http, "streamer", completion_id=chunks[0].id, rating="up")
        shown = (await http.get(f"/v1/feedback/{item['id']}", params={"user": "streamer"})).json()
    assert item["answer"] == "the question "
    assert [turn["content"] for turn in shown["prompt"]] == ["hello", "hello ", "the question"]


async def test_messages_name_an_answer_too_and_are_recognised_as_one_remembered(running: Running) -> None:
    version = new_version("learn-" + "0" * 24)
    async with running.http() as http:
        remembered = await answered(http, "messenger", "known words")
        known = [*said("known words"), {"role": "assistant", "content": "known words"}]
        same = await give(http, "messenger", messages=known, rating="down")
        foreign = [*said("Capital?"), {"role": "assistant", "content": "Sydney."}]
        given = await give(http, "messenger", messages=foreign, version=version, correction="Canberra.")
        again = await give(http, "messenger", messages=foreign, rating="up")
        listed = (await http.get("/v1/feedback", params={"user": "messenger"})).json()["data"]
    assert same["completion_id"] == remembered
    assert (given["completion_id"], given["version"]) == (None, version)
    assert (given["rating"], given["correction"], given["state"]) == ("down", "Canberra.", "waiting")
    assert (again["id"], again["correction"], again["state"]) == (given["id"], None, "kept")
    assert [each["id"] for each in listed] == [given["id"], same["id"]]


async def test_an_answer_that_nobody_knows_is_taken_for_one_of_the_version_that_serves(running: Running) -> None:
    manifest = manifest_of("guessed")
    await running.registry.publish(manifest, None)
    messages = [*said("Capital?"), {"role": "assistant", "content": "Sydney."}]
    async with running.http() as http:
        assert (await give(http, "guessed", messages=messages, rating="up"))["version"] == manifest.version


async def test_bad_requests_name_the_field(running: Running) -> None:
    question = said("Capital?")
    exchange = [*question, {"role": "assistant", "content": "Sydney."}]
    async with running.http() as http:
        completion = await answered(http, "careless", "Sydney it is")
        for body, status, field in (
            ({"rating": "up"}, 400, "completion_id"),
            ({"completion_id": completion, "messages": exchange, "rating": "up"}, 400, "completion_id"),
            ({"completion_id": completion}, 400, "rating"),
            ({"completion_id": completion, "rating": "sideways"}, 400, "rating"),
            ({"completion_id": completion, "correction": "  "}, 400, "correction"),
            ({"completion_id": completion, "correction": " Sydney  it is"}, 400, "correction"),
            ({"completion_id": completion, "correction": "x" * 501}, 400, "correction"),
            ({"completion_id": completion, "rating": "down", "reason": "x" * 1001}, 400, "reason"),
            ({"completion_id": completion, "rating": "up", "version": "v-1"}, 400, "version"),
            ({"completion_id": UNKNOWN_COMPLETION, "rating": "up"}, 404, "completion_id"),
            ({"completion_id": "../../x", "rating": "up"}, 404, "completion_id"),
            ({"messages": question, "rating": "up"}, 400, "messages"),
            ({"messages": exchange[1:], "rating": "up"}, 400, "messages"),
            ({"messages": [], "rating": "up"}, 400, "messages"),
            ({"messages": exchange, "version": "v-1", "rating": "up"}, 400, "version"),
            ({"completion_id": completion, "rating": "up", "user": "no/body"}, 400, "user"),
            ({"completion_id": completion, "rating": "up", "stars": 5}, 400, "stars"),
        ):
            refused = await http.post("/v1/feedback", json={"user": "careless", **body})
            error = refused.json()["error"]
            assert (refused.status_code, error["param"], error["type"]) == (status, field, "invalid_request_error"), (
                body
            )
        overlong = await http.post(
            "/v1/feedback", json={"user": "careless", "completion_id": completion, "correction": "x" * 501}
        )
        assert "501 characters; at most 500" in overlong.text
        assert (await http.get("/v1/feedback", params={"user": "careless"})).json()["data"] == []


async def test_what_is_another_users_or_tenants_is_not_found(running: Running) -> None:
    await running.gateway.parts.keys.register("rival-key", "rival")
    async with running.http() as http:
        completion = await answered(http, "owner")
        item = await give(http, "owner", completion_id=completion, correction="Canberra")
        for user, headers in (("thief", {}), ("owner", {"Authorization": "Bearer rival-key"})):
            stolen = await http.post(
                "/v1/feedback", json={"completion_id": completion, "rating": "up", "user": user}, headers=headers
            )
            last = await http.post(
                "/v1/feedback", json={"completion_id": "last", "rating": "up", "user": user}, headers=headers
            )
            who: dict[str, Any] = {"params": {"user": user}, "headers": headers}
            path = f"/v1/feedback/{item['id']}"
            found = [
                await http.get(path, **who),
                await http.delete(path, **who),
                await http.post(f"{path}/learn", **who),
            ]
            assert [reply.status_code for reply in (stolen, last, *found)] == [404] * 5
            assert (await http.get("/v1/feedback", **who)).json()["data"] == []
        shown = await http.get(f"/v1/feedback/{item['id']}", params={"user": "owner"})
        unknown = await http.get(f"/v1/feedback/{UNKNOWN_FEEDBACK}", params={"user": "owner"})
        malformed = await http.get("/v1/feedback/7", params={"user": "owner"})
    assert (shown.json()["state"], unknown.status_code, malformed.status_code) == ("waiting", 404, 404)


async def test_a_deleted_verdict_is_gone_and_its_correction_waits_no_longer(running: Running) -> None:
    who = {"user": "deleter"}
    async with running.http() as http:
        item = await give(http, "deleter", completion_id=await answered(http, "deleter"), correction="Canberra")
        deleted = (await http.delete(f"/v1/feedback/{item['id']}", params=who)).json()
        again = await http.delete(f"/v1/feedback/{item['id']}", params=who)
        kept = await give(http, "deleter", completion_id=await answered(http, "deleter"), rating="down", learn_now=True)
        jobs = (await http.get("/v1/learn", params=who)).json()["data"]
        unlearnable = await http.post(f"/v1/feedback/{kept['id']}/learn", params=who)
    assert deleted == {"id": item["id"], "object": "feedback", "deleted": True}
    assert (again.status_code, jobs, kept["state"]) == (404, [], "kept")
    assert (unlearnable.status_code, unlearnable.json()["error"]["code"]) == (409, "no_correction")


async def test_harm_reaches_the_operator_once_for_each_report(running: Running) -> None:
    async with running.http() as http:
        completion = await answered(http, "victim", "something cruel")
        told = await give(http, "victim", completion_id=completion, rating="down", reason="This is racist.")
        await give(http, "victim", completion_id=completion, rating="down", reason="This is racist.")
        other = await answered(http, "victim", "another")
        flagged = await give(http, "victim", completion_id=other, harmful=True, correction="Something kind.")
        fine = await answered(http, "victim", "fine")
        praised = await give(http, "victim", completion_id=fine, rating="up", reason="Explains what racist means.")
    async with running.operator() as http:
        entries = (await http.get("/v1/audit", params={"limit": 100})).json()["data"]
    reports = [entry for entry in entries if entry["user"] == "victim"]
    assert [(entry["kind"], entry["subject"], entry["text"], entry["reason"]) for entry in reports] == [
        ("harm_reported", flagged["id"], "another ", ""),
        ("harm_reported", told["id"], "something cruel ", "This is racist."),
    ]
    assert (told["harmful"], flagged["harmful"], praised["harmful"]) == (True, True, False)
    assert (flagged["state"], flagged["rating"]) == ("waiting", "down")


async def test_verdicts_are_counted_by_rating_and_repeated_ones_are_not(running: Running) -> None:
    def count(metrics: str) -> float:
        line = next(
            (one for one in metrics.splitlines() if one.startswith('lorelei_gateway_feedback_total{rating="up')), ""
        )
        return float(line.rpartition(" ")[2] or 0)

    async with running.http() as http:
        completion = await answered(http, "counted")
        before = (await http.get("/metrics")).text
        for _ in range(2):
            await give(http, "counted", completion_id=completion, rating="up")
        after = (await http.get("/metrics")).text
    assert count(after) - count(before) == 1
    assert "counted" not in after


async def test_what_is_said_of_the_last_answer_in_the_conversation_is_taken(running: Running) -> None:
    taking = running.gateway.parts.feedback_in_chat
    async with running.http() as http:
        completion = await answered(http, "speaker", "Sydney I think")
    talk = [Message("user", "Sydney I think"), Message("assistant", "Sydney I think ")]
    liked = await taking.take("default", "speaker", talk, "Well done!", Spoken("up"))
    noted = await taking.take("default", "speaker", talk, "That was biased.", Spoken("down"))
    taken = await taking.take("default", "speaker", talk, "No, Canberra.", Spoken("down", "Canberra"))
    assert {one.item.answer.completion_id for one in (liked, noted, taken)} == {completion}
    assert (liked.item.verdict.rating, liked.item.state) == (Rating.UP, FeedbackState.KEPT)
    assert (noted.item.verdict.reason, noted.item.verdict.harmful) == ("That was biased.", True)
    assert "Tell me the right answer" in noted.sentence
    assert taken.sentence == "Thank you. I will learn that: Canberra"
    assert (taken.item.state, taken.item.verdict.reason) == (FeedbackState.LEARNING, "No, Canberra.")
    job = await running.gateway.parts.jobs.get("default", "speaker", taken.item.job_id)
    assert [(one.rejected, one.chosen) for one in job.preferences] == [("Sydney I think ", "Canberra")]


async def test_what_is_said_of_an_unknown_answer_is_taken_from_the_conversation(running: Running) -> None:
    taking = running.gateway.parts.feedback_in_chat
    talk = [Message("user", "Capital?"), Message("assistant", "Sydney.")]
    same = await taking.take("default", "talker", talk, "It is Sydney.", Spoken("down", " Sydney. "))
    taken = await taking.take("default", "talker", talk, "It is Canberra.", Spoken("down", "Canberra", "wrong"))
    assert (same.item.verdict.correction, same.item.state) == ("", FeedbackState.KEPT)
    assert (taken.item.answer.reply, taken.item.answer.prompt) == ("Sydney.", (Message("user", "Capital?"),))
    assert taken.item.verdict.reason == "wrong"
    with pytest.raises(InvalidArgument, match="must end with the assistant's answer"):
        await taking.take("default", "talker", talk[:1], "It is Canberra.", Spoken("down", "Canberra"))


@pytest.fixture
async def client(settings: GatewaySettings) -> Any:
    async with open_redis(settings.redis_url.get_secret_value()) as redis:
        yield redis


def remembering(running: Running, client: Redis, **limits: Any) -> Answers:
    return Answers(client, running.registry, replace(AnswerLimits(60, 3, 20), **limits))


def new_answer(number: int, *turns: Message) -> Answer:
    prompt = turns or (Message("user", "Hi"),)
    return Answer(f"chatcmpl-{number:024x}", prompt, f"Answer {number}.", "", float(number))


async def test_only_the_latest_answers_and_the_end_of_what_came_before_are_remembered(
    running: Running, client: Redis
) -> None:
    answers = remembering(running, client)
    long = [Message("user", "a" * 15), Message("assistant", "b" * 9), Message("user", "c" * 9)]
    for number in range(4):
        await answers.remember("default", "bounded", new_answer(number, *long))
    await answers.remember("default", "bounded", new_answer(5, Message("user", "x" * 30 + "y" * 20)))
    kept = await answers.get("default", "bounded", new_answer(3).completion_id)
    cut = await answers.get("default", "bounded", "last")
    assert [turn.content for turn in kept.prompt] == ["b" * 9, "c" * 9]
    assert [turn.content for turn in cut.prompt] == ["y" * 20]
    assert (
        await client.exists(*(f"answer:default:bounded:{new_answer(number).completion_id}" for number in range(2))) == 0
    )


async def test_answers_are_forgotten_after_their_time_and_not_kept_where_that_is_none(
    running: Running, client: Redis
) -> None:
    await remembering(running, client).remember("default", "brief", new_answer(1))
    assert 0 < await client.ttl(f"answer:default:brief:{new_answer(1).completion_id}") <= 60
    await remembering(running, client, keep_seconds=0).remember("default", "unkept", new_answer(1))
    assert await client.exists("answers:default:unkept") == 0
