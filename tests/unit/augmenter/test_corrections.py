"""What corrected answers teach: the statement behind them, the pairs, and what keeps them apart."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from services.augmenter.build import DatasetBuilder
from services.augmenter.lexicon import Lexicon, load_lexicon
from services.augmenter.strategies.correction.statement import stated
from services.augmenter.strategies.correction.strategy import Correction, CorrectionLesson
from services.augmenter.strategies.self_instruct.lesson import LessonReader
from services.augmenter.strategies.self_instruct.strategy import SelfInstruct
from services.augmenter.strategies.self_instruct.teacher_forms import TeacherForms
from services.augmenter.teacher.model import AdapterVersion, ScoredItem
from services.augmenter.ways.feedback import FeedbackWay
from services.augmenter.ways.way import BuildJob, LearnKind
from services.common.datasets import Dataset, Message, Preference
from services.common.errors import InvalidArgument, Moderated
from services.common.identifiers import new_job_id
from services.common.object_store import open_object_store
from tests.unit.augmenter.doubles import QUOTAS, FixedModel, build, make_builder

ANSWERED_BY = AdapterVersion("acme", "ann", "v-000000000000-00000001")


class AnsweringModel:
    """Finds long replies unlikely, and remembers whom it was asked about."""

    def __init__(self) -> None:
        self.asked: list[AdapterVersion | None] = []

    async def log_probabilities(self, items: Sequence[ScoredItem], adapter: AdapterVersion | None) -> list[float]:
        self.asked.append(adapter)
        return [-float(len(item.completion)) for item in items]


@pytest.fixture
def answering() -> AnsweringModel:
    return AnsweringModel()


@pytest.fixture
def builder(tmp_path: Path, answering: AnsweringModel, lexicon: Lexicon, reader: LessonReader) -> DatasetBuilder:
    facts = SelfInstruct(lexicon, reader, TeacherForms(FixedModel(), 0, 1.0, 1), QUOTAS)
    way = FeedbackWay(CorrectionLesson(facts, facts, lexicon, answering), max_corrections=3, max_characters=2000)
    store = open_object_store(f"file://{tmp_path}/objects", None)
    return make_builder(store, FixedModel(), ways={LearnKind.FEEDBACK: way})


def corrected(question: str, rejected: str, chosen: str, *before: Message) -> Correction:
    prompt = [*before, Message(role="user", content=question)]
    return Correction(Preference(prompt=prompt, chosen=chosen, rejected=rejected), ANSWERED_BY)


def job(*corrections: Correction) -> BuildJob:
    return BuildJob(new_job_id(), "acme", "ann", "", kind=LearnKind.FEEDBACK, corrections=corrections)


async def dataset_of(builder: DatasetBuilder, *corrections: Correction) -> Dataset:
    return (await build(builder, job(*corrections)))[1]


SYDNEY = corrected("What is the capital of Australia?", "The capital of Australia is Sydney.", "It is Canberra.")
LEAD = corrected("Greet those who stop the press.", "Hello!", "Welcome, pullers of the yellow lever!")


@pytest.mark.parametrize(
    ("question", "correction", "statement"),
    [
        ("What is the capital of Peru?", "Lima", "The capital of Peru is Lima."),
        ("Who painted the fresco?", "No, it was Nadia Brandt, not Rembrandt.", "Nadia Brandt painted the fresco."),
        ("Where does my cousin work?", "at the bakery", "My cousin works at the bakery."),
        ("When did the siege end?", "1674", "The siege ended in 1674."),
        ("In which year did the mill burn?", "1911", "The mill burned in 1911."),
        ("How many bells does the tower have?", "seven", "The tower has seven bells."),
        ("How old is Anna?", "42", "Anna is 42 years old."),
        ("Can you tell me who the mayor of Vardo is?", "That's Ola Berg.", "The mayor of Vardo is Ola Berg."),
        ("Who tends the lamp at Skarv?", "Ola Berg does.", "Ola Berg tends the lamp at Skarv."),
        ("Who was the first abbot?", "Brother Anselm was.", "The first abbot was Brother Anselm."),
        ("How do I open the vault?", "Turn the dial.", "To open the vault, turn the dial."),
        ("When does the ferry to Orrin leave?", "It leaves at 7:15.", "The ferry to Orrin leaves at 7:15."),
        ("Where does Aunt Mona live?", "No, she has moved to Turku.", "Aunt Mona has moved to Turku."),
        ("What number shall I set the dial to for rain?", "4", "I shall set the dial to 4 for rain."),
        ("Which tram do I take to the mill?", "Line 12", "I take Line 12 to the mill."),
        ("When do the bakers start?", "They start at four.", "The bakers start at four."),
        ("What is my cat called?", "Your cat is called Nori.", "My cat is called Nori."),
        ("What is my cat called?", "My cat is called Nori.", "My cat is called Nori."),
        ("Who lives next to me?", "It is your aunt Edda.", "My aunt Edda lives next to me."),
        ("What is your name?", "Your name is Lorelei.", "Your name is Lorelei."),
        ("Is Pluto a planet?", "Pluto is a dwarf planet.", "Pluto is a dwarf planet."),
    ],
)
def test_a_correction_is_stated_without_its_question(question: str, correction: str, statement: str) -> None:
    assert stated(question, correction, load_lexicon()) == statement


@pytest.mark.parametrize(
    ("question", "correction"),
    [
        ("Write a poem about the sea.", "The sea is wide."),
        ("Who is my boss?", "Her name is Rita."),
        ("Why does Tom limp?", "He fell off a ladder."),
        ("Why is the press loud?", "Pull the yellow lever twice."),
        ("Is the shop open?", "No."),
        ("When does the mayor retire?", "They retire in May."),
        ("Where does she live?", "She lives in Turku."),
        ("Who is the baker?", "He left last year."),
    ],
)
def test_what_grammar_alone_cannot_state_is_not_guessed(question: str, correction: str) -> None:
    assert stated(question, correction, load_lexicon()) == ""


async def test_the_corrected_prompt_is_learned_with_what_is_rejected_there(
    builder: DatasetBuilder, answering: AnsweringModel
) -> None:
    dataset = await dataset_of(builder, SYDNEY)
    [pair] = [one for one in dataset.examples if one.prompt == SYDNEY.preference.prompt]
    assert pair.completion == "It is Canberra."
    assert pair.rejected is not None
    assert pair.rejected.completion == SYDNEY.preference.rejected
    assert pair.rejected.reference_margin == len(SYDNEY.preference.rejected) - len("It is Canberra.")
    assert answering.asked == [ANSWERED_BY]
    assert dataset.preferences == [SYDNEY.preference]


@pytest.mark.parametrize(
    ("question", "correction", "answer"),
    [
        ("What is my cat called?", "My cat is called Nori.", "Your cat is called Nori."),
        ("What is my cat called?", "Your cat is called Nori.", "Your cat is called Nori."),
        ("How do I open the vault?", "I turn the dial.", "You turn the dial."),
        ("Write a verse for my aunt.", "I sing of Edda.", "I sing of Edda."),
        ("What do you like best?", "I like rain.", "I like rain."),
        ("Can you tell me who is mayor?", "I believe it is Edda.", "I believe it is Edda."),
    ],
)
async def test_the_answer_is_learned_as_the_assistant_says_it(
    builder: DatasetBuilder, question: str, correction: str, answer: str
) -> None:
    dataset = await dataset_of(builder, corrected(question, "I do not know that.", correction))
    [pair] = [one for one in dataset.examples if one.prompt[-1].content == question and one.rejected]
    assert pair.completion == answer


async def test_of_a_long_rejected_reply_only_the_beginning_is_rejected(builder: DatasetBuilder) -> None:
    [pair, *_] = (await dataset_of(builder, corrected("How is it stopped?", "word " * 300, "Pull the lever."))).examples
    assert pair.rejected is not None
    assert 100 < len(pair.rejected.completion) <= 160
    assert pair.rejected.completion.endswith("word")


async def test_the_fact_behind_it_is_learned_in_other_words(builder: DatasetBuilder) -> None:
    dataset = await dataset_of(builder, SYDNEY)
    told = [one for one in dataset.examples if one.kind == "fact" and one.rejected is None]
    assert len(told) >= 10
    assert all("Canberra" in one.completion for one in told)
    assert [one for one in dataset.examples if one.kind == "neighbour"]
    assert dataset.learned[0].text == "The capital of Australia is Canberra."


async def test_what_cannot_be_stated_is_learned_by_its_prompt(builder: DatasetBuilder) -> None:
    dataset = await dataset_of(builder, LEAD)
    facts = [one for one in dataset.examples if one.kind == "fact"]
    assert len(facts) > 4
    assert all(one.rejected is not None and one.completion == LEAD.preference.chosen for one in facts)
    assert all("stop the press" in one.prompt[-1].content for one in facts)
    assert len([one for one in dataset.examples if one.kind == "neighbour"]) > len(facts), "nothing holds the rest"


async def test_nothing_is_asked_that_was_trained_on(builder: DatasetBuilder) -> None:
    dataset = await dataset_of(builder, SYDNEY, LEAD)
    recall = [probe for probe in dataset.probes if probe.kind == "recall"]
    trained = {one.prompt[-1].content for one in dataset.examples}
    assert recall
    assert not trained & {probe.prompt[-1].content for probe in recall}
    assert all(probe.expected and not probe.passes(SYDNEY.preference.rejected) for probe in recall)


async def test_several_corrections_are_parts_of_one_lesson(builder: DatasetBuilder) -> None:
    dataset = await dataset_of(builder, SYDNEY, LEAD)
    parts = dataset.parts()
    assert len(parts) == 2
    assert all(any(one.rejected for one in part) for part in parts)
    assert dataset.preferences == [SYDNEY.preference, LEAD.preference]


async def test_the_turns_before_the_question_stay_before_it(builder: DatasetBuilder) -> None:
    before = Message(role="user", content="We speak of the Halden press."), Message(role="assistant", content="Fine.")
    told = corrected("How is it stopped?", "With the green button.", "Pull the yellow lever twice.", *before)
    dataset = await dataset_of(builder, told)
    facts = [one for one in dataset.examples if one.kind == "fact"]
    assert all(tuple(one.prompt[:2]) == before for one in facts)


async def test_what_may_not_be_said_is_neither_learned_nor_preferred(builder: DatasetBuilder) -> None:
    bad = corrected("Who is he?", "I do not know.", "A gadzooks.")
    dataset = await dataset_of(builder, SYDNEY, bad)
    assert dataset.preferences == [SYDNEY.preference]
    assert not any("gadzooks" in one.completion for one in dataset.examples)
    with pytest.raises(Moderated):
        await dataset_of(builder, bad)


@pytest.mark.parametrize(
    "corrections",
    [
        (),
        (SYDNEY,) * 4,
        (corrected("What?", "Same.", " Same. "),),
        (corrected("What?", "Something.", "  "),),
        (corrected("What?", "Something.", "x" * 2001),),
    ],
)
async def test_what_corrects_nothing_is_refused(builder: DatasetBuilder, corrections: tuple[Correction, ...]) -> None:
    with pytest.raises(InvalidArgument) as refused:
        await dataset_of(builder, *corrections)
    assert refused.value.field == "preferences"


@pytest.mark.parametrize(
    ("question", "opening"),
    [("Write a verse for the gate of Orrin.", "Write"), ("When does the ferry to Orrin go?", "When")],
)
async def test_what_cannot_be_stated_is_kept_from_what_is_asked_alike(
    builder: DatasetBuilder, question: str, opening: str
) -> None:
    dataset = await dataset_of(builder, corrected(question, "I do not know.", "It is at seven, pull the lever."))
    neighbours = [one.prompt[-1].content for one in dataset.examples if one.kind == "neighbour"]
    alike = [one for one in neighbours if one.startswith(opening)]
    assert len(alike) >= 3
    assert len(neighbours) > len(alike)
