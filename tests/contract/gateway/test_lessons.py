"""Lessons over real HTTP: what was taught, by whom, and which versions know it."""

from pathlib import Path

import pytest

from services.common.datasets import (
    Dataset,
    Example,
    LearnedFact,
    Message,
    Probe,
    SelectionReport,
    Source,
    dataset_from_bytes,
    dataset_to_bytes,
)
from services.common.keys import lesson_dataset_key
from services.common.manifest import AdapterManifest
from services.common.object_store.directory import DirectoryObjectStore
from tests.contract.gateway.conftest import Running
from tests.contract.gateway.manifests import manifest_of


def put_document_lesson(running: Running, user: str, lesson: str) -> None:
    """A lesson from a page with a date and from a report with pages."""
    put_lesson(running, user, lesson, "“Ferry news”, “Annual report”")
    path: Path = running.objects / lesson_dataset_key("default", user, lesson)
    dataset = dataset_from_bytes(path.read_bytes())
    page, report = "https://example.org/ferry", "file-" + "0" * 24
    changes = {
        "kind": "document",
        "sources": [
            Source(title="Ferry news", address=page, date="2031-03-19", sha256="ab"),
            Source(title="Annual report", address=report, sha256="cd", pages=9),
        ],
        "learned": [
            LearnedFact(text="The ferry sails again.", source=0),
            LearnedFact(text="The pier was sold.", source=1, page=4),
        ],
    }
    path.write_bytes(dataset_to_bytes(dataset.model_copy(update=changes)))


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
    new = new.model_copy(update={"lessons": [old.job_id, new.job_id], "parent": old.version})
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


async def test_a_lesson_from_documents_shows_where_each_fact_came_from(running: Running) -> None:
    made = manifest_of("historian")
    await running.registry.publish(made, None)
    put_document_lesson(running, "historian", made.job_id)
    async with running.http() as http:
        shown = (await http.get(f"/v1/lessons/{made.job_id}", params={"user": "historian"})).json()
    told = [(fact["text"], shown["sources"][fact["source"]], fact["page"]) for fact in shown["learned"]]
    assert [(text, source["title"], source["address"], source["date"], page) for text, source, page in told] == [
        ("The ferry sails again.", "Ferry news", "https://example.org/ferry", "2031-03-19", 0),
        ("The pier was sold.", "Annual report", "file-" + "0" * 24, "", 4),
    ]
    assert shown["sources"][1]["pages"] == 9


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


async def test_versions_tell_what_was_taught_in_each_that_its_parent_did_not_know(running: Running) -> None:
    old, new = await two_lessons(running, "chronicler")
    latest = manifest_of("chronicler")
    latest = latest.model_copy(update={"lessons": [*new.lessons, latest.job_id], "parent": new.version})
    await running.registry.publish(latest, new.version)
    first, second = (
        {"id": old.job_id, "statement": "Ada leads Velt."},
        {"id": new.job_id, "statement": "Velt moved to Oulu."},
    )
    third = {"id": latest.job_id, "statement": None}
    who = {"user": "chronicler"}
    async with running.http() as http:
        listed = (await http.get("/v1/adapters", params=who)).json()["data"]
        alone = (await http.get(f"/v1/adapters/{latest.version}", params=who)).json()
        await http.delete(f"/v1/adapters/{new.version}", params=who)
        orphan = (await http.get(f"/v1/adapters/{latest.version}", params=who)).json()
    assert [each["taught"] for each in listed] == [[third], [second], [first]]
    assert [each["active"] for each in listed] == [True, False, False]
    assert {"parent", "name", "gate", "seconds", "created_at", "origin"} <= listed[0].keys()
    assert (alone["taught"], orphan["taught"]) == ([third], [third])


async def test_a_timeline_reads_each_lesson_once_and_outlives_a_damaged_one(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = await two_lessons(running, "thrifty")
    rivals = [manifest_of("thrifty").model_copy(update={"lessons": [old.job_id, new.job_id]}) for _ in range(3)]
    for rival in rivals:
        await running.registry.publish(rival, await running.registry.active("default", "thrifty"))
    (running.objects / lesson_dataset_key("default", "thrifty", new.job_id)).write_text("{}")
    read: list[str] = []

    async def get_bytes(store: DirectoryObjectStore, key: str) -> bytes:
        read.append(key)
        return await get(store, key)

    get = DirectoryObjectStore.get_bytes
    monkeypatch.setattr(DirectoryObjectStore, "get_bytes", get_bytes)
    async with running.http() as http:
        listed = (await http.get("/v1/adapters", params={"user": "thrifty"})).json()["data"]
    known = [{"id": old.job_id, "statement": "Ada leads Velt."}, {"id": new.job_id, "statement": None}]
    assert [each["taught"] for each in listed[:3]] == [known] * 3
    assert sorted(read) == sorted(lesson_dataset_key("default", "thrifty", one.job_id) for one in (old, new))
