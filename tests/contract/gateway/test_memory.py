"""Control over memory over real HTTP: forgetting, composing and naming."""

import asyncio
from typing import Any

import httpx
import pytest

from lorelei.trainer.v1 import trainer_pb2
from services.common.keys import adapter_prefix, lesson_dataset_key
from services.common.manifest import AdapterManifest
from services.gateway.conversations import Message
from tests.contract.gateway.conftest import Running
from tests.contract.gateway.manifests import manifest_of
from tests.contract.gateway.services import Training
from tests.contract.gateway.test_lessons import put_lesson, two_lessons


async def end_of(http: httpx.AsyncClient, job: httpx.Response, user: str) -> dict[str, Any]:
    """The job when it has ended; it must have been accepted."""
    assert job.status_code == 202, job.text
    events = f"/v1/learn/{job.json()['id']}/events"
    async with asyncio.timeout(20), http.stream("GET", events, params={"user": user}) as stream:
        async for line in stream.aiter_lines():
            if '"state": "LIVE"' in line or '"state": "FAILED"' in line:
                break
    ended: dict[str, Any] = (await http.get(f"/v1/learn/{job.json()['id']}", params={"user": user})).json()
    return ended


def publishing(running: Running, user: str) -> Training:
    """Trainings of `user` that publish a version of the lessons asked for."""

    async def publish(request: trainer_pb2.TrainRequest) -> str:
        manifest = manifest_of(user).model_copy(
            update={"job_id": request.job_id, "lessons": list(request.composition.lessons)}
        )
        await running.registry.publish(manifest, await running.registry.active("default", user))
        return manifest.version

    training = Training(publish=publish)
    training.may_end.set()
    running.services.trainer.trainings[user] = training
    return training


async def taught(running: Running, user: str) -> AdapterManifest:
    """A version in force that knows one lesson, with files."""
    manifest = manifest_of(user)
    await running.registry.publish(manifest, None)
    put_lesson(running, user, manifest.job_id, "Ada leads Velt.")
    folder = running.objects / adapter_prefix("default", user, manifest.version)
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}")
    return manifest


async def test_forgetting_the_only_lesson_leaves_the_base_model_and_nothing_else(running: Running) -> None:
    lesson, other = await taught(running, "forgetful"), await taught(running, "bystander")
    conversations = running.gateway.parts.conversations
    turns = [
        Message("user", "[Learn] Ada leads Velt."),
        Message("assistant", f"About {lesson.job_id} I only know the leader, sorry."),
        Message("user", "Hello!"),
    ]
    await conversations.append("default", "forgetful", "talk", turns)
    await conversations.append("default", "bystander", "talk", turns)
    async with running.http() as http:
        asked = await http.delete(f"/v1/lessons/{lesson.job_id}", params={"user": "forgetful"})
        job = await end_of(http, asked, "forgetful")
        me = (await http.get("/v1/me", params={"user": "forgetful"})).json()
        gone = await http.get(f"/v1/lessons/{lesson.job_id}", params={"user": "forgetful"})
        proof = (await http.get(f"/v1/lessons/{lesson.job_id}/erasure", params={"user": "forgetful"})).json()
        thief = await http.get(f"/v1/lessons/{lesson.job_id}/erasure", params={"user": "bystander"})
    assert (job["state"], job["kind"], job["forgotten"]) == ("LIVE", "forgetting", lesson.job_id)
    assert me["active_version"] is None
    assert (gone.status_code, thief.status_code) == (404, 404)
    assert proof["deleted"] == {"versions": [lesson.version], "objects": 2, "messages": 2}
    assert proof["remains"] == []
    assert not (running.objects / adapter_prefix("default", "forgetful", lesson.version)).exists()
    assert await conversations.messages("default", "forgetful", "talk") == turns[2:]
    assert await conversations.messages("default", "bystander", "talk") == turns
    assert (running.objects / lesson_dataset_key("default", "bystander", other.job_id)).exists()


