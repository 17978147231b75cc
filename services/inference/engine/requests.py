"""What the engine is asked and what it answers, and which questions make no sense. Knows nothing of vLLM or gRPC."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from services.common.errors import InvalidArgument

ROLES = ("system", "user", "assistant")
MAX_STOP_STRINGS = 16
MAX_SCORED_ITEMS = 256
MAX_CHOICES = 16
MAX_TOP_LOGPROBS = 20
MAX_PENALTY = 2.0
MAX_BIAS = 100.0
# vLLM keeps seeds in a signed 64-bit number, refuses the smallest, and counts up from the seed for further choices.
_SMALLEST_SEED = -(2**63) + 1
_LARGEST_SEED = 2**63 - 1


@dataclass(frozen=True)
class Message:
    """One turn of a conversation."""

    role: str
    content: str


@dataclass(frozen=True)
class TaggedJson:
    """JSON that satisfies `schema`, a text of JSON itself, between two tags."""

    begin: str
    schema: str
    end: str


@dataclass(frozen=True)
class TaggedText:
    """Text in which `trigger`, with which the beginnings of all `tags` begin, goes on as one of them.

    `required` text begins with a tag, `single` text ends after the first.
    """

    tags: tuple[TaggedJson, ...]
    trigger: str
    required: bool = False
    single: bool = False


@dataclass(frozen=True)
class Sampling:
    """How to choose each next token; None means the model's own default, or for `max_tokens` the context's end.

    With `top_logprobs` each piece of text tells its tokens with their log-probabilities, None leaves them out.
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
class ScoreItem:
    """One completion to score after one conversation."""

    messages: Sequence[Message]
    completion: str


class StopReason(Enum):
    """Why a generation ended."""

    STOP = "stop"
    LENGTH = "length"


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
class Piece:
    """New text of one choice, and its tokens where they were asked for; not both are empty."""

    choice: int
    text: str
    tokens: tuple[ChosenToken, ...] = ()


@dataclass(frozen=True)
class Finish:
    """The end of a generation: why each choice ended, in their order; tokens are counted over all of them."""

    reasons: tuple[StopReason, ...]
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
    if len(sampling.stop) > MAX_STOP_STRINGS or not all(sampling.stop):
        raise InvalidArgument(f"Give at most {MAX_STOP_STRINGS} stop strings, none empty.", field="sampling.stop")
    _check_scores(sampling)
    _check_choices(sampling)
    if sampling.json_schema and sampling.tagged_text:
        raise InvalidArgument("Give a JSON schema or tagged text, not both.", field="sampling.tagged_text")


def _check_scores(sampling: Sampling) -> None:
    for name in ("presence_penalty", "frequency_penalty"):
        if not abs(getattr(sampling, name)) <= MAX_PENALTY:
            raise InvalidArgument(f"{name} must be between -2 and 2.", field=f"sampling.{name}")
    if not all(abs(bias) <= MAX_BIAS for bias in sampling.logit_bias.values()):
        raise InvalidArgument("Each bias must be between -100 and 100.", field="sampling.logit_bias")
    if (sampling.top_logprobs or 0) > MAX_TOP_LOGPROBS:
        raise InvalidArgument(f"top_logprobs must be at most {MAX_TOP_LOGPROBS}.", field="sampling.top_logprobs")


def _check_choices(sampling: Sampling) -> None:
    if sampling.choices > MAX_CHOICES:
        raise InvalidArgument(f"Ask for at most {MAX_CHOICES} choices.", field="sampling.choices")
    if sampling.seed is not None and not _SMALLEST_SEED <= sampling.seed <= _LARGEST_SEED - sampling.choices + 1:
        raise InvalidArgument("The seed is too small or too large.", field="sampling.seed")


def check_score_items(items: Sequence[ScoreItem]) -> None:
    """Raise InvalidArgument unless every item can be scored."""
    if len(items) > MAX_SCORED_ITEMS:
        raise InvalidArgument(f"Score at most {MAX_SCORED_ITEMS} items in one call.", field="items")
    for index, item in enumerate(items):
        check_messages(item.messages, f"items[{index}].messages")
        if not item.completion:
            raise InvalidArgument("A completion to score is empty.", field=f"items[{index}].completion")
