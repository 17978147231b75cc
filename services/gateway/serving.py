"""What the gateway asks of inference, in its own words. Knows nothing of gRPC or HTTP."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

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
class TaggedJson:
    """JSON that satisfies `schema`, between two tags."""

    begin: str
    schema: Mapping[str, Any]
    end: str


@dataclass(frozen=True)
class TaggedText:
    """Text in which `trigger`, with which the beginnings of all `tags` begin, goes on as one of them.

    `required` text begins with a tag, `single` text ends after the first.
    """

    tags: tuple[TaggedJson, ...]
    trigger: str
    required: bool
    single: bool


@dataclass(frozen=True)
class SamplingChoice:
    """How to choose tokens; None leaves a value to the model.

    `choices` texts are generated side by side. With `top_logprobs` their tokens are told, each with so many of the
    likeliest ones.
    """

    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    json_schema: str = ""
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    logit_bias: Mapping[int, float] = field(default_factory=dict)
    top_logprobs: int | None = None
    choices: int = 1
    tagged_text: TaggedText | None = None


@dataclass(frozen=True)
class TokenLogprob:
    """A token's text and the natural logarithm of its probability."""

    token: str
    logprob: float


@dataclass(frozen=True)
class ChosenToken:
    """A token of the reply and the likeliest tokens at its place, likeliest first."""

    chosen: TokenLogprob
    top: tuple[TokenLogprob, ...]


@dataclass(frozen=True)
class TextPiece:
    """New text of one choice, and its tokens where they were asked for."""

    text: str
    choice: int = 0
    tokens: tuple[ChosenToken, ...] = ()


@dataclass(frozen=True)
class GenerationEnd:
    """How each choice ended, "stop" or "length", in their order; `version` answered, None for the base model."""

    finish_reasons: tuple[str, ...]
    prompt_tokens: int
    completion_tokens: int
    version: str | None


class Inference(Protocol):
    """Generates replies and keeps adapters resident; every method raises LoreleiError."""

    def generate(
        self, request_id: str, messages: list[Message], adapter: AdapterVersion | None, sampling: SamplingChoice
    ) -> AsyncGenerator[TextPiece | GenerationEnd, None]:
        """Yield the text of every choice piece by piece, then the GenerationEnd."""

    async def load(self, adapter: AdapterVersion) -> None:
        """Make the version resident; raises FailedPrecondition that says why it must not be."""

    async def unload(self, adapter: AdapterVersion) -> None:
        """Remove the version as soon as no stream uses it."""

    async def base_model(self) -> BaseModel:
        """The model that is served."""