async def test_forgetting_one_of_two_retrains_on_the_other_and_deletes_what_knew_it(running: Running) -> None:
    old, new = await two_lessons(running, "halver")
    publishing(running, "halver")
    async with running.http() as http:
        asked = await http.delete(f"/v1/lessons/{old.job_id}", params={"user": "halver"})
        job = await end_of(http, asked, "halver")
        listed = (await http.get("/v1/adapters", params={"user": "halver"})).json()["data"]
        lessons = (await http.get("/v1/lessons", params={"user": "halver"})).json()["data"]
    request = running.services.trainer.requests[-1]
    assert (list(request.composition.lessons), request.composition.forgotten_lesson) == ([new.job_id], old.job_id)
    assert job["state"] == "LIVE"
    assert [(each["version"], each["lessons"], each["active"]) for each in listed] == [
        (job["version"], [new.job_id], True)
    ]
    assert [each["id"] for each in lessons] == [new.job_id]


@pytest.mark.parametrize(
    ("user", "lesson", "turn", "stays"),
    [
        ("reader-1", {"text": "Read it", "urls": ["https://example.org/"]}, "We read it to the children.", True),
        (
            "reader-2",
            {"text": "Read the mill's report", "urls": ["https://example.org/"]},
            "Read the mill's report!",
            False,
        ),
        ("reader-3", {"text": "Biscuit barks"}, "Does it matter that Biscuit barks at night?", False),
    ],
)
async def test_turns_that_only_share_two_words_with_a_request_to_read_outlive_the_documents_lesson(
    running: Running, user: str, lesson: dict[str, Any], turn: str, stays: bool
) -> None:
    conversations = running.gateway.parts.conversations
    await conversations.append("default", user, "talk", [Message("user", turn)])
    async with running.http() as http:
        learned = await end_of(http, await http.post("/v1/learn", json={**lesson, "user": user}), user)
        forgotten = await end_of(http, await http.delete(f"/v1/lessons/{learned['id']}", params={"user": user}), user)
    assert (learned["state"], forgotten["state"]) == ("LIVE", "LIVE")
    assert bool(await conversations.messages("default", user, "talk")) is stays


async def test_a_version_is_composed_named_and_activated_by_its_name(running: Running) -> None:
    old, new = await two_lessons(running, "composer")
    publishing(running, "composer")
    who = {"user": "composer"}
    async with running.http() as http:
        body = {"lessons": [old.job_id], "name": "only Ada", "user": "composer"}
        job = await end_of(http, await http.post("/v1/adapters", json=body), "composer")
        await http.post(f"/v1/adapters/{new.version}/activate", params=who)
        back = (await http.post("/v1/adapters/only Ada/activate", params=who)).json()
        renamed = await http.patch(f"/v1/adapters/{new.version}", params=who, json={"name": "both"})
        listed = (await http.get("/v1/adapters", params=who)).json()["data"]
        moved = await http.patch(f"/v1/adapters/{old.version}", params=who, json={"name": "both"})
        after = (await http.get("/v1/adapters", params=who)).json()["data"]
    assert back["active_version"] == job["version"]
    assert (renamed.status_code, moved.status_code) == (200, 200)
    names = {each["version"]: each["name"] for each in listed}
    assert names == {job["version"]: "only Ada", new.version: "both", old.version: None}
    assert {each["version"]: each["name"] for each in after}[new.version] is None


async def test_bad_requests_name_the_field(running: Running) -> None:
    old, _ = await two_lessons(running, "careful")
    stranger = await taught(running, "stranger")
    who = {"user": "careful"}
    async with running.http() as http:
        for body, status, field in (
            ({"lessons": []}, 422, "lessons"),
            ({"lessons": [old.job_id, old.job_id]}, 400, "lessons"),
            ({"lessons": [stranger.job_id]}, 404, "id"),
            ({"lessons": [old.job_id], "name": "base"}, 400, "name"),
            ({"lessons": [old.job_id], "name": "x" * 65}, 400, "name"),
        ):
            refused = await http.post("/v1/adapters", json={**body, "user": "careful"})
            assert (refused.status_code in (status, 400), field in refused.text) == (True, True), refused.text
        foreign = await http.delete(f"/v1/lessons/{stranger.job_id}", params=who)
        unforgotten = await http.get(f"/v1/lessons/{old.job_id}/erasure", params=who)
        unknown = await http.post("/v1/adapters/nothing/activate", params=who)
    assert (foreign.status_code, unforgotten.status_code, unknown.status_code) == (404, 404, 400)
