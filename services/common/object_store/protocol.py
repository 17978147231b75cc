"""What every object store does, and how it fails."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr


@dataclass(frozen=True)
class ObjectStoreCredentials:
    """Keys of an S3 account."""

    access_key: str
    secret_key: SecretStr


class ObjectStore(Protocol):
    """Pure bytes under slash-separated keys; no JSON, no application logic.

    A write replaces the object as a whole: a reader sees the old bytes or the new ones, never a part.
    Every method raises Unavailable when the store cannot be reached and InvalidArgument for a malformed key.
    """

    async def put_bytes(self, key: str, data: bytes) -> None:
        """Store `data` under `key`."""

    async def get_bytes(self, key: str) -> bytes:
        """Return the object, or raise NotFound."""

    async def put_file(self, key: str, path: Path) -> None:
        """Store the file's content under `key` without holding it in memory."""

    async def get_file(self, key: str, path: Path) -> None:
        """Write the object to `path` (replaced as a whole), or raise NotFound."""

    async def exists(self, key: str) -> bool:
        """Whether there is an object under `key`."""

    async def list_keys(self, prefix: str) -> list[str]:
        """All keys that begin with `prefix`, sorted."""

    async def delete_prefix(self, prefix: str) -> None:
        """Delete all objects whose keys begin with `prefix`; none is fine."""
