"""Loads what is known of languages other than English: words, verb forms, word order, questions. Knows no syntax."""

import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

_FOLDER = Path(__file__).parent / "data" / "languages"
_PERSONS = 6


@dataclass(frozen=True, slots=True)
class VerbForm:
    """Where a form stands in its verb's table; `person` counts I, you, he, we, you all, they from 0."""

    lemma: str
    tense: int
    person: int


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Case(_Data):
    """How a phrase changes after a preposition or as an object: its first word, or what is put before it."""

    prefix: str = ""
    first: dict[str, str] = Field(default_factory=dict)


class Orders(_Data):
    """Word order. Each direct question tells what it cannot be asked with, such as "speaker", "tail", "rest"."""

    statement: str
    direct: list[tuple[str, str]]
    indirect: str
    indirect_identity: str = Field(default="", description="The same for what something is, where that differs.")
    indirect_words: dict[str, str] = Field(default_factory=dict)
    confirm: str
    yes: str
    opening: str
    cloze: str


class Endings(_Data):
    """A regular conjugation: the infinitive's ending, and six endings for each tense."""

    infinitive: str
    tenses: list[list[str]]


class ConversationWords(_Data):
    """Regular expressions for how a wish to remember begins and how it refers back.

    `lead` may have a group `that`, behind which a clause follows; `back` has `who` said what is meant, and `listener`
    are the words for the assistant there. `equation` has what is `said` of what the message before told.
    """

    lead: str
    fyi: str
    correcting: str
    back: str
    equation: str
    equals: str
    listener: list[str]


class Language(_Data):
    """One language, as its file tells it; patterns are regular expressions and ignore case."""

    joiner: str
    letters: str = Field(default="", description="Letters that English does without.")
    nouns_are_capitalised: bool = False
    adjuncts_before_verb: bool = False
    verb_comes_last: bool = Field(default=False, description="Whether participles and particles end the sentence.")
    drops_pronouns: bool = False
    function: list[str]
    speaker: dict[str, int] = Field(description="Words for the speaker, with their person.")
    possessives: list[str]
    persons: dict[str, str]
    endings: dict[str, Endings]
    regular: dict[str, list[str]]
    irregular: dict[str, list[str]]
    auxiliaries: list[str]
    copulas: list[str]
    passive: list[str]
    agent_otherwise: str = Field(default="", description="What begins as an agent does, where no verb is passive.")
    verb_shape: str = ""
    nonfinite: str
    particles: list[str]
    clitics_before: list[str]
    clitics_after: list[str]
    third_clitics: dict[str, str] = Field(default_factory=dict)
    determiners: list[str]
    trailing: str = Field(default="", description="Characters that are no part of a name at the end of what is told.")
    protected: list[str] = Field(default_factory=list, description="Words that hold others but are none of them.")
    now: str
    changed: str
    times: str
    causes: str
    markers: dict[str, list[str]]
    of: str
    apposition: str
    also: str = Field(description="What may join two clauses.")
    new: str = Field(description="What tells that one thing has come in the place of another.")
    subject: str = Field(default="", description="The subject of a clause whose verb comes last.")
    moments: str
    values: dict[str, str]
    verb_kinds: dict[str, str]
    tail_kinds: dict[str, str] = Field(default_factory=dict)
    verb_groups: dict[str, list[str]]
    asks: dict[str, list[tuple[str, str]]]
    who: list[str] = Field(description="Words that ask for the subject, where that is a person.")
    only_asks: str = Field(default="", description="What only turns the statement behind it into a question.")
    orders: Orders
    wrappers: list[str]
    said: list[str]
    relations: dict[str, list[tuple[str, str]]]
    reverse: dict[str, list[str]]
    cases: dict[str, Case]
    case_exceptions: dict[str, str] = Field(default_factory=dict)
    definite: list[tuple[str, str]]
    agreeing: dict[str, list[tuple[str, str]]] = Field(description="Words that depend on the subject's first word.")
    repairs: list[tuple[str, str]]
    topics: list[str]
    speaker_topics: list[str]
    asides: dict[str, list[str]]
    classes: dict[str, list[str]]
    owners: list[str]
    people: list[str]
    names: list[str]
    given_names: list[str] = Field(default_factory=list)
    things: dict[str, str]
    world: list[str]
    personal: list[str]
    small_talk: list[str]
    conversation: ConversationWords

    @cached_property
    def forms(self) -> dict[str, VerbForm]:
        """Every known form of every known verb, in lower case."""
        found: dict[str, VerbForm] = {}
        for lemma, tenses in self._tables.items():
            for tense, persons in enumerate(tenses):
                for person in (2, 5, 0, 3, 1, 4):
                    found.setdefault(persons[person].lower(), VerbForm(lemma, tense, person))
        return found

    @property
    def world_questions(self) -> dict[str, list[str]]:
        """What everybody knows, and what is asked about oneself, as questions whose kind is not told."""
        return {"": self.world, "self": self.personal}

    @property
    def personal_questions(self) -> list[str]:
        """What people ask about themselves."""
        return self.personal

    def is_own(self, phrase: str) -> bool:
        """Whether `phrase` begins with a word for what is the speaker's."""
        first = phrase.partition(" ")[0].lower()
        return first in self.possessives or (not self.joiner and phrase.startswith(tuple(self.possessives)))

    def inflected(self, form: VerbForm, person: int) -> str:
        """The same verb in the same tense in another person."""
        return self._tables[form.lemma][form.tense][person]

    @cached_property
    def function_words(self) -> frozenset[str]:
        """Words that tell nothing by themselves: function words, and words that parts begin with."""
        return frozenset((*self.function, *(word.lower() for words in self.markers.values() for word in words)))

    @cached_property
    def words(self) -> frozenset[str]:
        """Words by which a text is known to be of this language: verbs, and those that tell nothing."""
        return self.function_words | self.forms.keys()

    def matches(self, pattern: str, text: str) -> re.Match[str] | None:
        """Where `pattern` is found in `text`, ignoring case."""
        return _compiled(pattern).search(text) if pattern else None

    def repaired(self, text: str) -> str:
        """`text` as it is spelled: contractions, elisions, blanks."""
        for pattern, replacement in self.repairs:
            text = re.sub(pattern, replacement, text)
        return text.strip()

    @cached_property
    def _tables(self) -> dict[str, list[list[str]]]:
        tables = {lemma: [_forms(tense) for tense in tenses] for lemma, tenses in self.irregular.items()}
        for name, stems in self.regular.items():
            for stem in stems:
                made = [[stem + ending for ending in tense] for tense in self.endings[name].tenses]
                tables.setdefault(stem + self.endings[name].infinitive, made)
        return tables


def _forms(tense: str) -> list[str]:
    words = tense.split()
    return words * _PERSONS if len(words) == 1 else words


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@cache
def languages() -> dict[str, Language]:
    """The languages that there are files of, by ISO 639-1 code."""
    return {path.stem: Language.model_validate_json(path.read_text(encoding="utf-8")) for path in _paths()}


def _paths() -> list[Path]:
    return sorted(_FOLDER.glob("*.json"))


@cache
def find_language(code: str) -> Language | None:
    """What is known of the language `code`; None for English, which has a parser, and for those without a file."""
    return languages().get(code)
