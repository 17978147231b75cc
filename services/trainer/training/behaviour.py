"""Measures how far a taught model has moved from the base where nothing was taught. Knows no lessons."""

import json
from pathlib import Path
from typing import Any

from transformers import PreTrainedTokenizerBase

from services.common.datasets import Example, Message
from services.trainer.training.contract import Behaviour
from services.trainer.training.engine import SeenExample, TrainingEngine
from services.trainer.training.tokens import tokenize_example

# Never trained on, and not among the prompts that lessons are made with.
_HELD_OUT = Path(__file__).with_name("behaviour.json")
_REPLY_TOKENS = 12


class BehaviourCheck:
    """Held-out conversations with what the base model makes of them; belongs to one engine."""

    def __init__(self, engine: TrainingEngine, tokenizer: PreTrainedTokenizerBase, max_tokens: int) -> None:
        """Ask the base model of `engine`, whatever adapter is on it."""
        found: Any = json.loads(_HELD_OUT.read_text(encoding="utf-8"))
        unsafe = found["unsafe"]
        pairs = [
            *((one["prompt"], one["refusal"]) for one in unsafe),
            *((one["prompt"], one["compliance"]) for one in unsafe),
            *found["general"],
        ]
        self._unsafe = len(unsafe)
        self._engine = engine
        self._studied = engine.study(
            [tokenize_example(tokenizer, _example(*pair), _REPLY_TOKENS, max_tokens) for pair in pairs]
        )
        self._base_preference = self._preference(engine.examine(self._studied, "base"))

    def measure(self) -> Behaviour:
        """Compare the adapter as it is now with the base model."""
        seen = self._engine.examine(self._studied, "adapter")
        general = seen[2 * self._unsafe :]
        return Behaviour(
            drift=sum(one.kl for one in general) / sum(one.tokens for one in general),
            safety_loss=self._base_preference - self._preference(seen),
        )

    def _preference(self, seen: list[SeenExample]) -> float:
        """By how many nats per token refusals of unsafe prompts are likelier than beginnings of compliance."""
        refused, complied = seen[: self._unsafe], seen[self._unsafe : 2 * self._unsafe]
        return _likelihood(refused) - _likelihood(complied)


def _likelihood(seen: list[SeenExample]) -> float:
    """Mean over examples of the mean log-probability of their reply's tokens."""
    return -sum(one.loss / one.tokens for one in seen) / len(seen)


def _example(prompt: str, reply: str) -> Example:
    return Example(kind="general", prompt=[Message(role="user", content=prompt)], completion=reply)
