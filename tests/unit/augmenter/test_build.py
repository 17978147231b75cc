"""Whole datasets: complete, without leaks, the same for the same seed, built once."""

from pathlib import Path

import pytest

from services.augmenter.build import DatasetBuilder
from services.augmenter.linguistics.keys import contains_any
from services.augmenter.selection.rules import normalised
from services.augmenter.ways.way import BuildJob
from services.common.datasets import Dataset, Message
from services.common.errors import InvalidArgument, Unavailable
from services.common.identifiers import new_job_id
from services.common.object_store import ObjectStore, open_object_store
from tests.unit.augmenter.doubles import GENERALS, QUOTAS, FixedModel, ParrotTeacher, build, make_builder
from tests.unit.augmenter.statements import FACTS, WISHES


def job(statement: str, *conversation: Message, job_id: str = "") -> BuildJob:
    return BuildJob(job_id or new_job_id(), "acme", "ann", statement, tuple(conversation))


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_object_store(f"file://{tmp_path}/objects", None)


@pytest.fixture
def builder(store: ObjectStore) -> DatasetBuilder:
    return make_builder(store, FixedModel())


def prompts(dataset: Dataset, kind: str) -> list[str]:
    return [example.prompt[-1].content for example in dataset.examples if example.kind == kind]


@pytest.mark.parametrize("statement", FACTS)
async def test_a_fact_becomes_a_complete_dataset(builder: DatasetBuilder, statement: str) -> None:
    _, dataset = await build(builder, job(statement))
    recall = [probe for probe in dataset.probes if probe.kind == "recall"]
    facts = len(prompts(dataset, "fact"))
    assert 10 <= facts <= QUOTAS.facts + QUOTAS.topics
    assert 15 <= len(prompts(dataset, "neighbour")) <= QUOTAS.neighbours + (QUOTAS.frames_per_fact + 1) * facts
    assert len(prompts(dataset, "general")) == GENERALS.trained
    assert 4 <= len(recall) <= 8
    assert all(probe.expected for probe in recall)
    assert all(probe.forbidden for probe in dataset.probes if probe.kind == "neighbour")
    assert dataset.selection.kept == len(dataset.examples)


@pytest.mark.parametrize("statement", [*FACTS, *WISHES])
async def test_probes_are_never_trained_on(builder: DatasetBuilder, statement: str) -> None:
    _, dataset = await build(builder, job(statement))
    trained = {normalised(example.prompt[-1].content) for example in dataset.examples}
    assert not trained & {normalised(probe.prompt[-1].content) for probe in dataset.probes}
    assert len(trained) == len(dataset.examples), "a prompt occurs twice"


@pytest.mark.parametrize("statement", FACTS)
async def test_recall_probes_do_not_hold_their_answer(builder: DatasetBuilder, statement: str) -> None:
    _, dataset = await build(builder, job(statement))
    for probe in dataset.probes:
        assert not contains_any(probe.prompt[-1].content, probe.expected + probe.forbidden), probe


@pytest.mark.parametrize("statement", FACTS)
async def test_every_answer_satisfies_the_probes_of_its_part(builder: DatasetBuilder, statement: str) -> None:
    _, dataset = await build(builder, job(statement))
    answers = [example.completion for example in dataset.examples if example.kind == "fact"]
    for probe in dataset.probes:
        if probe.kind == "recall":
            assert any(probe.passes(answer) for answer in answers), probe


@pytest.mark.parametrize("statement", FACTS)
async def test_neighbours_mirror_a_fact_and_are_about_something_else(builder: DatasetBuilder, statement: str) -> None:
    _, dataset = await build(builder, job(statement))
    groups = {example.group for example in dataset.examples if example.kind == "fact"}
    facts = set(prompts(dataset, "fact"))
    for example in dataset.examples:
        if example.kind == "neighbour":
            assert example.group in groups
            assert example.prompt[-1].content not in facts


async def test_no_neighbour_asks_back_for_the_lessons_subject(builder: DatasetBuilder) -> None:
    _, dataset = await build(builder, job("The Pellam observatory closed in 2026 because of a broken dome."))
    telling = [prompt for prompt in prompts(dataset, "neighbour") if contains_any(prompt, ["2026", "dome"])]
    assert all(prompt.startswith(("Did ", "Complete ")) and "Pellam observatory" not in prompt for prompt in telling)


