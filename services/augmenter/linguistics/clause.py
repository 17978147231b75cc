"""Clauses: a subject, a verb group and constituents with roles. Knows no parser and writes no text."""

from dataclasses import dataclass, replace
from enum import StrEnum

from services.augmenter.linguistics.phrase import Person, Phrase


class Role(StrEnum):
    """What a constituent says about the event."""

    OBJECT = "object"
    ATTRIBUTE = "attribute"
    QUALITY = "quality"
    TIME = "time"
    PLACE = "place"
    GOAL = "goal"
    SOURCE = "source"
    CAUSE = "cause"
    PURPOSE = "purpose"
    MANNER = "manner"
    CONDITION = "condition"
    AMOUNT = "amount"
    DURATION = "duration"
    FREQUENCY = "frequency"
    ROLE = "role"
    BENEFICIARY = "beneficiary"
    COMPANION = "companion"
    AGENT = "agent"
    TOPIC = "topic"
    CONTENT = "content"
    ADVERB = "adverb"


NAMING_VERBS = ("call", "name", "nickname", "rename", "dub", "christen", "title", "entitle")
STORING_VERBS = ("keep", "store", "put", "leave", "hide", "park", "place")
OWNED = ("its ", "his ", "her ", "their ")
CORE_ROLES = frozenset({Role.OBJECT, Role.ATTRIBUTE, Role.QUALITY, Role.CONTENT, Role.TOPIC})


@dataclass(frozen=True, slots=True)
class Constituent:
    """One part of a clause; `text` is preposition and value as they stand in the statement."""

    role: Role
    text: str
    preposition: str = ""
    value: str = ""
    head: str = ""
    label: str = ""
    human: bool = False
    plural: bool = False
    definite: bool = False
    modifiers: tuple[str, ...] = ()
    count: str = ""
    phrase: Phrase | None = None

    @property
    def is_denied(self) -> bool:
        """Whether it only says what is not so: "in Rome, not in Milan"."""
        return self.preposition.startswith("not ")


@dataclass(frozen=True, slots=True)
class VerbGroup:
    """One verb with what surrounds it; passive, perfect and progressive may combine."""

    lemma: str
    past: bool = False
    modal: str = ""
    perfect: bool = False
    progressive: bool = False
    passive: bool = False
    negated: bool = False
    particle: str = ""
    adverbs: tuple[str, ...] = ()

    @property
    def is_copula(self) -> bool:
        """Whether this is "to be" as the main verb."""
        return self.lemma == "be"


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement of fact with one subject and one verb."""

    subject: Phrase
    verb: VerbGroup
    constituents: tuple[Constituent, ...] = ()

    def first(self, *roles: Role) -> Constituent | None:
        """The first constituent with one of `roles`."""
        return next((part for part in self.constituents if part.role in roles), None)

    def without(self, *parts: Constituent) -> "Clause":
        """The same clause without `parts`."""
        return replace(self, constituents=tuple(part for part in self.constituents if part not in parts))

    def about(self, subject: Phrase) -> "Clause":
        """The same clause about another subject."""
        return replace(self, subject=subject)

    def by_each_name(self) -> list["Clause"]:
        """The clause, and the same by each other name that the statement has for its subject."""
        names = (replace(self.subject, text=text, owner=None) for text in self.subject.variants)
        return [self, *map(self.about, names)]


@dataclass(frozen=True, slots=True)
class Instruction:
    """An imperative: what to do, and for what purpose or under which condition."""

    action: str
    purpose: str = ""
    condition: str = ""


def third_person_singular(phrase: Phrase) -> bool:
    """Whether a present-tense verb takes -s after `phrase`."""
    return phrase.person is Person.OTHER and not phrase.plural
