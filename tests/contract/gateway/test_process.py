"""The gateway as a process: how it starts, how it ends, and what survives its death and that of Redis."""

import asyncio
import os
import signal
import socket
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.common.service_settings import EXIT_SETTINGS_INVALID
from services.embedded.redis_server import PrivateRedis, private_redis
from tests.contract.conftest import free_port
from tests.contract.gateway.services import Services, Training
from tests.sentence_encoder import prepared_sentence_encoder

START_SECONDS = 60
FACT = {"text": "My dog is called Biscuit."}
HI = {"model": "lorelei", "messages": [{"role": "user", "content": "hi"}]}


@dataclass
class World:
    """A folder with a private Redis and the services that a gateway process calls."""

    folder: Path
    redis: PrivateRedis
    services: Services

    def environment(self, port: int) -> dict[str, str]:
        values = {
            "PORT": port,
            "REDIS_URL": self.redis.url,
            "OBJECT_STORE_URL": (self.folder / "objects").as_uri(),
            "BOOTSTRAP_KEY_FILE": self.folder / "api_key",
            "OPERATOR_KEY_FILE": self.folder / "operator_key",
            "SCRATCH_FOLDER": self.folder / "scratch",
            "SENTENCE_ENCODER_DIR": prepared_sentence_encoder(),
            "INFERENCE_ADDRESS": self.services.address,
            "AUGMENTER_ADDRESS": self.services.address,
            "TRAINER_ADDRESS": self.services.address,
            "LEASE_SECONDS": 1,
            "RENEW_SECONDS": 0.2,
            "DRAIN_SECONDS": 5,
        }
        return {**os.environ, **{f"LORELEI_GATEWAY_{name}": str(value) for name, value in values.items()}}

    @asynccontextmanager
    async def running_redis(self) -> AsyncIterator[None]:
        await self.start_redis()
        try:
            yield
        finally:
            await self.stop_redis()

    async def start_redis(self) -> None:
        self._redis = await asyncio.create_subprocess_exec(*self.redis.command, stdout=asyncio.subprocess.DEVNULL)
        async with asyncio.timeout(START_SECONDS), Redis.from_url(self.redis.url) as client:
            while not await _answers(client):
                await asyncio.sleep(0.05)

    async def stop_redis(self) -> None:
        self._redis.terminate()
        await self._redis.wait()

    @asynccontextmanager
    async def running_gateway(self) -> AsyncIterator[tuple[asyncio.subprocess.Process, httpx.AsyncClient]]:
        port = free_port()
        process = await self.started_gateway(port)
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
                async with asyncio.timeout(START_SECONDS):
                    while not await _is_healthy(http):
                        assert process.returncode is None, "the gateway ended"
                        await asyncio.sleep(0.05)
                key = (self.folder / "api_key").read_text().strip()
                http.headers["Authorization"] = f"Bearer {key}"
                yield process, http
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()

    async def started_gateway(self, port: int) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.gateway"),
            env=self.environment(port),
            stderr=asyncio.subprocess.PIPE,
        )


async def _answers(client: Redis) -> bool:
    try:
        return bool(await client.get("any") is None)
    except RedisError:
        return False


