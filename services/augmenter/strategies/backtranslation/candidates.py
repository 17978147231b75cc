"""Finds the sentences of documents that tell something by themselves, and the question that each answers. No models."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from services.augmenter.lexicon.lexicon import word_list
from services.augmenter.linguistics.clause import Clause
from services.augmenter.reading.document import Document, Passage
from services.augmenter.selection.tally import Reason, Tally
from services.augmenter.strategies.backtranslation.names import NamedThings
from services.augmenter.strategies.self_instruct.forms import Form, Variety
from services.augmenter.strategies.self_instruct.lesson import Lesson, LessonReader, Unit

_FEWEST_WORDS = 5
_MOST_WORDS = 34
# Longer passages are read piece by piece, longer documents only in evenly spread passages: parsing takes time.
_PIECE_CHARACTERS = 3000
_MOST_CHARACTERS = 300_000
_SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s+")
_POINTING_SUBJECT = re.compile(
    r"^(?:this|that|these|those|such|nobody|anyone|anybody|everyone|everybody|someone|somebody|most \w+ people)\b"
    r"|\b(?:it|them|him|us|you)\b"
)
_POINTING = re.compile(r"\b(?:it|them|this|these|those|here|there)\b", re.IGNORECASE)
_BARE = re.compile(r"(?:the|this|that|these|those) [a-z-]+", re.IGNORECASE)
# Subjects that stand for something else, or for nothing in particular.
_OPEN_SUBJECTS = word_list("open_subject")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence, made independent of those before it, with the plainest question that it answers.

    `source` is the index of its document, `page` and `headings` are where it stands there; `lesson` is the sentence,
    understood by itself. `alone` is false where its subject is only called by its kind, as in "the increase".
    """

    text: str
    passage: str
    question: str
    answer: str
    source: int
    page: int
    headings: tuple[str, ...]
    alone: bool
    lesson: Lesson = field(compare=False, repr=False)

    @property
    def telling(self) -> int:
        """How many words only it can tell."""
        return len(self.lesson.taught)


class CandidateFinder:
    """Reads passages; one per process."""

    def __init__(self, reader: LessonReader) -> None:
        self._reader = reader

    def find(self, documents: Sequence[Document], language: str, tally: Tally) -> list[Candidate]:
        """Every usable sentence in the order of the documents; the others are counted by reason."""
        found: dict[str, Candidate] = {}
        for source, document in enumerate(documents):
            things = NamedThings(document.title)
            for passage in _pieces(document.passages):
                for candidate in self._of_passage(passage, source, language, things, tally):
                    if candidate.text.casefold() in found:
                        tally.reject(Reason.DUPLICATE)
                    else:
                        found[candidate.text.casefold()] = candidate
        return list(found.values())

    def _of_passage(
        self, passage: Passage, source: int, language: str, things: NamedThings, tally: Tally
    ) -> Iterator[Candidate]:
        text = passage.text
        if language == "en":
            text = things.standing_alone(text)
        by_sentence: defaultdict[str, list[Unit]] = defaultdict(list)
        for unit in self._reader.read(text, language).units:
            by_sentence[unit.name.partition("c")[0]].append(unit)
        for units in by_sentence.values():
            tally.generate()
            told = units[0].sentence or str(units[0].content)
            form = self._plainest(units, language) if _is_usable(told, units, language) else None
            lesson = self._reader.read(told, language) if form is not None else None
            if form is None or lesson is None or not lesson.taught:
                tally.reject(Reason.TELLS_NOTHING)
                continue
            subjects = [one.content.subject.text for one in units if isinstance(one.content, Clause)]
            alone = not any(map(_BARE.fullmatch, subjects)) and not _POINTING.search(told)
            yield Candidate(
                told, text, form.question, form.answer, source, passage.page, passage.headings, alone, lesson
            )

    def _plainest(self, units: list[Unit], language: str) -> Form | None:
        forms = [form for unit in units for form in self._reader.forms(unit, language)]
        return next((form for form in forms if form.variety is Variety.DIRECT), next(iter(forms), None))


def _pieces(passages: Sequence[Passage]) -> Iterator[Passage]:
    """The passages cut into pieces of whole sentences; of very many, as many as can be parsed, from everywhere."""
    every = -(-sum(len(passage.text) for passage in passages) // _MOST_CHARACTERS) or 1
    for passage in passages[::every]:
        piece = ""
        for sentence in _SENTENCE_END.split(passage.text):
            if piece and len(piece) + len(sentence) > _PIECE_CHARACTERS:
                yield replace(passage, text=piece)
                piece = ""
            piece = f"{piece} {sentence[:_PIECE_CHARACTERS]}".strip()
        yield replace(passage, text=piece)


def _is_usable(told: str, units: Sequence[Unit], language: str) -> bool:
    """Whether a sentence has a sensible length and, as far as it is understood, says something of a named subject."""
    if not _FEWEST_WORDS <= len(told.split()) <= _MOST_WORDS or told.endswith("?"):
        return False
    return language != "en" or any(map(_tells, units))


def _tells(unit: Unit) -> bool:
    content = unit.content
    if not isinstance(content, Clause) or not content.constituents or content.subject.is_pronoun:
        return False
    subject = content.subject.text.casefold()
    return subject not in _OPEN_SUBJECTS and not _POINTING_SUBJECT.search(subject)
