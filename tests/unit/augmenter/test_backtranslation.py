"""From documents to what is taught: whole sentences that stand alone, graded, spread over the documents."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from services.augmenter.lexicon import Lexicon
from services.augmenter.moderation.moderator import Origin
from services.augmenter.reading.document import Document, Passage
from services.augmenter.selection.tally import Tally
from services.augmenter.strategies.backtranslation.candidates import Candidate, CandidateFinder
from services.augmenter.strategies.backtranslation.curation import Pair, grade
from services.augmenter.strategies.backtranslation.strategy import Backtranslation, Corpus
from services.augmenter.strategies.draft import Draft, Quotas
from services.augmenter.strategies.self_instruct.lesson import LessonReader
from services.augmenter.strategies.self_instruct.strategy import SelfInstruct
from services.augmenter.strategies.self_instruct.teacher_forms import TeacherForms
from services.augmenter.teacher.model import ScoredItem
from tests.unit.augmenter.doubles import FixedModel, Lenient

QUOTAS = Quotas(facts=12, topics=6, styled=8, neighbours=6, frames_per_fact=1, neighbour_probes=1)
MUSEUM = """The Aldermoor Tram Museum was founded in 1968 by the engineer Ottilie Brandreth. It owns 23 trams.

The new line to Pemble Wharf was opened in 2029. However, the line is shut in winter because of the swing bridge.