async def _is_healthy(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/healthz")).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    services = Services()
    await services.start()
    yield World(tmp_path, private_redis(tmp_path, free_port()), services)
    await services.stop()


async def final_job(http: httpx.AsyncClient, job_id: str, user: str) -> dict[str, Any]:
    (await http.get(f"/v1/learn/{job_id}/events", params={"user": user})).raise_for_status()
    return dict((await http.get(f"/v1/learn/{job_id}", params={"user": user})).json())


async def test_a_lesson_survives_the_death_of_its_gateway(world: World) -> None:
    training = world.services.trainer.trainings.setdefault("ada", Training())
    async with world.running_redis():
        async with world.running_gateway() as (process, http):
            job_id = (await http.post("/v1/learn", json={**FACT, "user": "ada"})).json()["id"]
            await world.services.trainer.has_begun("ada").wait()
            process.kill()
        async with world.running_gateway() as (_, http):
            training.may_end.set()
            job = await final_job(http, job_id, "ada")
    assert job["state"] == "LIVE"
    assert len(world.services.augmenter.requests) == 1
    assert {request.job_id for request in world.services.trainer.requests} == {job_id}


async def test_a_work_survives_the_death_of_its_gateway_and_nothing_is_written_twice(world: World) -> None:
    training = world.services.trainer.trainings.setdefault("ada", Training())
    wanted = {"title": "Skerrow", "brief": "Write a story.", "outline": ["The first.", "The second."], "user": "ada"}
    async with world.running_redis():
        async with world.running_gateway() as (process, http):
            work_id = (await http.post("/v1/works", json=wanted)).json()["id"]
            await world.services.trainer.has_begun("ada").wait()
            process.kill()
        async with world.running_gateway() as (_, http):
            training.may_end.set()
            (await http.get(f"/v1/works/{work_id}/events", params={"user": "ada"})).raise_for_status()
            work = (await http.get(f"/v1/works/{work_id}", params={"user": "ada"})).json()
    assert (work["state"], [one["lesson_state"] for one in work["sections"]]) == ("DONE", ["LIVE", "LIVE"])
    asked = [request.messages[-1].content for request in world.services.inference.requests]
    assert ["so far" in prompt for prompt in asked] == [False, True], "each section is written once"
    assert len(world.services.augmenter.requests) == 2


async def test_a_gateway_that_is_stopped_hands_its_lessons_to_another(world: World) -> None:
    training = world.services.trainer.trainings.setdefault("ada", Training())
    async with world.running_redis(), world.running_gateway() as (first, http):
        job_id = (await http.post("/v1/learn", json={**FACT, "user": "ada"})).json()["id"]
        await world.services.trainer.has_begun("ada").wait()
        async with world.running_gateway() as (_, other_http):
            first.terminate()
            assert await first.wait() == 0
            training.may_end.set()
            job = await final_job(other_http, job_id, "ada")
    assert job["state"] == "LIVE"
    assert [request.job_id for request in world.services.trainer.requests] == [job_id] * 2


async def test_a_signal_lets_replies_end_and_the_process_exits_well(world: World) -> None:
    pause = world.services.inference.pauses.setdefault("slow", asyncio.Event())
    async with world.running_redis(), world.running_gateway() as (process, http):
        body = {**HI, "messages": [{"role": "user", "content": "slow reply"}], "stream": True}
        async with http.stream("POST", "/v1/chat/completions", json=body) as reply:
            lines = reply.aiter_lines()
            await anext(lines)
            process.send_signal(signal.SIGTERM)
            pause.set()
            text = "".join([line async for line in lines])
        assert await process.wait() == 0
    assert "reply " in text
    assert text.endswith("[DONE]")


async def test_redis_may_go_away_in_the_middle_of_everything(world: World) -> None:
    training = world.services.trainer.trainings.setdefault("ada", Training())
    async with world.running_redis(), world.running_gateway() as (_, http):
        job_id = (await http.post("/v1/learn", json={**FACT, "user": "ada"})).json()["id"]
        await world.services.trainer.has_begun("ada").wait()
        await world.stop_redis()
        refused = await http.post("/v1/chat/completions", json=HI)
        unready = await http.get("/readyz")
        await world.start_redis()
        training.may_end.set()
        answered = await http.post("/v1/chat/completions", json=HI)
        job = await final_job(http, job_id, "ada")
    assert (refused.status_code, unready.status_code) == (503, 503)
    assert "Redis cannot be reached" in refused.json()["error"]["message"]
    assert answered.status_code == 200
    assert job["state"] == "LIVE"


async def test_the_keys_are_made_once_and_only_their_owner_can_read_them(world: World) -> None:
    files = [world.folder / name for name in ("api_key", "operator_key")]
    keys = []
    async with world.running_redis():
        for _ in range(2):
            async with world.running_gateway() as (_, http):
                assert (await http.get("/v1/me")).status_code == 200
                keys.append([file.read_text() for file in files])
    assert keys[0] == keys[1]
    assert keys[0][0] != keys[0][1]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


async def test_what_a_killed_gateway_had_on_disk_is_gone_after_the_next_start(world: World) -> None:
    scratch = world.folder / "scratch"
    async with world.running_redis():
        async with world.running_gateway() as (process, _):
            (killed,) = scratch.iterdir()
            (killed / "upload").write_bytes(b"half a file")
            process.send_signal(signal.SIGKILL)
            await process.wait()
        assert killed.exists()
        async with world.running_gateway():
            (living,) = scratch.iterdir()
    assert living != killed


async def _complaint(process: asyncio.subprocess.Process, status: int = 1) -> str:
    async with asyncio.timeout(START_SECONDS):
        _, stderr = await process.communicate()
    assert process.returncode == status
    return stderr.decode()


async def test_a_taken_port_is_named_with_its_setting(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        complaint = await _complaint(await world.started_gateway(port))
    assert f"Port {port} on 127.0.0.1 is taken; set LORELEI_GATEWAY_PORT" in complaint


async def test_without_redis_it_does_not_start_and_says_so(world: World) -> None:
    complaint = await _complaint(await world.started_gateway(0))
    assert "Redis cannot be reached" in complaint
    assert world.redis.url not in complaint


async def test_missing_settings_are_named_without_values(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("LORELEI_GATEWAY_"):
            monkeypatch.delenv(name)
    environment = {**os.environ, "LORELEI_GATEWAY_REDIS_URL": "redis://:s3cret@127.0.0.1/0"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.gateway", env=environment, stderr=asyncio.subprocess.PIPE
    )
    complaint = await _complaint(process, EXIT_SETTINGS_INVALID)
    assert "sentence_encoder_dir" in complaint
    assert "s3cret" not in complaint
