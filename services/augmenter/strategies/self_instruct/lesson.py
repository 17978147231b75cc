"""Reads a statement into teachable units and writes every form of each. Knows nothing of models or storage."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.clause import Clause, Instruction
from services.augmenter.linguistics.derivation import Deriver
from services.augmenter.linguistics.extraction import ClauseReader
from services.augmenter.linguistics.keys import answer_keys, taught_tokens
from services.augmenter.linguistics.parser import parse
from services.augmenter.linguistics.perspective import to_assistant
from services.augmenter.linguistics.phrase import FIRST_PERSON, Person, Phrase
from services.augmenter.linguistics.procedures import as_instruction, read_procedure
from services.augmenter.linguistics.sentences import statement as statement_of
from services.augmenter.linguistics.telling import Telling
from services.augmenter.strategies.self_instruct.answers import finish, full_answer
from services.augmenter.strategies.self_instruct.clause_forms import ClauseForms
from services.augmenter.strategies.self_instruct.definition_forms import DefinitionForms, is_definition
from services.augmenter.strategies.self_instruct.forms import Form, Variety
from services.augmenter.strategies.self_instruct.procedure_forms import ProcedureForms
from services.augmenter.strategies.self_instruct.relation_forms import RelationForms
from services.augmenter.strategies.self_instruct.statement_forms import StatementForms, split_sentences
from services.augmenter.strategies.self_instruct.tongue import find_tongue
from services.augmenter.strategies.self_instruct.topic_forms import Topic, TopicForms, kinds_of, thing_of, topic_of

_MAX_TOPIC_WORDS = 40
_MAX_NAMES = 3
_ANY_KIND = ("neutral",)
_NAMED = "n"
_TOPIC = ".topic"
_OPEN = ("he", "she", "it", "they", "this", "that", "these", "those")
_REFERS = re.compile(r"(?:he|she|it|they|his|her|its|their|this|that|these|those)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that the statement says, as a clause, an instruction or bare text, or in another language a telling.

    `sentence` is where it says so, made independent of the sentences before it; `topics` are the phrases in it, and
    `kinds` the kinds of question that it answers. `is_repeated` where another unit of the sentence is about the same.
    """

    name: str
    content: Clause | Instruction | Telling | str
    sentence: str = ""
    topics: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class Lesson:
    """A statement, understood: its units, and the words that only it can have taught."""

    statement: str
    language: str
    units: tuple[Unit, ...]
    taught: tuple[str, ...]


