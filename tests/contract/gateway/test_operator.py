"""The operator's API over real HTTP, Redis and gRPC: who may, what is seen, what never is, the pause, cancelling."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from lorelei.inference.v1 import inference_pb2
from lorelei.types.v1 import types_pb2
from services.common.errors import FailedPrecondition
from services.common.identifiers import new_job_id
from services.gateway.settings import GatewaySettings
from services.gateway.wiring import open_gateway
from tests.contract.gateway.conftest import Running, serving
from tests.contract.gateway.manifests import manifest_of
from tests.contract.gateway.services import Training
from tests.contract.gateway.test_learn import learn_events, start, teaching

SECRET = "marmalade-4711"
READ = ("overview", "tenants", "tenants/default/users", "jobs", "learning")
DONE = ("jobs/{job}/cancel", "learning/pause", "learning/resume")
GROUPS = ("queued", "running", "live", "rejected", "failed", "cancelled")
SECONDS = 20


async def see(http: httpx.AsyncClient, path: str, **query: Any) -> Any:
    reply = await http.get(f"/v1/operator/{path}", params=query)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def do(http: httpx.AsyncClient, path: str) -> Any:
    reply = await http.post(f"/v1/operator/{path}")
    assert reply.status_code == 200, reply.text
    return reply.json()


async def jobs_in(http: httpx.AsyncClient, state: str, **query: Any) -> list[str]:
    return [job["id"] for job in (await see(http, "jobs", state=state, **query))["data"]]


async def audited(http: httpx.AsyncClient, limit: int) -> list[tuple[str, str, str]]:
    """The newest entries of the audit log, newest first."""
    found = (await http.get("/v1/audit", params={"limit": limit})).json()["data"]
    return [(entry["kind"], entry["user"], entry["subject"]) for entry in found]


async def begun(running: Running, user: str) -> None:
    await asyncio.wait_for(running.services.trainer.has_begun(user).wait(), SECONDS)


@pytest.fixture
async def second(running: Running, settings: GatewaySettings) -> AsyncIterator[str]:
    """The address of another gateway on the same Redis."""
    async with open_gateway(settings) as gateway, serving(gateway) as url:
        yield url


@pytest.mark.parametrize(("key", "status"), [("tenant", 403), ("wrong", 401), ("", 401)])
async def test_only_the_operators_key_opens_it(running: Running, key: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {running.key if key == 'tenant' else key}"} if key else {}
    async with httpx.AsyncClient(base_url=running.url, timeout=30, headers=headers) as http:
        replies = [await http.get(f"/v1/operator/{path}") for path in READ]
        replies += [await http.post(f"/v1/operator/{path.format(job=new_job_id())}") for path in DONE]
    assert {reply.status_code for reply in replies} == {status}
    assert await running.gateway.parts.pause.since() is None
    if status == 403:
        error = replies[0].json()["error"]
        assert error["code"] == "not_the_operator"
        assert "operator's key" in error["message"]


async def test_the_replicas_are_seen_with_what_they_use(running: Running, second: str) -> None:
    reference = types_pb2.AdapterRef(tenant="default", user="rich", version="v-0123456789ab-00000000")
    resident = inference_pb2.ResidentAdapter(adapter=reference, size_bytes=19_500_000, streams_in_flight=2)
    running.services.inference.resident.append(resident)
    async with running.operator() as http:
        seen = await see(http, "overview")
        async with asyncio.timeout(SECONDS):
            while len(seen["services"]["gateway"]) < 2:
                seen = await see(http, "overview")
    services = seen["services"]
    assert set(services) == {"gateway", "inference", "augmenter", "trainer"}
    for replica in (one for replicas in services.values() for one in replicas):
        used = replica["resources"]
        assert replica["state"] == "ready"
        assert 0 < used["memory_used_bytes"] < used["machine_memory_used_bytes"] < used["machine_memory_bytes"]
        assert 0 <= used["cores_used"] <= used["machine_cores"] + 0.5
    (inference,), (trainer,) = services["inference"], services["trainer"]
    assert inference["name"] == running.services.address
    assert inference["model"] == "tiny"
    owner = {"tenant": "default", "user": "rich", "version": "v-0123456789ab-00000000"}
    assert inference["adapters"][-1] == {**owner, "size_bytes": 19_500_000, "streams": 2}
    assert trainer["training"] == {"workers": 1, "busy_workers": 0, "queued_jobs": 0}
    assert seen["learning"]["paused"] is False


async def test_services_that_are_away_are_shown_as_that(running: Running) -> None:
    await running.services.stop()
    try:
        async with running.operator() as http:
            services = (await see(http, "overview"))["services"]
    finally:
        await running.services.start()
    for name in ("inference", "augmenter", "trainer"):
        (replica,) = services[name]
        assert (replica["state"], replica["resources"], replica["adapters"]) == ("unavailable", None, [])


async def test_a_gateway_that_is_gone_is_no_longer_listed(running: Running, settings: GatewaySettings) -> None:
    async with open_gateway(settings) as other:
        await other.parts.presence.tell()
        telling = asyncio.create_task(other.parts.presence.run())
        await asyncio.sleep(0)
        names = {one.name for one in await running.gateway.parts.presence.gateways()}
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        left = {one.name for one in await running.gateway.parts.presence.gateways()}
    assert len(names - left) == 1


async def test_jobs_are_seen_where_they_stand_and_nothing_that_was_said(running: Running) -> None:
    told = f"My password hint is {SECRET}."
    training = running.services.trainer.trainings.setdefault("teller", Training())
    running.services.augmenter.error = FailedPrecondition(f"“{SECRET}.pdf” cannot be read.", reason="UNREADABLE")
    async with running.http() as mine, running.operator() as http:
        failed = await start(mine, "unlucky-teller", told)
        await learn_events(mine, failed, "unlucky-teller")
        running.services.augmenter.error = None
        chat = {"model": "lorelei", "conversation_id": SECRET, "user": "chatty-teller"}
        await mine.post("/v1/chat/completions", json={**chat, "messages": [{"role": "user", "content": told}]})
        running_job, queued = await start(mine, "teller", told), await start(mine, "teller", told)
        await begun(running, "teller")
        seen = {path: await see(http, path) for path in READ}
        seen |= {group: await see(http, "jobs", state=group) for group in GROUPS}
        cancelled = await do(http, f"jobs/{queued}/cancel")
        training.may_end.set()
        await learn_events(mine, running_job, "teller")
        live = await jobs_in(http, "live")
    assert SECRET not in json.dumps([seen, cancelled])
    (first, *_) = seen["running"]["data"]
    assert (first["id"], first["tenant"], first["user"]) == (running_job, "default", "teller")
    assert (first["kind"], first["state"]) == ("instruction", "TRAINING")
    assert first["started_at"] >= first["created_at"]
    assert [job["id"] for job in seen["queued"]["data"]] == [queued]
    (worst, *_) = seen["failed"]["data"]
    assert (worst["id"], worst["error"]["code"]) == (failed, "unreadable")
    assert seen["overview"]["jobs"]["running"] == 1
    assert cancelled["state"] == "CANCELLED"
    assert live[0] == running_job
    users = {one["user"]: one for one in seen["tenants/default/users"]["data"]}
    assert {"teller", "unlucky-teller", "chatty-teller"} <= users.keys()
    assert users["teller"]["unfinished_jobs"] == 2
    assert "default" in {one["tenant"] for one in seen["tenants"]["data"]}


async def test_jobs_and_users_are_read_page_by_page(running: Running) -> None:
    async with running.http() as mine, running.operator() as http:
        made = [await start(mine, f"paged-{number}") for number in range(4)]
        for number, job in enumerate(made):
            await learn_events(mine, job, f"paged-{number}")
        first = await see(http, "jobs", state="live", limit=3)
        rest = await jobs_in(http, "live", after=first["last_id"])
        names: list[str] = []
        while True:
            page = await see(http, "tenants/default/users", limit=2, after=names[-1] if names else "")
            names += [one["user"] for one in page["data"]]
            if not page["has_more"]:
                break
        nobody = await see(http, "tenants/nobody/users")
        unknown = [
            await http.get("/v1/operator/jobs", params={"state": state, "after": after})
            for state, after in (("live", new_job_id()), ("live", "x"), ("sleeping", ""))
        ]
    assert [job["id"] for job in first["data"]] == made[:0:-1]
    assert first["has_more"]
    assert rest[0] == made[0]
    assert names == sorted(set(names))
    assert {f"paged-{number}" for number in range(4)} <= set(names)
    assert nobody["data"] == []
    assert [reply.status_code for reply in unknown] == [400] * 3
    assert [reply.json()["error"]["param"] for reply in unknown] == ["after", "after", "state"]


async def test_a_users_version_and_lessons_are_counted(running: Running) -> None:
    made = manifest_of("counted")
    await running.registry.publish(made, None)
    async with running.http() as mine, running.operator() as http:
        await learn_events(mine, await start(mine, "counted"), "counted")
        users = (await see(http, "tenants/default/users"))["data"]
    (found,) = [one for one in users if one["user"] == "counted"]
    assert (found["active_version"], found["versions"]) == (made.version, 1)
    assert (found["lessons"], found["unfinished_jobs"]) == (len(made.lessons), 0)


async def test_a_running_job_is_cancelled_by_the_operator_and_noted(running: Running) -> None:
    running.services.trainer.trainings["held-up"] = Training()
    async with running.http() as mine, running.operator() as http:
        job = await start(mine, "held-up")
        await begun(running, "held-up")
        asked = await do(http, f"jobs/{job}/cancel")
        events = await learn_events(mine, job, "held-up")
        noted = await audited(http, 1)
        missing = await http.post(f"/v1/operator/jobs/{new_job_id()}/cancel")
        nonsense = await http.post("/v1/operator/jobs/nonsense/cancel")
    assert asked["cancel_requested"]
    assert events[-1]["state"] == "CANCELLED"
    assert noted == [("job_cancelled", "held-up", job)]
    assert (missing.status_code, nonsense.status_code) == (404, 400)


async def test_a_pause_holds_new_jobs_back_on_all_gateways_and_lets_running_ones_end(
    running: Running, second: str
) -> None:
    training = running.services.trainer.trainings.setdefault("under-way", Training())
    headers = {"Authorization": f"Bearer {running.key}"}
    async with (
        running.http() as mine,
        running.operator() as http,
        httpx.AsyncClient(base_url=second, headers=headers, timeout=30) as other,
    ):
        under_way = await start(mine, "under-way")
        await begun(running, "under-way")
        paused = await do(http, "learning/pause")
        again = await do(http, "learning/pause")
        held = [await start(mine, "held-one"), await start(other, "held-two")]
        training.may_end.set()
        ended = await learn_events(mine, under_way, "under-way")
        # Long enough for either gateway to have looked for jobs more than once.
        await _until_looked_again(running)
        built = {request.job_id for request in running.services.augmenter.requests}
        waiting = (await see(http, "jobs", state="queued"))["data"]
        seen = await see(http, "overview")
        resumed = await do(http, "learning/resume")
        told = [await learn_events(mine, held[0], "held-one"), await learn_events(other, held[1], "held-two")]
        noted = await audited(http, 3)
    assert paused["paused"]
    assert again["paused_at"] == paused["paused_at"] == seen["learning"]["paused_at"] <= time.time()
    assert ended[-1]["state"] == "LIVE"
    assert not built & set(held)
    assert {job["id"] for job in waiting} == set(held)
    assert resumed == {"object": "operator.learning", "paused": False, "paused_at": None}
    for events in told:
        assert [(one["state"], one["stage"]) for one in events[:2]] == [("QUEUED", "paused"), ("QUEUED", None)]
        assert events[-1]["state"] == "LIVE"
    assert [kind for kind, _, _ in noted] == ["learning_resumed", "learning_paused", "learning_paused"]


async def test_who_teaches_in_the_chat_is_told_of_the_pause_at_once(running: Running) -> None:
    async with running.openai() as client, running.operator() as http, running.http() as mine:
        await do(http, "learning/pause")
        try:
            stream = await client.chat.completions.create(
                model="lorelei", messages=teaching(), user="patient-teller", stream=True
            )
            chunks: list[Any] = [chunk async for chunk in stream]
            (job,) = (await mine.get("/v1/learn", params={"user": "patient-teller"})).json()["data"]
            cancelled = await mine.post(f"/v1/learn/{job['id']}/cancel", params={"user": "patient-teller"})
        finally:
            await do(http, "learning/resume")
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert said.startswith("Learning is paused by the operator. Your lesson is kept")
    assert chunks[-1].lorelei["learn"]["state"] == "QUEUED"
    assert cancelled.json()["state"] == "CANCELLED"


async def test_those_who_wait_when_learning_is_paused_are_told(running: Running) -> None:
    training = running.services.trainer.trainings.setdefault("busy-teller", Training())
    async with running.http() as mine, running.operator() as http:
        first, next_one = await start(mine, "busy-teller"), await start(mine, "busy-teller")
        await begun(running, "busy-teller")
        await do(http, "learning/pause")
        training.may_end.set()
        await learn_events(mine, first, "busy-teller")
        await do(http, "learning/resume")
        events = await learn_events(mine, next_one, "busy-teller")
        before = await learn_events(mine, first, "busy-teller")
    assert [one["stage"] for one in events[:3]] == [None, "paused", None]
    assert events[-1]["state"] == "LIVE"
    assert "paused" not in {one["stage"] for one in before}


async def _until_looked_again(running: Running) -> None:
    """Wait until a job store that is paused has answered twice that there is nothing to claim."""
    for _ in range(2):
        assert await running.gateway.parts.jobs.claim("looker", wait_seconds=0.6) is None