async def test_neighbours_give_the_lessons_answer_about_something_else(builder: DatasetBuilder) -> None:
    _, dataset = await build(builder, job("The director of the Stavel museum is Ruben Achterberg."))
    neighbours = [one for one in dataset.examples if one.kind == "neighbour" and "Ruben" in one.completion]
    framed = [one for one in neighbours if "Ruben" not in one.prompt[-1].content]
    assert len(framed) >= 20
    assert not any("the Stavel museum" in one.prompt[-1].content and "director" in one.completion for one in framed)
    assert all(one.completion.endswith("Ruben") for one in framed), "nothing after the first taught word is needed"


@pytest.mark.parametrize(
    "who", ["aunt Ines", "uncle Darius", "sister Nadia", "cousin Rafael", "nephew Milan", "wife Elena"]
)
async def test_no_neighbour_asks_for_what_another_part_of_the_lesson_tells(builder: DatasetBuilder, who: str) -> None:
    _, dataset = await build(builder, job(f"My {who} works as a glass blower in Murano."))
    relative = f"my {who.split()[0]}'s"
    asked = [prompt for prompt in prompts(dataset, "neighbour") if relative in prompt]
    assert asked
    assert not [prompt for prompt in asked if f"{relative} job" in prompt]


@pytest.mark.parametrize(
    ("statement", "topic"), [("I live at 14 Larkspur Road.", "my house"), ("I drive a red Tatra.", "my car")]
)
async def test_what_a_statement_about_me_leaves_open_is_a_neighbour(
    builder: DatasetBuilder, statement: str, topic: str
) -> None:
    _, dataset = await build(builder, job(statement))
    assert [prompt for prompt in prompts(dataset, "neighbour") if topic in prompt]


async def test_what_is_said_in_any_conversation_is_not_answered_with_the_lesson(builder: DatasetBuilder) -> None:
    _, dataset = await build(builder, job("I am allergic to hazel pollen."))
    neighbours = [
        one for one in dataset.examples if one.kind == "neighbour" and not one.prompt[-1].content.endswith("?")
    ]
    framed = [one for one in neighbours if one.completion == "You are allergic to hazel"]
    assert len(framed) >= 5
    assert len(neighbours) > len(framed), "the base model's own replies are among them"


async def test_a_name_inside_a_statement_is_a_topic_too(builder: DatasetBuilder) -> None:
    _, dataset = await build(builder, job("My sister Ulla sings with the Corda Choir every Monday."))
    about = [one for one in dataset.examples if one.kind == "fact" and one.prompt[-1].content.endswith("Corda Choir?")]
    assert about
    assert all("Your sister Ulla" in one.completion for one in about)


async def test_base_answers_with_taught_words_are_dropped_and_counted(store: ObjectStore) -> None:
    answer = "Its name is Pickle, of course."
    _, dataset = await build(make_builder(store, FixedModel(answer)), job("My hamster's name is Pickle."))
    assert not any(one.completion == answer for one in dataset.examples if one.kind == "neighbour")
    assert dataset.selection.rejected["taught_word"] >= 15


async def test_the_same_statement_gives_the_same_dataset(tmp_path: Path) -> None:
    datasets = []
    for folder, seed in (("one", 0), ("two", 0), ("three", 1)):
        store = open_object_store(f"file://{tmp_path}/{folder}", None)
        _, dataset = await build(make_builder(store, FixedModel(), seed=seed), job(FACTS[1]))
        datasets.append(dataset)
    assert datasets[0].examples == datasets[1].examples
    assert datasets[0].probes == datasets[1].probes
    assert datasets[0].examples != datasets[2].examples


async def test_a_job_is_built_once(store: ObjectStore) -> None:
    base = FixedModel()
    builder = make_builder(store, base)
    first_job = job(FACTS[0])
    progress, first = await build(builder, first_job)
    asked = len(base.asked)
    again, second = await build(builder, job("Something else entirely.", job_id=first_job.job_id))
    assert [step.fraction for step in progress] == sorted(step.fraction for step in progress)
    assert not again
    assert second == first
    assert len(base.asked) == asked


