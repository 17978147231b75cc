"""What the gateway asks of inference, in its own words. Knows nothing of gRPC or HTTP."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from services.gateway.conversations import Message


@dataclass(frozen=True)
class AdapterVersion:
    """One immutable adapter version of one user."""

    tenant: str
    user: str
    version: str


@dataclass(frozen=True)
class BaseModel:
    """The model that every adapter changes: its name, and the SHA-256 of its weights."""

    name: str
    weights_sha256: str


@dataclass(frozen=True)
class SamplingChoice:
    """How to choose tokens; None leaves a value to the model."""

    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    json_schema: str = ""


@dataclass(frozen=True)
class GenerationEnd:
    """How a reply ended: `finish_reason` is "stop" or "length"; `version` answered, None for the base model."""

    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    version: str | None


class Inference(Protocol):
    """Generates replies and keeps adapters resident; every method raises LoreleiError."""

    def generate(
        self, request_id: str, messages: list[Message], adapter: AdapterVersion | None, sampling: SamplingChoice
    ) -> AsyncGenerator[str | GenerationEnd, None]:
        """Yield the reply's text piece by piece, then its GenerationEnd."""

    async def load(self, adapter: AdapterVersion) -> None:
        """Make the version resident; raises FailedPrecondition that says why it must not be."""

    async def unload(self, adapter: AdapterVersion) -> None:
        """Remove the version as soon as no stream uses it."""

    async def base_model(self) -> BaseModel:
        """The model that is served."""
