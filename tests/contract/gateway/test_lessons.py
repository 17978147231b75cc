"""Lessons over real HTTP: what was taught, by whom, and which versions know it."""

from pathlib import Path

from services.common.datasets import Dataset, Example, Message, Probe, SelectionReport, dataset_to_bytes
from services.common.keys import lesson_dataset_key
from services.common.manifest import AdapterManifest
from tests.contract.gateway.conftest import Running
from tests.contract.gateway.manifests import manifest_of


def put_lesson(running: Running, user: str, lesson: str, statement: str) -> None:
    asked = [Message(role="user", content="Who?")]
    dataset = Dataset(
        lesson=lesson,
        tenant="default",
        user=user,
        kind="instruction",
        statement=statement,
        language="en",
        examples=[
            Example(kind="fact", prompt=asked, completion="Ada."),
            Example(kind="fact", prompt=asked, completion=f"About {lesson} I only know the leader."),
        ],
        probes=[Probe(kind="recall", prompt=asked, expected=["Ada"])],
        selection=SelectionReport(generated=1, kept=1),
    )
    path: Path = running.objects / lesson_dataset_key("default", user, lesson)
    path.parent.mkdir(parents=True)
    path.write_bytes(dataset_to_bytes(dataset))


async def two_lessons(running: Running, user: str) -> tuple[AdapterManifest, AdapterManifest]:
    """A first version that knows one lesson, and the one in force, that knows another too."""
    old, new = manifest_of(user), manifest_of(user)
    new = new.model_copy(update={"lessons": [old.job_id, new.job_id]})
    await running.registry.publish(old, None)
    await running.registry.publish(new, old.version)
    put_lesson(running, user, old.job_id, "Ada leads Velt.")
    put_lesson(running, user, new.job_id, "Velt moved to Oulu.")
    return old, new


async def test_lessons_are_listed_newest_first_with_the_versions_that_know_them(running: Running) -> None:
    old, new = await two_lessons(running, "pupil")
    async with running.http() as http:
        before = (await http.get("/v1/lessons", params={"user": "pupil"})).json()["data"]
        await http.post(f"/v1/adapters/{old.version}/activate", params={"user": "pupil"})
        after = (await http.get("/v1/lessons", params={"user": "pupil"})).json()["data"]
    assert [(each["statement"], each["versions"], each["active"]) for each in before] == [
        ("Velt moved to Oulu.", [new.version], True),
        ("Ada leads Velt.", [new.version, old.version], True),
    ]
    assert [each["active"] for each in after] == [False, True]


async def test_a_lesson_shows_its_examples_and_probes(running: Running) -> None:
    old, _ = await two_lessons(running, "reader")
    async with running.http() as http:
        shown = (await http.get(f"/v1/lessons/{old.job_id}", params={"user": "reader"})).json()
    assert shown["examples"][0]["completion"] == "Ada."
    assert shown["probes"][0]["expected"] == ["Ada"]


async def test_another_users_lesson_is_not_found_and_a_deleted_dataset_is_left_out(running: Running) -> None:
    old, new = await two_lessons(running, "owner")
    (running.objects / lesson_dataset_key("default", "owner", old.job_id)).unlink()
    async with running.http() as http:
        listed = (await http.get("/v1/lessons", params={"user": "owner"})).json()["data"]
        gone = await http.get(f"/v1/lessons/{old.job_id}", params={"user": "owner"})
        thief = await http.get(f"/v1/lessons/{new.job_id}", params={"user": "thief"})
        malformed = await http.get("/v1/lessons/7", params={"user": "thief"})
        nobodys = (await http.get("/v1/lessons", params={"user": "thief"})).json()["data"]
    assert [each["id"] for each in listed] == [new.job_id]
    assert (gone.status_code, thief.status_code, malformed.status_code) == (404, 404, 400)
    assert nobodys == []