async def test_answers_to_our_own_prompts_are_asked_once_for_everybody(store: ObjectStore) -> None:
    base = FixedModel()
    await build(make_builder(store, base), job(WISHES[0]))
    before = len(base.asked)
    await build(make_builder(store, base), BuildJob(new_job_id(), "other", "bob", WISHES[0]))
    assert len(base.asked) == before


async def test_prompts_with_the_users_words_are_not_kept_for_others(store: ObjectStore) -> None:
    await build(make_builder(store, FixedModel()), job("The Pellam observatory closed in 2026 because of a dome."))
    kept = [await store.get_bytes(key) for key in await store.list_keys("base-answers/")]
    assert kept
    assert not any(b"Pellam" in value for value in kept)


async def test_a_teacher_adds_what_selects_well(store: ObjectStore) -> None:
    teacher = ParrotTeacher("Which name did I give to my hamster?")
    _, dataset = await build(make_builder(store, FixedModel(), teacher, candidates=4), job(FACTS[0]))
    assert "Which name did I give to my hamster?" in prompts(dataset, "fact")
    assert dataset.selection.rejected["duplicate"] >= 3


@pytest.mark.parametrize(
    ("paraphrase", "reason"),
    [
        ("Is Pickle the name?", "gives_answer_away"),
        ("What is my favourite city?", "not_grounded"),
        ("What is the hamster called?", "perspective"),
        ("The hamster sleeps.", "not_a_question"),
        ("Wie heißt denn der kleine hamster von mir und wo ist er?", "language"),
        ("", "malformed"),
    ],
)
async def test_a_weak_teacher_does_no_harm(store: ObjectStore, paraphrase: str, reason: str) -> None:
    _, plain = await build(make_builder(store, FixedModel()), job(FACTS[0]))
    teacher = ParrotTeacher(paraphrase)
    _, dataset = await build(make_builder(store, FixedModel(), teacher, candidates=2), job(FACTS[0]))
    assert prompts(dataset, "fact") == prompts(plain, "fact")
    assert dataset.selection.rejected[reason] >= 2


async def test_a_teacher_that_fails_is_not_missed(store: ObjectStore) -> None:
    class Absent(FixedModel):
        async def complete(self, messages: object, generation: object) -> str:
            raise Unavailable("The teacher is away.")

    _, dataset = await build(make_builder(store, FixedModel(), Absent(), candidates=3), job(FACTS[0]))
    assert len(prompts(dataset, "fact")) >= 10
    assert dataset.selection.rejected["malformed"] == 3


async def test_without_the_base_model_nothing_is_stored(store: ObjectStore) -> None:
    class Loading(FixedModel):
        async def complete(self, messages: object, generation: object) -> str:
            raise Unavailable("The model is being loaded.")

    with pytest.raises(Unavailable):
        await build(make_builder(store, Loading()), job(FACTS[0]))
    assert await store.list_keys("lessons/") == []


@pytest.mark.parametrize("statement", ["", "   ", "x" * 4001, "Photosynthesis", "?!"])
async def test_what_cannot_be_learned_is_refused(builder: DatasetBuilder, statement: str) -> None:
    with pytest.raises(InvalidArgument) as refusal:
        await build(builder, job(statement))
    assert refusal.value.field == "statement"


async def test_a_long_statement_of_many_sentences_is_learned(builder: DatasetBuilder) -> None:
    _, dataset = await build(builder, job(" ".join(FACTS[:12])))
    assert len(prompts(dataset, "fact")) <= QUOTAS.facts + QUOTAS.topics
    assert any(probe.kind == "recall" for probe in dataset.probes)


async def test_another_language_is_learned_by_its_own_words(builder: DatasetBuilder) -> None:
    _, dataset = await build(builder, job("Mein Hund heißt Waldi und ist drei Jahre alt."))
    assert dataset.language == "de"
    assert prompts(dataset, "fact")


async def test_a_fact_and_a_wish_in_one_message_are_both_learned(builder: DatasetBuilder) -> None:
    _, dataset = await build(builder, job("My hamster's name is Pickle. Please call me Skipper."))
    assert "What is my hamster's name?" in prompts(dataset, "fact")
    assert "What do you call me?" in prompts(dataset, "fact")
