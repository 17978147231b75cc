"""What the gate needs of the service that serves adapters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.common.datasets import Message
from services.common.manifest import AdapterManifest


@dataclass(frozen=True)
class AdapterVersion:
    """One version of one user's adapter."""

    tenant: str
    user: str
    version: str


def version_of(manifest: AdapterManifest) -> AdapterVersion:
    """The version that `manifest` describes."""
    return AdapterVersion(manifest.tenant, manifest.user, manifest.version)


class Serving(Protocol):
    """Loads adapter versions and answers with them; every method raises LoreleiError."""

    async def load(self, adapter: AdapterVersion) -> None:
        """Make a version resident; raises FailedPrecondition when its files are not valid."""

    async def unload(self, adapter: AdapterVersion) -> None:
        """Remove a version; fine when it is not resident."""

    async def token_logprobs(
        self, adapter: AdapterVersion | None, replies: Sequence[tuple[list[Message], str]]
    ) -> list[list[float]]:
        """The logarithm of the probability, in nats, of each token of each reply to its prompt; None means the base."""

    async def answer(
        self, adapter: AdapterVersion | None, prompt: list[Message], max_tokens: int, enough: Callable[[str], bool]
    ) -> str:
        """The greedy answer, as far as it came when `enough` first said so of it; None means the base model."""
