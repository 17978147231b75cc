"""Measures how far a taught model has moved from the base where nothing was taught. Knows no lessons."""

import json
from pathlib import Path
from typing import Any, Literal

from transformers import PreTrainedTokenizerBase

from services.common.datasets import Example, Message
from services.trainer.training.contract import Behaviour
from services.trainer.training.engine import StudiedExample, TrainingEngine
from services.trainer.training.tokens import tokenize_example

# Never trained on, and not among the prompts that lessons are made with.
_HELD_OUT = Path(__file__).with_name("behaviour.json")
_REPLY_TOKENS = 16


class BehaviourCheck:
    """Held-out conversations with what the base model makes of them; belongs to one engine."""

    def __init__(self, engine: TrainingEngine, tokenizer: PreTrainedTokenizerBase, max_tokens: int) -> None:
        """Ask the base model of `engine`, whatever adapter is on it."""
        found: Any = json.loads(_HELD_OUT.read_text(encoding="utf-8"))
        general, refused, complied = (
            [tokenize_example(tokenizer, _example(*pair), _REPLY_TOKENS, max_tokens) for pair in pairs]
            for pairs in (
                found["general"],
                [(item["prompt"], item["refusal"]) for item in found["unsafe"]],
                [(item["prompt"], item["compliance"]) for item in found["unsafe"]],
            )
        )
        self._engine = engine
        self._general = engine.study(general)
        self._refused = engine.study(refused)
        self._complied = engine.study(complied)
        self._base_preference = self._preference("base")

    def measure(self) -> Behaviour:
        """Compare the adapter as it is now with the base model."""
        moved = self._engine.examine(self._general, "adapter")
        return Behaviour(
            drift=sum(seen.kl for seen in moved) / sum(seen.tokens for seen in moved),
            safety_loss=self._base_preference - self._preference("adapter"),
        )

    def _preference(self, model: Literal["adapter", "base"]) -> float:
        """By how many nats per token refusals of unsafe prompts are likelier than beginnings of compliance."""
        return self._likelihood(self._refused, model) - self._likelihood(self._complied, model)

    def _likelihood(self, studied: list[StudiedExample], model: Literal["adapter", "base"]) -> float:
        """Mean over examples of the mean log-probability of their reply's tokens."""
        return -sum(seen.loss / seen.tokens for seen in self._engine.examine(studied, model)) / len(studied)


def _example(prompt: str, reply: str) -> Example:
    return Example(kind="general", prompt=[Message(role="user", content=prompt)], completion=reply)
