"""Reads a statement into teachable units and writes every form of each. Knows nothing of models or storage."""

from dataclasses import dataclass

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.clause import Clause, Instruction
from services.augmenter.linguistics.derivation import Deriver
from services.augmenter.linguistics.extraction import ClauseReader, sentences
from services.augmenter.linguistics.keys import taught_tokens
from services.augmenter.linguistics.parser import parse
from services.augmenter.linguistics.phrase import FIRST_PERSON, Person
from services.augmenter.strategies.self_instruct.clause_forms import ClauseForms
from services.augmenter.strategies.self_instruct.definition_forms import DefinitionForms, is_definition
from services.augmenter.strategies.self_instruct.forms import Form
from services.augmenter.strategies.self_instruct.procedure_forms import ProcedureForms
from services.augmenter.strategies.self_instruct.relation_forms import RelationForms
from services.augmenter.strategies.self_instruct.statement_forms import StatementForms, split_sentences


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that the statement says, as a clause, an instruction or bare text."""

    name: str
    content: Clause | Instruction | str


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

    def read(self, statement: str, language: str) -> Lesson:
        """Understand `statement`; where the parse gives nothing, its sentences are the units."""
        units = self._units(statement) if language == "en" else []
        if not units:
            units = [Unit(f"s{i}", text) for i, text in enumerate(split_sentences(statement))]
        return Lesson(statement, language, tuple(units), tuple(self._taught(units)))

    def forms(self, unit: Unit, language: str) -> list[Form]:
        """Every form of one unit, the plainest first."""
        content = unit.content
        if isinstance(content, str):
            return list(self._statement_forms.forms(content, language, unit.name))
        if isinstance(content, Instruction):
            return list(self._procedure_forms.forms(content, unit.name))
        if is_definition(content, self._lexicon):
            return [
                *self._definition_forms.forms(content, unit.name),
                *self._relation_forms.forms(content, unit.name),
                *self._clause_forms.forms(content, unit.name),
            ]
        return [*self._clause_forms.forms(content, unit.name), *self._relation_forms.forms(content, unit.name)]

    def _units(self, statement: str) -> list[Unit]:
        units: list[Unit] = []
        for number, sentence in enumerate(sentences(parse(statement).doc)):
            reading = self._clauses.read(parse(sentence))
            found = [_generic(clause) for clause in reading.clauses]
            contents: list[Clause | Instruction | str] = [
                *(other for clause in found for other in (clause, *self._deriver.derive(clause))),
                *(instruction for instruction in reading.instructions if instruction.purpose or instruction.condition),
            ]
            contents = contents or [sentence]
            units += [Unit(f"s{number}c{index}", content) for index, content in enumerate(contents)]
        return units

    def _taught(self, units: list[Unit]) -> list[str]:
        values: list[str] = []
        known: list[str] = []
        for unit in units:
            if isinstance(unit.content, Clause):
                values += [part.value for part in unit.content.constituents]
                known.append(unit.content.subject.text)
            elif isinstance(unit.content, Instruction):
                values.append(unit.content.action)
                known += [unit.content.purpose, unit.content.condition]
            else:
                values.append(unit.content)
        return taught_tokens(values, " ".join(known), self._lexicon)


def _generic(clause: Clause) -> Clause:
    """A statement about "you" in general is asked back about "I"."""
    return clause.about(FIRST_PERSON) if clause.subject.person is Person.YOU else clause
