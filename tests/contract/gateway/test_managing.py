"""Management by conversation, and questions about unsure messages, over real HTTP."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from services.common.identifiers import new_job_id
from services.common.manifest import AdapterManifest
from services.gateway.intents import Intent, IntentClassifier, ManageAction, Understanding
from services.gateway.managing import OpenQuestions, Question, QuestionKind
from services.gateway.redis_access import open_redis
from services.gateway.settings import GatewaySettings
from tests.contract.gateway.conftest import Running
from tests.contract.gateway.manifests import manifest_of
from tests.contract.gateway.services import Training
from tests.contract.gateway.test_lessons import put_lesson

OFFICE = "My office moved to the third floor."
DOG = "My dog is called Biscuit."
FORGET_OFFICE = "Forget what I told you about my office."
Turns = list[dict[str, str]]


async def taught(running: Running, user: str) -> tuple[AdapterManifest, AdapterManifest]:
    """A version that knows the dog, and the one in force, that knows the office too."""
    old, new = manifest_of(user), manifest_of(user)
    new = new.model_copy(update={"lessons": [old.job_id, new.job_id], "parent": old.version})
    await running.registry.publish(old, None)
    await running.registry.publish(new, old.version)
    put_lesson(running, user, old.job_id or "", DOG)
    put_lesson(running, user, new.job_id or "", OFFICE)
    return old, new


async def say(http: httpx.AsyncClient, user: str, text: str, before: Turns | None = None, **more: Any) -> Any:
    messages = [*(before or []), {"role": "user", "content": text}]
    reply = await http.post(
        "/v1/chat/completions", json={"model": "lorelei", "messages": messages, "user": user, **more}
    )
    assert reply.status_code == 200, reply.text
    return reply.json()


def content(reply: Any) -> str:
    return str(reply["choices"][0]["message"]["content"])


def turns(asked: str, reply: Any) -> Turns:
    return [{"role": "user", "content": asked}, {"role": "assistant", "content": content(reply)}]


async def jobs_of(http: httpx.AsyncClient, user: str) -> list[Any]:
    return list((await http.get("/v1/learn", params={"user": user})).json()["data"])


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("What is the capital of France?", "chat"),
        ("Please remember that my dog is called Biscuit.", "learn_instruction"),
        ("[Learn] Read the attached report.", "learn_document"),
        ("[Learn] Search the web for news about bees.", "learn_web"),
        ("That was wrong, it is Canberra.", "feedback"),
        ("Forget everything you know about me.", "manage"),
    ],
)
async def test_messages_are_understood_and_nothing_is_done(running: Running, text: str, intent: str) -> None:
    async with running.http() as http:
        before = await jobs_of(http, "default")
        reply = await http.post("/v1/intents", json={"text": text})
        after = await jobs_of(http, "default")
    assert reply.status_code == 200
    assert reply.json()["intent"] == intent
    assert 0.5 < reply.json()["confidence"] <= 1
    assert before == after


async def test_attachments_are_to_be_read(running: Running) -> None:
    async with running.http() as http:
        reply = await http.post("/v1/intents", json={"text": "", "attachments": ["file-" + "0" * 24]})
    assert reply.json() == {"intent": "learn_document", "confidence": 1.0}


@pytest.mark.parametrize(
    ("body", "field", "says"),
    [
        ({}, "text", "required"),
        ({"text": "  "}, "text", "must not be empty"),
        ({"text": "x" * 501}, "text", "at most 500"),
        ({"text": 5}, "text", "string"),
        ({"text": "a", "attachments": ["nonsense"]}, "file_id", "hexadecimal"),
        ({"text": "a", "attachments": ["x"] * 101}, "attachments", "100"),
        ({"text": "a", "more": 1}, "more", "not supported"),
    ],
)
async def test_bad_requests_name_field_and_limit(running: Running, body: Any, field: str, says: str) -> None:
    async with running.http() as http:
        reply = await http.post("/v1/intents", json=body)
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, field)
    assert says in reply.json()["error"]["message"]


async def test_without_a_key_nothing_is_understood(running: Running) -> None:
    async with httpx.AsyncClient(base_url=running.url) as http:
        assert (await http.post("/v1/intents", json={"text": "hello"})).status_code == 401


async def test_a_lesson_is_forgotten_by_phrase_after_a_yes(running: Running) -> None:
    user = "phrase"
    old, new = await taught(running, user)

    async def publish(request: Any) -> str:
        left = manifest_of(user).model_copy(update={"lessons": [old.job_id], "job_id": request.job_id})
        await running.registry.publish(left, new.version)
        return left.version

    training = Training(publish=publish)
    training.may_end.set()
    running.services.trainer.trainings[user] = training
    async with running.http() as http:
        asked = await say(http, user, FORGET_OFFICE)
        before = await jobs_of(http, user)
        done = await say(http, user, "Yes, please.", turns(FORGET_OFFICE, asked))
        lessons = (await http.get("/v1/lessons", params={"user": user})).json()["data"]
    assert OFFICE in content(asked)
    assert "yes" in content(asked)
    assert asked["lorelei"]["manage"]["state"] == "asked"
    assert asked["lorelei"]["manage"]["lessons"] == [{"id": new.job_id, "statement": OFFICE}]
    assert before == []
    assert "I no longer know that lesson" in content(done)
    manage, learn = done["lorelei"]["manage"], done["lorelei"]["learn"]
    assert (manage["action"], manage["state"], learn["state"]) == ("forget", "started", "LIVE")
    assert manage["job_id"] == learn["job_id"]
    assert [each["statement"] for each in lessons] == [DOG]


async def test_the_progress_of_forgetting_is_streamed_from_a_stored_conversation(running: Running) -> None:
    user = "streamed"
    manifest = manifest_of(user)
    await running.registry.publish(manifest, None)
    put_lesson(running, user, manifest.job_id or "", OFFICE)
    async with running.http() as http:
        await say(http, user, FORGET_OFFICE, conversation_id="talk")
        body = {"model": "lorelei", "user": user, "conversation_id": "talk", "stream": True}
        body["messages"] = [{"role": "user", "content": "ja, bitte"}]
        reply = await http.post("/v1/chat/completions", json=body)
    chunks = [json.loads(line[6:]) for line in reply.text.splitlines() if line.startswith("data: {")]
    text = "".join(choice["delta"].get("content", "") for chunk in chunks for choice in chunk["choices"])
    assert "Model Updating... [100%]" in text
    assert chunks[-1]["lorelei"]["manage"]["action"] == "forget"
    kept = await running.gateway.parts.conversations.messages("default", user, "talk")
    assert not any(OFFICE in turn.content for turn in kept)


@pytest.mark.parametrize(("answer", "said"), [("no", "nothing was changed"), ("What is up?", "What is up?")])
async def test_anything_but_a_yes_drops_the_question(running: Running, answer: str, said: str) -> None:
    user = f"dropper-{len(answer)}"
    await taught(running, user)
    async with running.http() as http:
        asked = await say(http, user, FORGET_OFFICE)
        reply = await say(http, user, answer, turns(FORGET_OFFICE, asked))
        late = await say(http, user, "yes", turns(FORGET_OFFICE, asked))
        jobs = await jobs_of(http, user)
    assert said in content(reply)
    assert content(late) == "yes "
    assert jobs == []


async def test_a_yes_to_nothing_is_plain_chat(running: Running) -> None:
    async with running.http() as http:
        reply = await say(http, "agreeable", "yes", [{"role": "assistant", "content": "Shall I forget it?"}])
    assert content(reply) == "yes "


async def test_a_yes_counts_only_right_after_the_question(running: Running) -> None:
    await taught(running, "later")
    async with running.http() as http:
        asked = await say(http, "later", FORGET_OFFICE)
        between = [*turns(FORGET_OFFICE, asked), *turns("Hello", await say(http, "later", "Hello"))]
        reply = await say(http, "later", "yes", between)
        jobs = await jobs_of(http, "later")
    assert (content(reply), jobs) == ("yes ", [])


async def test_another_users_yes_does_nothing(running: Running) -> None:
    await taught(running, "victim")
    await taught(running, "intruder")
    async with running.http() as http:
        asked = await say(http, "victim", FORGET_OFFICE)
        reply = await say(http, "intruder", "yes", turns(FORGET_OFFICE, asked))
        jobs = [*await jobs_of(http, "victim"), *await jobs_of(http, "intruder")]
    assert (content(reply), jobs) == ("yes ", [])


async def test_two_answers_at_once_forget_once(running: Running) -> None:
    await taught(running, "hasty")
    async with running.http() as http:
        asked = await say(http, "hasty", FORGET_OFFICE)
        before = turns(FORGET_OFFICE, asked)
        await asyncio.gather(say(http, "hasty", "yes", before), say(http, "hasty", "yes", before))
        jobs = await jobs_of(http, "hasty")
    assert [job["kind"] for job in jobs] == ["forgetting"]


async def test_a_question_expires(running: Running, settings: GatewaySettings) -> None:
    await taught(running, "slow")
    async with running.http() as http, open_redis(settings.redis_url.get_secret_value()) as redis:
        asked = await say(http, "slow", FORGET_OFFICE)
        keys = [key async for key in redis.scan_iter(match="question:default:slow:*")]
        assert [0 < await redis.ttl(key) <= 600 for key in keys] == [True]
        await redis.pexpire(keys[0], 0)
        reply = await say(http, "slow", "yes", turns(FORGET_OFFICE, asked))
        jobs = await jobs_of(http, "slow")
    assert (content(reply), jobs) == ("yes ", [])


async def test_what_was_never_taught_is_not_forgotten(running: Running) -> None:
    await taught(running, "knower")
    async with running.http() as http:
        reply = await say(http, "knower", "Forget what I told you about my car.")
        nobody = await say(http, "newcomer", "Forget what I told you about my car.")
    assert "nothing" in content(reply)
    assert DOG in content(reply)
    assert reply["lorelei"]["manage"]["state"] == "none"
    assert "not taught me anything" in content(nobody)


async def test_of_several_lessons_one_is_chosen(running: Running) -> None:
    user = "chooser"
    manifest = manifest_of(user)
    lessons = [new_job_id(), manifest.job_id or ""]
    await running.registry.publish(manifest.model_copy(update={"lessons": lessons}), None)
    put_lesson(running, user, lessons[0], "The printer in my office is green.")
    put_lesson(running, user, lessons[1], OFFICE)
    async with running.http() as http:
        asked = await say(http, user, FORGET_OFFICE)
        done = await say(http, user, "the second", turns(FORGET_OFFICE, asked))
    assert "Which one" in content(asked)
    assert done["lorelei"]["manage"]["lessons"] == [{"id": asked["lorelei"]["manage"]["lessons"][1]["id"]}]


async def test_everything_is_forgotten_after_a_yes(running: Running) -> None:
    await taught(running, "eraser")
    async with running.http() as http:
        asked = await say(http, "eraser", "Forget everything you know about me.")
        done = await say(http, "eraser", "yes", turns("Forget everything you know about me.", asked))
        lessons = (await http.get("/v1/lessons", params={"user": "eraser"})).json()["data"]
        me = (await http.get("/v1/me", params={"user": "eraser"})).json()
    assert "all 2 lessons" in content(asked)
    assert done["lorelei"]["learn"]["state"] == "LIVE"
    assert (lessons, me["active_version"]) == ([], None)
    trained = [one for one in running.services.trainer.requests if one.user == "eraser"]
    assert trained == []


async def test_an_update_is_undone_and_redone(running: Running) -> None:
    old, new = await taught(running, "undoer")
    async with running.http() as http:
        undone = await say(http, "undoer", "Undo the last update.")
        first = await running.registry.active("default", "undoer")
        await say(http, "undoer", "Undo the last update.")
        base = await running.registry.active("default", "undoer")
        nothing = await say(http, "undoer", "Undo the last update.")
        await say(http, "undoer", "Redo the update.")
        redone = await say(http, "undoer", "Redo the update.")
        again = await running.registry.active("default", "undoer")
    assert OFFICE in content(undone)
    assert undone["lorelei"]["manage"] == {"action": "undo", "state": "done", "version": old.version}
    assert (first, base, again) == (old.version, None, new.version)
    assert nothing["lorelei"]["manage"]["state"] == "none"
    assert OFFICE in content(redone)


async def test_what_was_taught_is_listed_about_a_topic(running: Running) -> None:
    await taught(running, "lister")
    async with running.http() as http:
        everything = await say(http, "lister", "What have you learned about me?")
        dog = await say(http, "lister", "What have I taught you about my dog?")
        stranger = await say(http, "stranger-to-all", "What have you learned about me?")
    assert OFFICE in content(everything)
    assert DOG in content(everything)
    assert DOG in content(dog)
    assert OFFICE not in content(dog)
    assert [one["statement"] for one in dog["lorelei"]["manage"]["lessons"]] == [DOG]
    assert "not taught me anything" in content(stranger)


async def test_what_is_being_learned_is_shown_and_cancelled(running: Running) -> None:
    user = "watched"
    running.services.trainer.trainings[user] = Training()
    async with running.http() as http:
        job = (await http.post("/v1/learn", json={"text": DOG, "user": user})).json()
        await running.services.trainer.has_begun(user).wait()
        status = await say(http, user, "Are you still learning?")
        cancelled = await say(http, user, "Stop learning.")
        async with http.stream("GET", f"/v1/learn/{job['id']}/events", params={"user": user}) as events:
            async for _ in events.aiter_lines():
                pass
        ended = (await http.get(f"/v1/learn/{job['id']}", params={"user": user})).json()
        idle = await say(http, user, "Are you still learning?")
    assert DOG in content(status)
    assert cancelled["lorelei"]["manage"] == {"action": "cancel", "state": "done", "jobs": [job["id"]]}
    assert ended["state"] == "CANCELLED"
    assert "not learning anything" in content(idle)


async def test_the_base_model_is_not_managed(running: Running) -> None:
    async with running.http() as http:
        reply = await say(http, "plain", "Undo the last update.", model="lorelei:base")
    assert content(reply) == "Undo the last update. "


async def test_a_fact_told_in_chat_is_not_learned(running: Running) -> None:
    async with running.http() as http:
        reply = await say(http, "chatty", DOG)
        jobs = await jobs_of(http, "chatty")
    assert (content(reply), jobs) == (f"{DOG} ", [])


@pytest.fixture
def unsure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every [Learn] message may be one of two; which wordings are unsure changes with the weights."""
    really = IntentClassifier.understand
    readings = {Intent.LEARN_WEB: 0.5, Intent.LEARN_INSTRUCTION: 0.3, Intent.FEEDBACK: 0.2}

    def understand(self: IntentClassifier, text: str, *, attachments: bool = False) -> Understanding:
        if text.startswith("[Learn]"):
            return Understanding(Intent.LEARN_WEB, 0.5, readings, ManageAction.LIST)
        return really(self, text, attachments=attachments)

    monkeypatch.setattr(IntentClassifier, "understand", understand)


