"""A whole gateway on a free port, with real HTTP, Redis and gRPC."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from openai import AsyncOpenAI
from pydantic import SecretStr

from services.common.registry import AdapterRegistry
from services.gateway.api.app import create_app
from services.gateway.listening import listen
from services.gateway.redis_access import open_redis
from services.gateway.settings import GatewaySettings
from services.gateway.wiring import Gateway, open_gateway
from tests.contract.gateway.services import Services
from tests.sentence_encoder import prepared_sentence_encoder

MOST_AUDIT_ENTRIES = 5


@dataclass(frozen=True)
class Running:
    """A gateway that serves, and all there is behind it."""

    url: str
    key: str
    operator_key: str
    gateway: Gateway
    services: Services
    registry: AdapterRegistry
    objects: Path

    def http(self) -> httpx.AsyncClient:
        """A client with the API key."""
        return httpx.AsyncClient(base_url=self.url, headers={"Authorization": f"Bearer {self.key}"}, timeout=30)

    def operator(self) -> httpx.AsyncClient:
        """A client with the operator's key."""
        return httpx.AsyncClient(
            base_url=self.url, headers={"Authorization": f"Bearer {self.operator_key}"}, timeout=30
        )

    def openai(self) -> AsyncOpenAI:
        """The real OpenAI client."""
        return AsyncOpenAI(base_url=f"{self.url}/v1", api_key=self.key, timeout=30, max_retries=0)


@pytest.fixture(scope="module")
async def services() -> AsyncIterator[Services]:
    services = Services()
    await services.start()
    yield services
    await services.stop()


@pytest.fixture(scope="module")
def settings(redis_url: str, services: Services, tmp_path_factory: pytest.TempPathFactory) -> GatewaySettings:
    folder = tmp_path_factory.mktemp("gateway")
    return GatewaySettings(
        redis_url=SecretStr(redis_url),
        object_store_url=f"file://{folder}/objects",
        port=0,
        bootstrap_key_file=folder / "api_key",
        operator_key_file=folder / "operator_key",
        audit_entries=MOST_AUDIT_ENTRIES,
        sentence_encoder_dir=prepared_sentence_encoder(),
        inference_address=services.address,
        augmenter_address=services.address,
        trainer_address=services.address,
        outage_seconds=20,
        renew_seconds=0.1,
        lease_seconds=2,
        drain_seconds=3,
        max_body_bytes=20_000,
        max_import_mebibytes=1,
        max_file_mebibytes=1,
        max_statement_characters=500,
        max_brief_characters=200,
    )


@pytest.fixture(scope="module")
async def running(settings: GatewaySettings, services: Services) -> AsyncIterator[Running]:
    async with (
        open_redis(settings.redis_url.get_secret_value()) as redis,
        open_gateway(settings) as gateway,
        serving(gateway) as url,
    ):
        await redis.flushdb()
        key_files: Any = (settings.bootstrap_key_file, settings.operator_key_file)
        key, operator_key = (file.read_text().strip() for file in key_files)
        await gateway.parts.keys.register(key, "default")
        objects = Path(settings.object_store_url.removeprefix("file://"))
        yield Running(url, key, operator_key, gateway, services, AdapterRegistry(redis), objects)


@asynccontextmanager
async def serving(gateway: Gateway) -> AsyncIterator[str]:
    """Serve `gateway` with its workers and yield its address."""
    listener = listen("127.0.0.1", 0)
    config = uvicorn.Config(create_app(gateway.parts), lifespan="off", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    at_work = (gateway.runner, gateway.writer, gateway.parts.presence)
    workers = [asyncio.create_task(worker.run()) for worker in at_work]
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        gateway.parts.draining.set()
        server.should_exit = True
        await serving
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
