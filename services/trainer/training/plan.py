"""Decides which examples each step sees, in a seeded and reproducible way. Knows nothing of tensors."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from services.trainer.training.recipe import Recipe
from services.trainer.training.tokens import TokenizedExample

Item = TypeVar("Item")

# The more lessons there are, the more of them are rehearsed in each step; bounded, as the time of a lesson must be.
_LESSONS_PER_REPLAY = 4
_MOST_REPLAY = 3


def plan_steps(
    lesson: Sequence[TokenizedExample], earlier: Sequence[Sequence[TokenizedExample]], recipe: Recipe
) -> list[list[TokenizedExample]]:
    """Choose the examples of every step.

    `lesson` is what is taught now, `earlier` the examples of each earlier lesson, oldest first. Each step holds
    facts in turn, neighbours of each of them, general prompts, and facts of earlier lessons, one lesson after the
    other: `replay_per_step` of them, and one more for each four lessons, at most three times as many. What any lesson
    teaches is nowhere held to the base.
    """
    rng = random.Random(recipe.seed)  # noqa: S311 - sampling, not secrecy
    asked = {example.prompt_ids for one in (lesson, *earlier) for example in one if example.kind == "fact"}
    held = [example for example in lesson if example.kind != "fact" and example.prompt_ids not in asked]
    facts = _in_turn([example for example in lesson if example.kind == "fact"], rng)
    generals = _in_turn([example for example in held if example.kind == "general"], rng)
    neighbours = _neighbours_by_group(held, rng)
    replay = _replay(earlier, rng)
    replayed = min(_MOST_REPLAY * recipe.replay_per_step, recipe.replay_per_step + len(earlier) // _LESSONS_PER_REPLAY)
    return [_one_step(recipe, facts, neighbours, generals, _take(replay, replayed)) for _ in range(recipe.max_steps)]


def _one_step(
    recipe: Recipe,
    facts: Iterator[TokenizedExample],
    neighbours: dict[str, Iterator[TokenizedExample]],
    generals: Iterator[TokenizedExample],
    replay: Sequence[TokenizedExample],
) -> list[TokenizedExample]:
    taught = _take(facts, recipe.facts_per_step)
    step = list(taught)
    for fact in taught:
        step += _take(neighbours.get(fact.group, neighbours[""]), recipe.neighbours_per_fact)
    step += _take(generals, recipe.generals_per_step)
    step += replay
    return list(dict.fromkeys(step))


def _neighbours_by_group(
    lesson: Sequence[TokenizedExample], rng: random.Random
) -> dict[str, Iterator[TokenizedExample]]:
    """Neighbours by the fact form that they mirror; under "" all of them, for facts that have none of their own."""
    groups: dict[str, list[TokenizedExample]] = defaultdict(list)
    for example in lesson:
        if example.kind == "neighbour":
            groups[example.group].append(example)
    everybody = [example for group in groups.values() for example in group]
    turns = {name: _in_turn(group, rng) for name, group in groups.items()}
    return {**turns, "": _in_turn(everybody, rng)}


def _replay(earlier: Sequence[Sequence[TokenizedExample]], rng: random.Random) -> Iterator[TokenizedExample]:
    """Facts of the earlier lessons, one lesson after the other in shuffled rounds."""
    # What was preferred over something else is rehearsed as what it is by now: a fact.
    facts_by_lesson = [
        [replace(example, rejected=None) for example in lesson if example.kind == "fact"] for lesson in earlier
    ]
    lessons = [_in_turn(facts, rng) for facts in facts_by_lesson if facts]
    for lesson in _in_turn(lessons, rng):
        yield from _take(lesson, 1)


def _in_turn(items: Sequence[Item], rng: random.Random) -> Iterator[Item]:
    """Yield all items in shuffled rounds without end; nothing when there are none."""
    while items:
        yield from rng.sample(items, len(items))


def _take(items: Iterator[Item], count: int) -> list[Item]:
    return [item for _, item in zip(range(count), items, strict=False)]
