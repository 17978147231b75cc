"""Defaults, parent and caller decide the recipe, in this order, within bounds."""

import pytest

from services.common.errors import InvalidArgument
from services.trainer.training.recipe import Recipe, resolve_recipe

DEFAULTS = Recipe(rank=8, alpha=16.0, max_steps=10)


def test_overrides_win_over_defaults() -> None:
    recipe = resolve_recipe(DEFAULTS, {"max_steps": 3, "learning_rate": 0.002}, None)
    assert (recipe.rank, recipe.max_steps, recipe.learning_rate) == (8, 3, 0.002)


def test_the_parents_shape_wins_over_defaults() -> None:
    recipe = resolve_recipe(DEFAULTS, {}, {"rank": 32, "alpha": 64.0, "max_steps": 99})
    assert (recipe.rank, recipe.alpha, recipe.max_steps) == (32, 64.0, 10)


def test_a_parent_from_before_there_was_a_choice_has_lora_in_all_layers() -> None:
    assert resolve_recipe(Recipe(), {}, {"rank": 8, "alpha": 16.0}).trained_layers == 1.0
    assert resolve_recipe(Recipe(), {}, {"rank": 8, "alpha": 16.0, "trained_layers": 0.25}).trained_layers == 0.25
    assert resolve_recipe(Recipe(), {}, None).trained_layers == 0.5


def test_another_rank_than_the_parents_is_refused() -> None:
    with pytest.raises(InvalidArgument) as caught:
        resolve_recipe(DEFAULTS, {"rank": 16}, {"rank": 32})
    assert caught.value.field == "recipe.rank"


@pytest.mark.parametrize(
    ("name", "value"), [("rank", 0), ("learning_rate", 0.0), ("learning_rate", float("nan")), ("max_steps", 10**6)]
)
def test_values_out_of_bounds_are_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(InvalidArgument) as caught:
        resolve_recipe(DEFAULTS, {name: value}, None)
    assert caught.value.field == f"recipe.{name}"


def test_the_learning_rate_warms_up_and_decays() -> None:
    recipe = Recipe(learning_rate=1.0e-3, warmup_steps=2, max_steps=12)
    rates = [recipe.learning_rate_at(step) for step in range(12)]
    assert max(rates) == rates[2] == pytest.approx(1e-3)
    assert rates[0] < rates[1] < rates[2]
    assert rates[2:] == sorted(rates[2:], reverse=True)
    assert rates[-1] >= 1e-4
