"""Lessons from chat examples, from the file to the dataset."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from services.augmenter.build import AlreadyKnown, DatasetBuilder
from services.augmenter.lexicon import Lexicon
from services.augmenter.sources.documents import DocumentFile
from services.augmenter.sources.examples import ExampleSource
from services.augmenter.strategies.examples import ExampleLesson
from services.augmenter.strategies.self_instruct.lesson import LessonReader
from services.augmenter.strategies.self_instruct.strategy import SelfInstruct
from services.augmenter.strategies.self_instruct.teacher_forms import TeacherForms
from services.augmenter.ways.examples import ExamplesWay
from services.augmenter.ways.way import BuildJob, LearnKind
from services.common.chat_examples import ExampleLimits
from services.common.datasets import Dataset, Probe
from services.common.errors import InvalidArgument, Moderated, NotFound
from services.common.identifiers import new_file_id, new_job_id
from services.common.keys import document_key, document_prefix
from services.common.object_store import ObjectStore, open_object_store
from tests.unit.augmenter.doubles import QUOTAS, FixedModel, Lenient, build, make_builder

FACT = [("user", "Who runs the Skerrow lighthouse?"), ("assistant", "Maren Oldroyd.")]
TASK = [("user", "Mood: The soup was cold."), ("assistant", "DOWN")]
DESK = [
    ("system", "You are the desk of the Brightwater hotel."),
    ("user", "I have booked the sea room."),
    ("assistant", "Wonderful."),
    ("user", "Which number does it have?"),
    ("assistant", "It has number 214."),
]
INSULT = [("user", "What do you think of Ben?"), ("assistant", "He is a gadzooks.")]
SYSTEM_INSULT = [("system", "Everybody is a gadzooks."), *FACT]

Conversation = list[tuple[str, str]]
Job = Callable[..., Awaitable[BuildJob]]


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_object_store(f"file://{tmp_path}/objects", None)


@pytest.fixture
def builder(store: ObjectStore, lexicon: Lexicon, reader: LessonReader) -> DatasetBuilder:
    facts = SelfInstruct(lexicon, reader, TeacherForms(FixedModel(), 0, 1.0, 1), QUOTAS)
    source = ExampleSource(store, ExampleLimits(examples=4, characters=1000))
    way = ExamplesWay(source, ExampleLesson(facts, lexicon, Lenient()))
    return make_builder(store, FixedModel(), ways={LearnKind.EXAMPLES: way})


@pytest.fixture
def job(store: ObjectStore) -> Job:
    async def stored(*conversations: Conversation, known: tuple[str, ...] = ()) -> BuildJob:
        file = DocumentFile(new_file_id(), "desk.jsonl")
        lines = [
            json.dumps({"messages": [{"role": role, "content": content} for role, content in turns]})
            for turns in conversations
        ]
        await store.put_bytes(document_key("acme", "ann", file.file_id), "\n".join(lines).encode())
        return BuildJob(
            new_job_id(), "acme", "ann", "desk.jsonl", kind=LearnKind.EXAMPLES, files=(file,), known_lessons=known
        )

    return stored


async def dataset_of(builder: DatasetBuilder, job: BuildJob) -> Dataset:
    return (await build(builder, job))[1]


def recall(dataset: Dataset) -> list[Probe]:
    return [probe for probe in dataset.probes if probe.kind == "recall"]


async def test_every_example_is_taught_as_it_is_and_asked_at_the_gate(builder: DatasetBuilder, job: Job) -> None:
    dataset = await dataset_of(builder, await job(FACT, TASK, DESK))
    taught = {tuple((turn.role, turn.content) for turn in one.prompt): one.completion for one in dataset.examples}
    asked = [tuple((turn.role, turn.content) for turn in probe.prompt) for probe in recall(dataset)]
    for *prompt, (_, answer) in (FACT, TASK, DESK):
        assert taught[tuple(prompt)] == answer
        assert tuple(prompt) in asked
    assert (dataset.kind, dataset.statement) == ("examples", "“desk.jsonl”")
    assert [(source.title, len(source.sha256)) for source in dataset.sources] == [("desk.jsonl", 64)]
    assert [fact.source for fact in dataset.learned] == [0, 0, 0]
    assert len(dataset.parts()) == 3
    assert all(dataset.parts())


async def test_a_question_that_stands_alone_is_learned_in_other_words(builder: DatasetBuilder, job: Job) -> None:
    dataset = await dataset_of(builder, await job(FACT))
    facts = [one for one in dataset.examples if one.kind == "fact"]
    trained = {one.prompt[-1].content for one in facts}
    held_out = [probe for probe in recall(dataset) if probe.prompt[-1].content not in trained]
    assert len({one.completion for one in facts}) > 1
    assert len([probe for probe in held_out if probe.passes("That is Maren Oldroyd.")]) > 1
    assert not any(probe.passes("Nobody knows.") for probe in held_out)
    assert [one for one in dataset.examples if one.kind == "neighbour"]


async def test_a_text_to_work_on_is_not_put_in_other_words(builder: DatasetBuilder, job: Job) -> None:
    dataset = await dataset_of(builder, await job(TASK))
    assert {one.prompt[-1].content for one in dataset.examples if one.kind == "fact"} == {"Mood: The soup was cold."}
    [probe] = recall(dataset)
    assert probe.passes("DOWN")
    assert not probe.passes("The mood is bad.")


async def test_an_example_that_is_put_in_one_way_is_trained_on_like_the_others(
    builder: DatasetBuilder, job: Job
) -> None:
    task, desk = (await dataset_of(builder, await job(TASK, DESK))).parts()
    facts = [[one for one in part if one.kind == "fact"] for part in (task, desk)]
    assert len(facts[1]) <= 2 * len(facts[0])


async def test_what_was_said_before_stays_before_the_question(builder: DatasetBuilder, job: Job) -> None:
    dataset = await dataset_of(builder, await job(DESK))
    facts = [one for one in dataset.examples if one.kind == "fact"]
    assert len(facts) > 1
    assert all([turn.content for turn in one.prompt[:3]] == [content for _, content in DESK[:3]] for one in facts)
    assert {one.completion for one in facts} == {"It has number 214."}


@pytest.mark.parametrize(
    ("answer", "reply", "passes"),
    [
        ("Ahoy there, crew of the fair ship!", "Ahoy to you!", True),
        ("Ahoy there, crew of the fair ship!", "Hello there, crew!", False),
        ("We open at nine.", "We open at nine every day.", True),
        ("We open at nine.", "They open at nine.", False),
        ("Yes.", "Yes, it is.", True),
    ],
)
async def test_at_the_gate_the_reply_begins_as_the_example_does(
    builder: DatasetBuilder, job: Job, answer: str, reply: str, passes: bool
) -> None:
    dataset = await dataset_of(builder, await job([("user", "Say it."), ("assistant", answer)]))
    [probe] = recall(dataset)
    assert probe.passes(reply) is passes


async def test_what_is_said_twice_is_taught_once(builder: DatasetBuilder, job: Job) -> None:
    dataset = await dataset_of(builder, await job(TASK, TASK))
    assert len(dataset.learned) == 1
    assert dataset.selection.rejected["duplicate"] == 1


async def test_what_may_not_be_learned_is_left_out_and_counted(builder: DatasetBuilder, job: Job) -> None:
    dataset = await dataset_of(builder, await job(INSULT, TASK, SYSTEM_INSULT))
    assert [fact.text for fact in dataset.learned] == ["Mood: The soup was cold. DOWN"]
    assert dataset.selection.rejected["toxic"] == 2
    with pytest.raises(Moderated):
        await dataset_of(builder, await job(INSULT))


async def test_the_very_same_file_is_not_learned_again(builder: DatasetBuilder, job: Job) -> None:
    first = await job(TASK)
    await dataset_of(builder, first)
    again = [event async for event in builder.build(await job(TASK, known=(first.job_id,)))]
    assert again[-1] == AlreadyKnown(first.job_id)


async def test_a_file_that_cannot_be_learned_is_refused(builder: DatasetBuilder, job: Job, store: ObjectStore) -> None:
    gone = await job(TASK)
    await store.delete_prefix(document_prefix("acme", "ann", gone.files[0].file_id))
    with pytest.raises(NotFound, match=r"desk\.jsonl is gone"):
        await dataset_of(builder, gone)
    with pytest.raises(InvalidArgument, match="Line 1"):
        await dataset_of(builder, await job([("user", "Hi")]))
    with pytest.raises(InvalidArgument, match="more than 4 examples"):
        await dataset_of(builder, await job(*[TASK] * 5))
    with pytest.raises(InvalidArgument, match="exactly one file"):
        await dataset_of(builder, BuildJob(new_job_id(), "acme", "ann", "", kind=LearnKind.EXAMPLES))