@pytest.mark.parametrize(
    ("answer", "kind"), [("the second", "instruction"), ("search the web", "web"), ("Just remember it.", "instruction")]
)
async def test_an_unsure_message_is_asked_about_and_the_choice_is_done(
    running: Running, unsure: None, answer: str, kind: str
) -> None:
    user, text = f"unsure-{len(answer)}", "[Learn] The bees of Velt."
    async with running.http() as http:
        asked = await say(http, user, text)
        before = await jobs_of(http, user)
        done = await say(http, user, answer, turns(text, asked))
        jobs = await jobs_of(http, user)
    offered = [one["intent"] for one in asked["lorelei"]["alternatives"]]
    assert offered == ["learn_web", "learn_instruction", "feedback"]
    assert (asked["lorelei"]["intent"], asked["lorelei"]["confidence"]) == ("learn_web", 0.5)
    assert before == []
    assert done["lorelei"]["learn"]["state"] == "LIVE"
    assert [(job["kind"], job["statement"]) for job in jobs] == [(kind, "The bees of Velt.")]


async def test_the_api_of_lessons_never_asks(running: Running, unsure: None) -> None:
    async with running.http() as http:
        job = await http.post("/v1/learn", json={"text": "The bees of Velt.", "user": "api"})
    assert job.status_code == 202


async def test_questions_are_taken_once_and_by_their_owner(settings: GatewaySettings, running: Running) -> None:
    async with open_redis(settings.redis_url.get_secret_value()) as redis:
        questions = OpenQuestions(redis, keep_seconds=60)
        question = Question(QuestionKind.WHICH, lessons=("a", "b"))
        await questions.ask("default", "owner", "Which?", question)
        assert await questions.take("default", "other", "Which?") is None
        assert await questions.take("default", "owner", "What?") is None
        assert await questions.take("default", "owner", " Which?\n") == question
        assert await questions.take("default", "owner", "Which?") is None
