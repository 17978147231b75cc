"""Opens what all parts stand on: Redis, the object store, channels to the other services, what is kept in them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import grpc
from redis.asyncio import Redis

from services.common.object_store import ObjectStore, open_object_store
from services.common.registry import AdapterRegistry
from services.common.rpc import connect
from services.gateway.clients import InferenceClient
from services.gateway.learning.store import JobStore
from services.gateway.lessons import LessonShelf
from services.gateway.redis_access import open_redis
from services.gateway.settings import GatewaySettings

_DAY_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Channels:
    """To the services behind the gateway."""

    inference: grpc.aio.Channel
    augmenter: grpc.aio.Channel
    trainer: grpc.aio.Channel


@dataclass(frozen=True)
class Foundation:
    """What many parts share, each opened once."""

    redis: Redis
    channels: Channels
    objects: ObjectStore
    registry: AdapterRegistry
    inference: InferenceClient
    jobs: JobStore
    lessons: LessonShelf


@asynccontextmanager
async def open_foundation(settings: GatewaySettings) -> AsyncIterator[Foundation]:
    """Open all of it and close it at the end; nothing is reached for yet."""
    async with AsyncExitStack() as stack:
        redis = open_redis(settings.redis_url.get_secret_value())
        stack.push_async_callback(redis.aclose)
        opened = {
            name: await stack.enter_async_context(connect(address))
            for name, address in service_addresses(settings).items()
        }
        channels = Channels(**opened)
        objects = open_object_store(settings.object_store_url, settings.object_store_credentials())
        registry = AdapterRegistry(redis)
        yield Foundation(
            redis=redis,
            channels=channels,
            objects=objects,
            registry=registry,
            inference=InferenceClient(
                channels.inference, settings.generate_timeout_seconds, settings.call_timeout_seconds
            ),
            jobs=JobStore(
                redis,
                settings.lease_seconds,
                settings.max_unfinished_lessons,
                settings.keep_jobs_days * _DAY_SECONDS,
            ),
            lessons=LessonShelf(registry, objects),
        )


def service_addresses(settings: GatewaySettings) -> dict[str, str]:
    """Of the services behind the gateway, by name."""
    return {
        "inference": settings.inference_address,
        "augmenter": settings.augmenter_address,
        "trainer": settings.trainer_address,
    }
