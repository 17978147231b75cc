"""Checks of Redis and the object store, by asking them. Knows nothing of what Lorelei keeps there."""

import asyncio
import os
import re
import secrets
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from redis import Redis
from redis.exceptions import RedisError

from services.cli.doctor.check import Check, fail, ok, warn
from services.common.errors import LoreleiError
from services.common.object_store import ObjectStoreCredentials, open_object_store
from services.embedded.redis_server import find_redis_server

_CALL_TIMEOUT_SECONDS = 3.0
_OLDEST_REDIS = (6, 2)
_KEPT = "noeviction"
_SLOW_SECONDS = 1.0
_CONFIGURED = re.compile(r"^(port|requirepass) (\S+)$", re.MULTILINE)


def check_redis(url: str) -> Check:
    """Whether the Redis at `url` answers, is new enough and keeps what it is given."""
    place = urlsplit(url).hostname or url.partition("?")[0]
    try:
        with Redis.from_url(
            url, socket_timeout=_CALL_TIMEOUT_SECONDS, socket_connect_timeout=_CALL_TIMEOUT_SECONDS
        ) as redis:
            told: dict[str, Any] = redis.info()
    except (RedisError, OSError, ValueError) as error:
        return fail("redis", f"{place}: {type(error).__name__}", "Start it, or correct LORELEI_REDIS_URL.")
    version = str(told["redis_version"])
    found = f"{version} at {place}"
    if tuple(map(int, version.split(".")[:2])) < _OLDEST_REDIS:
        return fail("redis", found, "Redis 6.2 or newer is needed.")
    if told.get("maxmemory_policy", _KEPT) != _KEPT:
        return warn("redis", f"{found}, which may drop keys", f"Set maxmemory-policy {_KEPT}.")
    if not told.get("aof_enabled"):
        return warn("redis", f"{found}, without a log on disk", "Set appendonly yes, or a restart may lose lessons.")
    return ok("redis", found)


def check_redis_program() -> Check:
    """Whether there is a Redis that `lorelei up` can start."""
    try:
        return ok("redis", f"{find_redis_server()} (started by `lorelei up`)")
    except LoreleiError as error:
        return fail("redis", "none", error.message)


def private_redis_url(configuration: Path) -> str | None:
    """The URL of the private Redis that runs with this file; None where there is no such file."""
    try:
        told = dict(_CONFIGURED.findall(configuration.read_text(encoding="utf-8")))
    except OSError:
        return None
    return f"redis://:{quote(told['requirepass'])}@127.0.0.1:{told['port']}/0" if len(told) == 2 else None


def check_object_store(url: str, credentials: ObjectStoreCredentials | None) -> Check:
    """Whether the object store keeps an object, gives it back and deletes it."""
    place = url.partition("?")[0]
    if url.startswith("file://") and not os.path.exists(urlsplit(url).path):
        return ok("object store", f"{place} (made at the first start)")
    started = time.monotonic()
    try:
        asyncio.run(_round_trip(url, credentials))
    except LoreleiError as error:
        return fail(
            "object store", f"{place}: {error.message}", "Start it, make the bucket, or correct its address and keys."
        )
    seconds = time.monotonic() - started
    found = f"{place}, {1000 * seconds:.0f} ms to write, read and delete"
    if seconds > _SLOW_SECONDS:
        return warn("object store", found, "That is slow: every lesson waits for it. Move it nearer.")
    return ok("object store", found)


async def _round_trip(url: str, credentials: ObjectStoreCredentials | None) -> None:
    store = open_object_store(url, credentials)
    folder, data = f"doctor/{secrets.token_hex(8)}", secrets.token_bytes(16)
    await store.put_bytes(f"{folder}/probe", data)
    kept = await store.get_bytes(f"{folder}/probe")
    await store.delete_prefix(f"{folder}/")
    if kept != data:
        raise LoreleiError("It gave back something else than it was given.")
