"""Feedback in the words of the conversation, over real HTTP with the real classifier."""

import pytest

from tests.contract.gateway.conftest import Running
from tests.contract.gateway.test_managing import content, jobs_of, say, turns

WRONG = "That answer was wrong, the capital is Canberra."


async def test_a_correction_in_the_chat_is_answered_at_once_and_learned_behind_it(running: Running) -> None:
    async with running.http() as http:
        answer = await say(http, "judge", "Sydney, is it?")
        reply = await say(http, "judge", WRONG, turns("Sydney, is it?", answer))
        [job] = await jobs_of(http, "judge")
        [item] = (await http.get("/v1/feedback", params={"user": "judge"})).json()["data"]
    told = reply["lorelei"]["feedback"]
    assert content(reply).startswith("Thank you. I will learn that")
    assert "Canberra" in content(reply)
    assert (told["id"], told["job_id"], told["rating"]) == (item["id"], job["id"], "down")
    assert item["completion_id"] == answer["id"]
    assert "Canberra" in item["correction"]
    assert job["kind"] == "feedback"


async def test_after_the_trigger_the_reply_tells_how_it_is_learned(running: Running) -> None:
    async with running.http() as http:
        before = turns("Sydney, is it?", await say(http, "learner", "Sydney, is it?"))
        reply = await say(http, "learner", f"[Learn] {WRONG}", before)
        [job] = await jobs_of(http, "learner")
    assert content(reply) == "Finished model updated! I have learned from your corrections."
    assert reply["lorelei"]["feedback"]["job_id"] == job["id"]
    assert job["state"] == "LIVE"


async def test_blame_without_the_right_answer_is_noted_and_says_what_is_missing(running: Running) -> None:
    async with running.http() as http:
        before = turns("Sydney, is it?", await say(http, "blamer", "Sydney, is it?"))
        reply = await say(http, "blamer", "No, that answer is wrong.", before)
        [item] = (await http.get("/v1/feedback", params={"user": "blamer"})).json()["data"]
        assert await jobs_of(http, "blamer") == []
    assert "Tell me the right answer" in content(reply)
    assert (item["rating"], item["state"], item["correction"]) == ("down", "kept", None)


async def test_praise_is_kept_and_answered_as_chat_is(running: Running) -> None:
    async with running.http() as http:
        before = turns("Sydney, is it?", await say(http, "fan", "Sydney, is it?"))
        reply = await say(http, "fan", "That answer was exactly right.", before)
        [item] = (await http.get("/v1/feedback", params={"user": "fan"})).json()["data"]
    assert "feedback" not in reply["lorelei"]
    assert item["rating"] == "up"


@pytest.mark.parametrize("text", [WRONG, "No, that answer is wrong."])
async def test_where_nothing_was_answered_it_is_chat(running: Running, text: str) -> None:
    async with running.http() as http:
        reply = await say(http, "opener", text)
        assert (await http.get("/v1/feedback", params={"user": "opener"})).json()["data"] == []
    assert "feedback" not in reply["lorelei"]


async def test_the_base_model_takes_no_feedback(running: Running) -> None:
    async with running.http() as http:
        before = turns("Sydney, is it?", await say(http, "baser", "Sydney, is it?", model="lorelei:base"))
        reply = await say(http, "baser", WRONG, before, model="lorelei:base")
    assert "feedback" not in reply["lorelei"]
