"""Which examples each step sees."""

from collections import Counter
from dataclasses import replace

import pytest

from services.trainer.training.plan import plan_steps
from services.trainer.training.recipe import Recipe
from services.trainer.training.tokens import RejectedReply, TokenizedExample

RECIPE = Recipe(max_steps=12, facts_per_step=2, neighbours_per_fact=1, generals_per_step=1, replay_per_step=2)


def example(kind: str, number: int, group: str = "") -> TokenizedExample:
    return TokenizedExample(kind, group, (number,), (number,))  # type: ignore[arg-type]


FACTS = [example("fact", number, f"form {number}") for number in range(6)]
NEIGHBOURS = [example("neighbour", 100 + number, f"form {number % 6}") for number in range(12)]
GENERALS = [example("general", 200 + number) for number in range(3)]
LESSON = [*FACTS, *NEIGHBOURS, *GENERALS]
EARLIER = [[example("fact", 1000 * lesson + number) for number in range(5)] for lesson in (1, 2, 3)]


def test_the_same_seed_gives_the_same_plan_and_another_seed_another() -> None:
    assert plan_steps(LESSON, EARLIER, RECIPE) == plan_steps(LESSON, EARLIER, RECIPE)
    other = RECIPE.model_copy(update={"seed": 1})
    assert plan_steps(LESSON, EARLIER, RECIPE) != plan_steps(LESSON, EARLIER, other)


def test_each_step_holds_facts_their_own_neighbours_generals_and_replay() -> None:
    for step in plan_steps(LESSON, EARLIER, RECIPE):
        facts, neighbours = step[:2], step[2:4]
        assert [one.group for one in neighbours] == [one.group for one in facts]
        assert [one.kind for one in step[4:]] == ["general", "fact", "fact"]
        assert all(one.prompt_ids[0] >= 1000 for one in step[5:])


def test_all_facts_are_seen_equally_often() -> None:
    steps = plan_steps(LESSON, [], RECIPE)
    seen = Counter(one for step in steps for one in step if one.kind == "fact")
    assert set(seen.values()) == {4}


def test_every_earlier_lesson_is_replayed_equally_often() -> None:
    steps = plan_steps(LESSON, EARLIER, RECIPE)
    lessons = Counter(one.prompt_ids[0] // 1000 for step in steps for one in step if one.prompt_ids[0] >= 1000)
    assert lessons == {1: 8, 2: 8, 3: 8}


@pytest.mark.parametrize(("lessons", "replayed"), [(3, 2), (4, 3), (13, 5), (100, 6)])
def test_more_is_replayed_of_more_lessons_up_to_a_bound(lessons: int, replayed: int) -> None:
    earlier = [[example("fact", 1000 + 9 * lesson + number) for number in range(9)] for lesson in range(lessons)]
    for step in plan_steps(LESSON, earlier, RECIPE):
        assert sum(one.prompt_ids[0] >= 1000 for one in step) == replayed


def test_what_another_lesson_teaches_is_not_held_to_the_base() -> None:
    taught_before = [example("fact", 100), example("fact", 201)]
    steps = plan_steps(LESSON, [taught_before], RECIPE)
    held = {one.prompt_ids[0] for step in steps for one in step if one.kind != "fact"}
    assert held == {*range(101, 112), 200, 202}


def test_a_fact_without_neighbours_of_its_own_is_held_against_others() -> None:
    lone = [FACTS[0], example("neighbour", 100, "another form")]
    assert any(one.kind == "neighbour" for one in plan_steps(lone, [], RECIPE)[0])


def test_a_lesson_of_facts_only_can_be_planned() -> None:
    steps = plan_steps(FACTS, [[]], RECIPE)
    assert len(steps) == 12
    assert all(one.kind == "fact" for step in steps for one in step)


def test_what_was_preferred_in_an_earlier_lesson_is_rehearsed_as_a_fact() -> None:
    wanted = example("fact", 1000)
    earlier = replace(wanted, rejected=RejectedReply(example("rejected", 1001), 0.0))
    replayed = [one for step in plan_steps(LESSON, [[earlier]], RECIPE) for one in step if one.prompt_ids[0] == 1000]
    assert set(replayed) == {wanted}
