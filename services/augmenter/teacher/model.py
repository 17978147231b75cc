"""What the augmenter needs of a language model. Knows no protocol."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from services.common.datasets import Message


@dataclass(frozen=True, slots=True)
class Generation:
    """How to generate: at most `max_tokens` tokens, greedy at temperature 0, JSON where a schema is given."""

    max_tokens: int
    temperature: float = 0.0
    seed: int = 0
    json_schema: str = ""


@dataclass(frozen=True, slots=True)
class ScoredItem:
    """A completion to be scored after a conversation."""

    messages: tuple[Message, ...]
    completion: str


@dataclass(frozen=True, slots=True)
class AdapterVersion:
    """One version of one user's adapter."""

    tenant: str
    user: str
    version: str


class TextModel(Protocol):
    """A model that answers conversations."""

    async def complete(self, messages: Sequence[Message], generation: Generation) -> str:
        """The reply; raises Unavailable when the model cannot be reached and DeadlineExceeded when it is too slow."""
        ...


class BaseModel(TextModel, Protocol):
    """The base model that lessons adapt."""

    async def score(self, items: Sequence[ScoredItem]) -> list[float]:
        """Mean log-probability of each completion's tokens, in nats; raises Unavailable or DeadlineExceeded."""
        ...

    async def weights_sha256(self) -> str:
        """Hash of the weights, which names the model for caches."""
        ...


class AnsweringModel(Protocol):
    """The models that answer users: the base, and with adapters."""

    async def log_probabilities(self, items: Sequence[ScoredItem], adapter: AdapterVersion | None) -> list[float]:
        """The logarithm of each completion's probability, in nats; without `adapter`, or where it is gone, the base's.

        Raises Unavailable or DeadlineExceeded.
        """
        ...
