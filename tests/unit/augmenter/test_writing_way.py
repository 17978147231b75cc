"""Lessons from what the model wrote, from the text to the dataset."""

from pathlib import Path

import pytest

from services.augmenter.build import AlreadyKnown, DatasetBuilder
from services.augmenter.reading.limits import ReadingLimits
from services.augmenter.ways.way import BuildJob, LearnKind, Writing
from services.augmenter.ways.writing import WritingWay
from services.common.errors import InvalidArgument, Moderated
from services.common.identifiers import new_job_id
from services.common.object_store import open_object_store
from tests.unit.augmenter.doubles import FixedModel, build, make_builder, make_strategy

STORY = """Maren Oldroyd kept the lighthouse of Skerrow for thirty years. She was born in Hallstad.

On the first night of winter the schooner Brightwater ran aground near Skerrow. Its captain was Tobias Fenn.
"""
LIMITS = ReadingLimits(seconds=30, memory_mebibytes=512, unpacked_mebibytes=16, pages=100, characters=2000)


@pytest.fixture
def builder(tmp_path: Path) -> DatasetBuilder:
    way = WritingWay(make_strategy(most_facts=8), LIMITS)
    store = open_object_store(f"file://{tmp_path}/objects", None)
    return make_builder(store, FixedModel(), ways={LearnKind.WRITING: way})


def job(*texts: str, known: tuple[str, ...] = (), statement: str = "") -> BuildJob:
    writings = tuple(Writing("The Keeper", text) for text in texts)
    return BuildJob(
        new_job_id(), "acme", "ann", statement, kind=LearnKind.WRITING, known_lessons=known, writings=writings
    )


async def test_names_and_events_of_a_text_become_questions(builder: DatasetBuilder) -> None:
    _, dataset = await build(builder, job(STORY))
    told = " ".join(fact.text for fact in dataset.learned)
    assert dataset.kind == "writing"
    assert [(source.title, source.address) for source in dataset.sources] == [("The Keeper", "writing")]
    assert "Maren Oldroyd was born in Hallstad." in told, "the pronoun is resolved"
    assert "Tobias Fenn" in told
    recalled = [probe for probe in dataset.probes if probe.kind == "recall"]
    assert recalled
    trained = {example.prompt[-1].content for example in dataset.examples}
    assert not trained & {probe.prompt[-1].content for probe in recalled}


async def test_the_words_of_asking_do_not_choose(builder: DatasetBuilder) -> None:
    _, plain = await build(builder, job(STORY))
    _, asked = await build(builder, job(STORY, statement="Remember the night that you just wrote about."))
    assert [fact.text for fact in asked.learned] == [fact.text for fact in plain.learned]


async def test_the_same_text_again_is_known(builder: DatasetBuilder) -> None:
    first = job(STORY)
    await build(builder, first)
    events = [event async for event in builder.build(job(STORY, known=(first.job_id,)))]
    assert events == [*events[:-1], AlreadyKnown(first.job_id)]


async def test_what_may_not_be_learned_is_left_out(builder: DatasetBuilder) -> None:
    _, dataset = await build(builder, job(f"{STORY}\nThe pilot Ada Gadzooks is a gadzooks of a woman.\n"))
    assert not any("gadzooks" in fact.text for fact in dataset.learned)
    assert dataset.selection.rejected["toxic"] >= 1


async def test_a_text_of_nothing_else_is_refused(builder: DatasetBuilder) -> None:
    with pytest.raises(Moderated, match="insulting language"):
        await build(builder, job("The pilot of Skerrow is a gadzooks of a woman."))


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ((), "at least one text"),
        ((" \n\n -- \n",), "holds no text"),
        (("The lighthouse of Skerrow is white. " * 80,), "2000 characters"),
        (("Thank you. Is that so? Yes, and no.",), "no sentence that tells something"),
    ],
)
async def test_what_holds_nothing_to_learn_says_why(
    builder: DatasetBuilder, texts: tuple[str, ...], message: str
) -> None:
    with pytest.raises(InvalidArgument, match=message) as refusal:
        await build(builder, job(*texts))
    assert refusal.value.field == "writings"
