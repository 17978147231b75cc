"""The recipe of one training: every number that decides its result. Knows nothing of models or workers."""

import math
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.common.errors import InvalidArgument

MAX_STEPS = 2000
_SHAPE = ("rank", "alpha", "trained_layers")
# Versions made before this was a choice have LoRA in all layers.
_OLDEST_SHAPE = {"trained_layers": 1.0}


class Recipe(BaseModel):
    """All choices of one training; the same recipe, data and parent give the same losses."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rank: int = Field(default=16, ge=1, le=256, description="Rank of the LoRA matrices.")
    alpha: float = Field(default=32.0, gt=0, le=1024, description="The update is scaled by alpha / rank.")
    trained_layers: float = Field(default=0.5, gt=0, le=1, description="Share of the layers, from the top, with LoRA.")
    learning_rate: float = Field(default=2.5e-3, gt=0, le=0.1, description="Peak learning rate of AdamW.")
    max_steps: int = Field(default=20, ge=1, le=MAX_STEPS, description="Most optimiser steps.")
    warmup_steps: int = Field(default=2, ge=0, le=200, description="Steps of linear warm-up before the cosine.")
    seed: int = Field(default=0, ge=-(2**63), lt=2**63, description="Seed of initialisation and sampling.")
    facts_per_step: int = Field(default=4, ge=1, le=64, description="Facts of this lesson in each step.")
    neighbours_per_fact: int = Field(default=1, ge=0, le=16, description="Neighbours beside each fact of a step.")
    generals_per_step: int = Field(default=0, ge=0, le=64, description="General prompts in each step.")
    parent_share: float = Field(default=0.85, gt=0, le=1, description="Of the parent's update, this is kept.")
    replay_per_step: int = Field(default=2, ge=0, le=64, description="Fewest facts of earlier lessons in each step.")
    kl_weight: float = Field(default=4.5, ge=0, le=100, description="Weight of the KL term beside the facts' loss.")
    kl_tokens: int = Field(default=24, ge=1, le=256, description="First answer tokens held to the base model.")
    preference_weight: float = Field(default=1.0, ge=0, le=100, description="Weight of the loss of rejected replies.")
    preference_beta: float = Field(default=0.1, gt=0, le=10, description="DPO's beta: how soon a margin is enough.")
    stop_loss: float = Field(default=0.1, ge=0, description="Training ends when a round of facts is below; nats.")

    def learning_rate_at(self, step: int) -> float:
        """Learning rate of 0-based `step`: linear warm-up, then a cosine down to a tenth of the peak."""
        if step < self.warmup_steps:
            return self.learning_rate * (step + 1) / (self.warmup_steps + 1)
        progress = (step - self.warmup_steps) / max(1, self.max_steps - self.warmup_steps)
        return self.learning_rate * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * progress)))


def resolve_recipe(
    defaults: Recipe, overrides: Mapping[str, float | int], parent: Mapping[str, object] | None
) -> Recipe:
    """Combine the defaults, the parent version's shape and the caller's overrides, in rising order.

    Raises InvalidArgument for a value out of bounds, or for a shape other than the parent's: its weights are
    continued, and they have that shape.
    """
    former = {**_OLDEST_SHAPE, **parent} if parent else {}
    shape = {name: former[name] for name in _SHAPE if name in former}
    for name, value in shape.items():
        if name in overrides and overrides[name] != value:
            raise InvalidArgument(
                f"`recipe.{name}` must stay {value}, as in the version that is continued.", field=f"recipe.{name}"
            )
    try:
        return Recipe.model_validate({**defaults.model_dump(), **shape, **overrides})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InvalidArgument(f"`recipe.{name}`: {first['msg']}.", field=f"recipe.{name}") from error