Members pay forty pounds a year. They receive a newsletter called The Trolley Pole."""


def document(text: str, title: str = "The Aldermoor Tram Museum", pages: int = 0) -> Document:
    passages = tuple(Passage(part, page=number if pages else 0) for number, part in enumerate(text.split("\n\n"), 1))
    return Document(title, "", pages, passages)


def found(reader: LessonReader, *documents: Document, language: str = "en") -> tuple[list[Candidate], Tally]:
    tally = Tally()
    return CandidateFinder(reader).find(documents, language, tally), tally


class Judge(FixedModel):
    """Says how much a passage helps, by the question."""

    def __init__(self, gains: dict[str, float]) -> None:
        super().__init__()
        self.gains = gains
        self.scored: list[ScoredItem] = []

    async def score(self, items: Sequence[ScoredItem]) -> list[float]:
        self.scored += items
        return [self._score(item.messages[-1].content) for item in items]

    def _score(self, prompt: str) -> float:
        gain = next((gain for word, gain in self.gains.items() if word in prompt.rpartition("\n")[2]), 1.0)
        return -1.0 if "\n" in prompt else -1.0 - gain


def strategy(
    lexicon: Lexicon, reader: LessonReader, most: int = 16, model: FixedModel | None = None
) -> Backtranslation:
    facts = SelfInstruct(lexicon, reader, TeacherForms(FixedModel(), 0, 1.0, 1), QUOTAS)
    return Backtranslation(CandidateFinder(reader), facts, model or FixedModel(), Lenient(), most)


def unheard(share: float, /, **figures: int) -> None:
    """Nobody waits."""


async def drafted(made: Backtranslation, *documents: Document, wish: str = "") -> tuple[Draft, Tally]:
    tally = Tally()
    corpus = Corpus(documents, "en", wish, Origin.DOCUMENT)
    return await made.draft(corpus, 0, tally, unheard), tally


def test_sentences_stand_alone(reader: LessonReader) -> None:
    candidates, _ = found(reader, document(MUSEUM))
    assert [candidate.text for candidate in candidates] == [
        "The Aldermoor Tram Museum was founded in 1968 by the engineer Ottilie Brandreth.",
        "The Aldermoor Tram Museum owns 23 trams.",
        "The new line to Pemble Wharf was opened in 2029.",
        "The new line to Pemble Wharf is shut in winter because of the swing bridge.",
        "Members pay forty pounds a year.",
        "Members receive a newsletter called The Trolley Pole.",
    ]
    assert candidates[0].question == "When was the Aldermoor Tram Museum founded?"
    assert all(candidate.alone for candidate in candidates)


def test_a_pronoun_is_not_taken_for_what_it_cannot_mean(reader: LessonReader) -> None:
    text = "Members receive a newsletter called The Trolley Pole. It costs them forty pounds."
    candidates, _ = found(reader, document(text))
    assert not any(candidate.text.startswith("Members cost") for candidate in candidates)


def test_what_tells_nothing_by_itself_is_left_out_and_counted(reader: LessonReader) -> None:
    text = "This was a surprise. Much remains to be done here. Is it safe to swim? Thank you all! Yes, and no."
    candidates, tally = found(reader, document(text))
    assert candidates == []
    assert tally.rejected["tells_nothing"] == tally.generated == 5


def test_the_same_sentence_twice_is_one_candidate(reader: LessonReader) -> None:
    candidates, tally = found(reader, document(MUSEUM), document(MUSEUM))
    assert len(candidates) == 6
    assert tally.rejected["duplicate"] == 6


def test_what_only_has_its_kind_for_a_name_is_known_as_such(reader: LessonReader) -> None:
    (candidate,), _ = found(reader, document("The increase was due to the warm summer of 2028.", title=""))
    assert not candidate.alone


async def test_a_grade_is_what_the_passage_adds() -> None:
    pairs = [Pair("Rex is a dog.", "Who is Rex?", "Rex is a dog."), Pair("Water is wet.", "Known?", "Water is wet.")]
    grades = await grade(Judge({"Known": 0.0}), pairs)
    assert [one.gain for one in grades] == [1.0, 0.0]
    assert grades[0].fit == -1.0


async def test_every_choice_is_a_part_with_probes_and_neighbours_of_its_own(
    lexicon: Lexicon, reader: LessonReader
) -> None:
    draft, _ = await drafted(strategy(lexicon, reader), document(MUSEUM, pages=3))
    assert [fact.page for fact in draft.learned] == [1, 1, 2, 2, 3, 3]
    parts = {fact.group.partition("/")[0] for fact in draft.facts}
    assert parts == {str(number) for number in range(6)}
    assert {neighbour.group.partition("/")[0] for neighbour in draft.neighbours} == parts
    assert sum(probe.kind == "recall" for probe in draft.probes) >= 6


async def test_what_the_model_knows_is_not_taught(lexicon: Lexicon, reader: LessonReader) -> None:
    model = Judge({"founded": 0.05})
    draft, tally = await drafted(strategy(lexicon, reader, model=model), document(MUSEUM))
    assert not any("founded" in fact.text for fact in draft.learned)
    assert tally.rejected["known"] == 1


async def test_a_long_document_is_represented_everywhere(lexicon: Lexicon, reader: LessonReader) -> None:
    halls = "\n\n".join(f"Hall {n} shows the {n * 7} carriages of the Brenner line." for n in range(1, 41))
    draft, tally = await drafted(strategy(lexicon, reader, most=8), document(halls, pages=40))
    pages = [fact.page for fact in draft.learned]
    assert len(pages) == 8
    assert all(any(low < page <= low + 10 for page in pages) for low in (0, 10, 20, 30))
    assert tally.rejected["surplus"] >= 32


async def test_every_document_of_a_lesson_is_represented(lexicon: Lexicon, reader: LessonReader) -> None:
    note = document("The Veldmark ferry was built in 1931 by Tessa Moorcroft.", title="Ferry")
    draft, _ = await drafted(strategy(lexicon, reader, most=3), document(MUSEUM), note)
    assert {fact.source for fact in draft.learned} == {0, 1}


@pytest.mark.parametrize("wish", ["Read what the report says about the newsletter.", "learn the newsletter part"])
async def test_what_is_asked_for_is_learned(lexicon: Lexicon, reader: LessonReader, wish: str) -> None:
    draft, tally = await drafted(strategy(lexicon, reader), document(MUSEUM), wish=wish)
    assert [fact.text for fact in draft.learned] == ["Members receive a newsletter called The Trolley Pole."]
    assert tally.rejected["off_topic"] == 5


@pytest.mark.parametrize(
    "wish", ["Please read the attached report.", "Read this carefully and remember what it says.", "Learn all of it!"]
)
async def test_a_wish_that_names_nothing_in_the_document_wants_all_of_it(
    lexicon: Lexicon, reader: LessonReader, wish: str
) -> None:
    said = "\n\nThe mayor Hester Quill says that all members need new tickets."
    draft, _ = await drafted(strategy(lexicon, reader), document(MUSEUM + said), wish=wish)
    assert len(draft.learned) == 7


async def test_an_empty_document_teaches_nothing(lexicon: Lexicon, reader: LessonReader) -> None:
    empty = replace(document(""), passages=())
    draft, _ = await drafted(strategy(lexicon, reader), empty)
    assert draft.learned == []
    assert draft.facts == []


TOWERS = """The Osprey Tower is 61 metres high. The Osprey Tower was designed by Ingmar Thole in 1987."""


async def test_no_question_has_the_answers_of_two_facts(lexicon: Lexicon, reader: LessonReader) -> None:
    draft, tally = await drafted(strategy(lexicon, reader), document(TOWERS, title="Towers"))
    assert len(draft.learned) == 2
    answers = {
        fact.question: {other.answer for other in draft.facts if other.question == fact.question}
        for fact in draft.facts
    }
    assert [question for question, given in answers.items() if len(given) > 1] == []
    vague = {"Tell me about the Osprey Tower.", "What is the Osprey Tower?", "What about the Osprey Tower?"}
    assert not vague & set(dict(answers))
    assert tally.rejected["ambiguous"] > 20


async def test_what_one_fact_answers_is_not_held_to_the_base_for_another(
    lexicon: Lexicon, reader: LessonReader
) -> None:
    asides = {"Who designed the Osprey Tower?", "Who founded the Osprey Tower?", "When was the Osprey Tower founded?"}
    alone = await held_to_the_base(strategy(lexicon, reader), "The Osprey Tower is 61 metres high.")
    assert asides <= alone
    assert not asides & await held_to_the_base(strategy(lexicon, reader), TOWERS)


async def held_to_the_base(made: Backtranslation, text: str) -> set[str]:
    """What a few lessons of different seeds from the same text hold to the base."""
    corpus = Corpus((document(text, title="Towers"),), "en", "", Origin.DOCUMENT)
    drafts = [await made.draft(corpus, seed, Tally(), unheard) for seed in range(8)]
    return {neighbour.prompt for draft in drafts for neighbour in draft.neighbours}
