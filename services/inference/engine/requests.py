"""What the engine is asked and what it answers, and which questions make no sense. Knows nothing of vLLM or gRPC."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from services.common.errors import InvalidArgument

ROLES = ("system", "user", "assistant")
MAX_STOP_STRINGS = 16
MAX_SCORED_ITEMS = 256
# vLLM keeps seeds in a signed 64-bit number and refuses the smallest.
_SMALLEST_SEED = -(2**63) + 1


@dataclass(frozen=True)
class Message:
    """One turn of a conversation."""

    role: str
    content: str


@dataclass(frozen=True)
class Sampling:
    """How to choose each next token; None means the model's own default, or for `max_tokens` the context's end."""

    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    json_schema: str = ""


@dataclass(frozen=True)
class ScoreItem:
    """One completion to score after one conversation."""

    messages: Sequence[Message]
    completion: str


class StopReason(Enum):
    """Why a generation ended."""

    STOP = "stop"
    LENGTH = "length"


@dataclass(frozen=True)
class Finish:
    """The end of a generation."""

    reason: StopReason
    prompt_tokens: int
    completion_tokens: int


def check_messages(messages: Sequence[Message], field: str = "messages") -> None:
    """Raise InvalidArgument unless this is a conversation that the model can answer."""
    if not messages:
        raise InvalidArgument("The conversation is empty.", field=field)
    for index, message in enumerate(messages):
        if message.role not in ROLES:
            raise InvalidArgument(f"A role must be one of {', '.join(ROLES)}.", field=f"{field}[{index}].role")


def check_sampling(sampling: Sampling) -> None:
    """Raise InvalidArgument that names the parameter which is out of range."""
    temperature, top_p = sampling.temperature, sampling.top_p
    # Written so that NaN, which compares as neither, is refused.
    if temperature is not None and not 0.0 <= temperature < math.inf:
        raise InvalidArgument("The temperature must be 0 or more.", field="sampling.temperature")
    if top_p is not None and not 0.0 < top_p <= 1.0:
        raise InvalidArgument("top_p must be more than 0 and at most 1.", field="sampling.top_p")
    if sampling.seed is not None and sampling.seed < _SMALLEST_SEED:
        raise InvalidArgument("The seed is too small.", field="sampling.seed")
    if len(sampling.stop) > MAX_STOP_STRINGS or not all(sampling.stop):
        raise InvalidArgument(f"Give at most {MAX_STOP_STRINGS} stop strings, none empty.", field="sampling.stop")


def check_score_items(items: Sequence[ScoreItem]) -> None:
    """Raise InvalidArgument unless every item can be scored."""
    if len(items) > MAX_SCORED_ITEMS:
        raise InvalidArgument(f"Score at most {MAX_SCORED_ITEMS} items in one call.", field="items")
    for index, item in enumerate(items):
        check_messages(item.messages, f"items[{index}].messages")
        if not item.completion:
            raise InvalidArgument("A completion to score is empty.", field=f"items[{index}].completion")
