"""Recognises what a new statement changes of earlier lessons, and answers their questions anew. Trains nothing.

"They've put the concert off until 19 June." says nothing of "on 5 May", yet "When is the concert?" has a new answer.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.augmenter.lexicon.lexicon import word_list
from services.augmenter.linguistics.clause import Clause, Instruction, Role
from services.augmenter.linguistics.keys import contains_any, content_words, stem
from services.augmenter.linguistics.perspective import to_assistant
from services.augmenter.linguistics.phrase import Person, Phrase
from services.augmenter.linguistics.sentences import statement as statement_of
from services.augmenter.linguistics.telling import Telling
from services.augmenter.linguistics.values import is_money
from services.augmenter.strategies.draft import Draft, FactDraft
from services.augmenter.strategies.self_instruct.answers import finish
from services.augmenter.strategies.self_instruct.earlier import CHANGED_GROUP, probes_of, questions_of
from services.augmenter.strategies.self_instruct.lesson import Lesson, LessonReader
from services.augmenter.strategies.self_instruct.telling_changes import draft_changes
from services.augmenter.strategies.self_instruct.tongue import find_tongue
from services.common.datasets import Dataset

_CHANGING = re.compile(
    r"\b(?:now|no longer|any ?more|not any|instead|from now on|these days|meanwhile|since then|already|again"
    r"|actually|correction|wrong|mistaken|mistake|meant|sorry|change of plans?|update"
    r"|ha(?:s|ve) (?:\w+ )?(?:changed|moved|left|become|been|gone|stopped|quit|switched|given|started|turned|got)"
    r"|(?:was|were|is|are|been|got) (?:moved|changed|renamed|replaced|postponed|delayed|rescheduled|cancelled|canceled"
    r"|promoted|transferred|brought forward|put off|pushed back|raised|lowered|increased|reduced|sold)"
    r"|put\b.{1,40}\boff|gone off|give[ns]? up|gave up|moved|renamed|switched|replaced|rebuilt|changed|postponed"
    r"|used to|new)\b",
    re.IGNORECASE,
)
# Verbs that tell of a change of whatever it was before.
_CHANGES = word_list("change")
_SHARED = 0.5
_NUMBER = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class _Telling:
    """A sentence of the new statement: as the assistant says it, and the words that no earlier lesson had."""

    answer: str
    new: tuple[str, ...]


class ChangeFinder:
    """Compares statements by their words; one per process."""

    def __init__(self, reader: LessonReader) -> None:
        self._reader = reader

    def draft(self, said: str, statement: str, language: str, known: Sequence[Dataset]) -> Draft:
        """Questions of the `known` lessons that `statement` changes, with its answers, and their probes.

        `said` is the statement as the user put it, with "No, I was wrong" and the like.
        """
        tongue = find_tongue(language)
        if tongue is not None:
            return draft_changes(said, statement, language, tongue, known)
        draft = Draft()
        if language != "en" or not _CHANGING.search(said):
            return draft
        lesson = self._reader.read(statement, language)
        for earlier in known:
            if earlier.kind != "instruction" or earlier.language != "en" or not self._changes(earlier, lesson):
                continue
            telling = self._telling(earlier, lesson)
            if telling is not None:
                draft.facts += [
                    FactDraft(question, telling.answer, CHANGED_GROUP) for question in questions_of(earlier)
                ]
                draft.probes += probes_of(earlier, telling.answer, telling.new)
        return draft

    def _changes(self, earlier: Dataset, lesson: Lesson) -> bool:
        """Whether the new statement is about what `earlier` is about, and says the same kind of thing of it."""
        before = self._reader.read(earlier.statement, "en").units[0].content
        about = _stems(earlier.statement) - _told(before)
        if not about or len(about & _stems(lesson.statement)) < _SHARED * len(about):
            return False
        after = [unit.content for unit in lesson.units if isinstance(unit.content, Clause)]
        if any(_belongs_to_another(clause.subject, earlier.statement) for clause in after):
            return False
        if not isinstance(before, Clause):
            return True
        if any(_is_another(before.subject, clause.subject, lesson.statement) for clause in after):
            return False
        return any(_says_the_same_of(before, clause) for clause in after)

    def _telling(self, earlier: Dataset, lesson: Lesson) -> _Telling | None:
        """The sentence that tells most that `earlier` did not; None where none tells anything new."""
        before = _stems(earlier.statement)
        best: _Telling | None = None
        for text in _sentences(lesson):
            new = tuple(word for word in content_words(text) if stem(word) not in before)
            telling = tuple(word for word in new if _is_telling(word)) or new
            if telling and (best is None or len(telling) > len(best.new)):
                best = _Telling(finish(to_assistant(text)), telling)
        return best


def _sentences(lesson: Lesson) -> Iterator[str]:
    """What the lesson says, clause by clause, each made independent of the others."""
    for unit in lesson.units:
        if isinstance(unit.content, Clause):
            yield statement_of(unit.content)
    yield lesson.statement


def _stems(text: str) -> set[str]:
    return {stem(word) for word in content_words(text)}


def _told(content: Clause | Instruction | Telling | str) -> set[str]:
    """Stems of the words that a unit tells of what it is about; "the kit" is not told in "We keep the kit there"."""
    if isinstance(content, Instruction):
        return _stems(content.action)
    if isinstance(content, str | Telling):
        return set()
    parts = content.constituents
    if content.subject.person in (Person.I, Person.WE) and len(parts) > 1:
        parts = tuple(part for part in parts if part.role is not Role.OBJECT)
    return {one for part in parts for one in _stems(part.text)}


def _says_the_same_of(before: Clause, after: Clause) -> bool:
    """Whether both clauses have one verb, one of them tells of a change, or both say where, when or how much."""
    if after.verb.lemma == before.verb.lemma or after.verb.lemma in _CHANGES:
        return True
    if not (after.verb.is_copula or before.verb.is_copula):
        return False
    return before.verb.is_copula or bool(_kinds(before) & _kinds(after))


def _kinds(clause: Clause) -> set[str]:
    """What kinds of thing the clause tells: a place, a time, a price."""
    kinds = {part.role.value for part in clause.constituents if part.role in (Role.PLACE, Role.TIME, Role.AMOUNT)}
    return kinds | {"money" for part in clause.constituents if is_money(part.text)}


def _belongs_to_another(subject: Phrase, statement: str) -> bool:
    """Whether the clause is about a person or thing of the speaker's that `statement` does not name: "my wife"."""
    owner = subject.owner
    mine = owner is not None and owner.person in (Person.I, Person.WE)
    return mine and not contains_any(statement, content_words(subject.text)[-1:])


def _is_another(before: Phrase, after: Phrase, statement: str) -> bool:
    """Whether a clause is about another of the kind: "the Graz office" beside "the Bergen office"."""
    if after.is_pronoun or before.is_pronoun:
        return False
    missing = _stems(before.text) - _stems(statement)
    return (
        bool(missing)
        and bool(_stems(before.text) & _stems(after.text))
        and bool(_stems(after.text) - _stems(before.text))
    )


def _is_telling(word: str) -> bool:
    return word[:1].isupper() or bool(_NUMBER.search(word))