class LessonReader:
    """Understands statements and writes forms; one per process."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._clauses = ClauseReader(lexicon)
        self._deriver = Deriver(lexicon)
        self._clause_forms = ClauseForms(lexicon)
        self._relation_forms = RelationForms(lexicon)
        self._definition_forms = DefinitionForms(lexicon)
        self._procedure_forms = ProcedureForms(lexicon)
        self._statement_forms = StatementForms(lexicon)
        self._topic_forms = TopicForms(lexicon)

    def read(self, statement: str, language: str) -> Lesson:
        """Understand `statement`; where the parse gives nothing, its sentences are the units."""
        units, named = self._units(statement) if language == "en" else (_told_units(statement, language), [])
        if not units:
            units = [Unit(f"s{i}", text) for i, text in enumerate(split_sentences(statement))]
        return Lesson(statement, language, (*units, *named), tuple(self._taught(units, language)))

    def forms(self, unit: Unit, language: str) -> list[Form]:
        """Every form of one unit, the plainest first."""
        content = unit.content
        tongue = find_tongue(language)
        if isinstance(content, Telling):
            return list(tongue.forms.forms(content, unit.name)) if tongue is not None else []
        if isinstance(content, str):
            return list(self._statement_forms.forms(content, language, unit.name, unit.topics))
        if isinstance(content, Instruction):
            return list(self._procedure_forms.forms(content, unit.name, unit.kinds))
        forms = [
            *self._clause_forms.forms(content, unit.name),
            *self._relation_forms.forms(content, unit.name),
            *self._about(content, unit),
        ]
        if is_definition(content, self._lexicon):
            forms = [*self._definition_forms.forms(content, unit.name), *forms]
        return [_told_in_full(form, unit.sentence) for form in forms]

    def asides(self, unit: Unit, language: str) -> list[str]:
        """Questions about what the unit is about that its sentence does not answer."""
        match unit.content:
            case Telling() as telling if tongue := find_tongue(language):
                return tongue.forms.asides(telling)
            case Clause() as clause:
                topic = topic_of(clause)
                topics = [Topic(topic.oblique, topic.human)] if topic is not None else self._meant(clause)
                return [aside for one in topics for aside in self._topic_forms.asides(one, unit.kinds)]
            case Instruction() as instruction if thing := thing_of(instruction):
                return self._topic_forms.asides(Topic(thing), unit.kinds)
            case _:
                return []

    def topics(self, unit: Unit) -> set[str]:
        """What the unit is about, by every name, in lower case."""
        return (
            {one.name.casefold() for one in self._topics(unit.content)} if isinstance(unit.content, Clause) else set()
        )

    def aspects(self, unit: Unit) -> list[str]:
        """What of its subject the unit tells, by every name: "my sister's job", "Nadia's workplace"."""
        match unit.content:
            case Clause() as clause:
                return [name for part in clause.constituents for name in self._relation_forms.aspects(clause, part)]
            case _:
                return []

    def _about(self, clause: Clause, unit: Unit) -> Iterator[Form]:
        """Asks by what the clause is about, and by what of it each part tells."""
        answer = full_answer(clause)
        topics = [] if unit.is_repeated else self._topics(clause)
        said = " ".join(topic.name for topic in topics)
        keys = [key for part in clause.constituents for key in answer_keys(part.value, said, self._lexicon)]
        yield from self._topic_forms.forms(topics, unit.kinds, answer, keys, f"{unit.name}{_TOPIC}")
        if topic_of(clause) is None:
            return
        for index, part in enumerate(clause.constituents):
            aspects = [Topic(name) for name in self._relation_forms.aspects(clause, part)]
            keys = answer_keys(part.value, " ".join(aspect.name for aspect in aspects), self._lexicon)
            name = f"{unit.name}.{part.role.value}{index}{_TOPIC}"
            yield from self._topic_forms.forms(aspects, _ANY_KIND, answer, keys, name)

    def _topics(self, clause: Clause) -> list[Topic]:
        topic = topic_of(clause)
        if topic is None:
            return self._meant(clause)
        names = self._clause_forms.names(topic)[: min(_MAX_NAMES, 1 + max(1, len(topic.variants)))]
        return [Topic(name.oblique, name.human) for name in names]

    def _meant(self, clause: Clause) -> list[Topic]:
        return [Topic(topic) for topic in self._relation_forms.topics(clause)]

    def _units(self, statement: str) -> tuple[list[Unit], list[Unit]]:
        """What each sentence says, and each sentence once more under the names in it that nothing else asks by."""
        units: list[Unit] = []
        named: list[Unit] = []
        for number, reading in enumerate(self._clauses.read(parse(statement))):
            known = [clause for clause in reading.clauses if not _is_unresolved(clause.subject)]
            procedures = {id(clause): as_instruction(clause) for clause in known}
            found = [_generic(clause) for clause in known if procedures[id(clause)] is None]
            plain = [self._deriver.plainest(found[0])] if len(found) == len(reading.clauses) == 1 else found
            contents: list[Clause | Instruction | str] = [
                *(other for clause in plain for other in (clause, *self._deriver.derive(clause))),
                *(procedure for procedure in procedures.values() if procedure is not None),
                *(instruction for instruction in reading.instructions if instruction.purpose or instruction.condition),
            ]
            as_said = plain == found and not _REFERS.match(reading.text)
            told = reading.text if as_said else " ".join(finish(statement_of(clause)) for clause in plain)
            procedure = read_procedure(reading.text)
            telling = [one for one in contents if not isinstance(one, Clause) or one.constituents]
            contents = [procedure] if procedure is not None else telling or [reading.text]
            kinds = kinds_of(contents)
            units += [
                Unit(f"s{number}c{i}", one, told, reading.topics, kinds, _is_repeated(one, contents[:i]))
                for i, one in enumerate(contents)
            ]
            subjects = [content.subject.text for content in contents if isinstance(content, Clause)]
            names = tuple(name for name in reading.names if not any(name in subject for subject in subjects))
            if names and len(told.split()) <= _MAX_TOPIC_WORDS:
                named.append(Unit(f"s{number}{_NAMED}", told, topics=names))
        return units, named

    def _taught(self, units: list[Unit], language: str) -> list[str]:
        return list(dict.fromkeys(token for unit in units for token in self._taught_by(unit, language)))

    def _taught_by(self, unit: Unit, language: str) -> list[str]:
        match unit.content:
            case (Telling() | str()) as told if tongue := find_tongue(language):
                return tongue.taught(told)
            case Clause(subject=subject, constituents=parts):
                return taught_tokens([part.value for part in parts], subject.text, self._lexicon)
            case Instruction(action=action, purpose=purpose, condition=condition):
                return taught_tokens([action], f"{purpose} {condition}", self._lexicon)
            case text:
                return taught_tokens([str(text)], "", self._lexicon)


def _told_units(statement: str, language: str) -> list[Unit]:
    """What each sentence in a language other than English says; its bare text where that is not understood."""
    tongue = find_tongue(language)
    if tongue is None:
        return []
    units = []
    for number, sentence in enumerate(split_sentences(statement, language)):
        contents: list[Telling | str] = [*tongue.reader.read_all(sentence)] or [sentence]
        units += [Unit(f"s{number}c{index}", told, sentence) for index, told in enumerate(contents)]
    return units


def is_named(part: str) -> bool:
    """Whether `part` belongs to a sentence that is asked for by a name in it beside its subject."""
    return part.split(".")[0].endswith(_NAMED)


def is_aspect(part: str) -> bool:
    """Whether `part` is asked for by what of the subject it tells ("my sister's job")."""
    return part.count(".") > 1 and part.endswith(_TOPIC)


def _is_repeated(content: Clause | Instruction | str, before: Sequence[Clause | Instruction | str]) -> bool:
    """Whether one of the clauses `before` is about the same, by whatever name."""
    topic = topic_of(content) if isinstance(content, Clause) else None
    known = [topic_of(clause) for clause in before if isinstance(clause, Clause)]
    return topic is not None and any(topic.text in (one.text, *one.variants) for one in known if one is not None)


def _is_unresolved(subject: Phrase) -> bool:
    """Whether it stays open whom the clause is about."""
    owner = subject.owner
    return subject.text in _OPEN or (owner is not None and _is_unresolved(owner))


def _told_in_full(form: Form, sentence: str) -> Form:
    """A question about a topic is answered with all that the sentence says."""
    if form.variety is not Variety.TOPIC or not sentence or len(sentence.split()) > _MAX_TOPIC_WORDS:
        return form
    return replace(form, answer=finish(to_assistant(sentence)))


def _generic(clause: Clause) -> Clause:
    """A statement about "you" in general is asked back about "I"."""
    return clause.about(FIRST_PERSON) if clause.subject.person is Person.YOU else clause
