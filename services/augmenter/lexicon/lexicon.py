"""Loads the word lists and question templates and answers questions about words. Knows nothing of syntax."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "data"
_HUMAN_CLASSES = ("relative", "acquaintance", "profession", "role")


@dataclass(frozen=True, slots=True)
class RelationTemplates:
    """Questions about one constituent of clauses that have one of these verbs or adjectives.

    `topics` are what such a clause is about where its subject is a mere pronoun: living somewhere is about a home.
    """

    id: str
    role: str
    verbs: frozenset[str]
    adjectives: frozenset[str]
    copula: bool
    voice: str
    tense: str
    human: bool
    value: str
    questions: tuple[str, ...]
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AttributeTemplates:
    """Questions about attributes such as a name or a price, and questions that ask back from the value."""

    attributes: frozenset[str]
    questions: tuple[str, ...]
    reverse: tuple[str, ...]


class Lexicon:
    """Classes of nouns, synonyms, names, templates and banks of ordinary prompts."""

    def __init__(self, folder: Path = _DATA) -> None:
        def read(name: str) -> Any:
            return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))

        nouns, verbs, names = read("nouns"), read("verbs"), read("names")
        self._classes: dict[str, tuple[str, ...]] = {key: tuple(words) for key, words in nouns["classes"].items()}
        self._class_of: dict[str, list[str]] = {}
        for key, words in self._classes.items():
            for word in words:
                self._class_of.setdefault(word.casefold(), []).append(key)
        self._synonyms: dict[str, tuple[str, ...]] = {
            word.casefold(): tuple(others) for word, others in nouns["synonyms"].items()
        }
        self._hypernyms: dict[str, str] = {word.casefold(): other for word, other in nouns["hypernyms"].items()}
        self._verb_synonyms: dict[str, list[str]] = verbs["synonyms"]
        self._verb_nouns: dict[str, str] = verbs["nouns"]
        self._object_kinds: dict[str, str] = verbs["object_kinds"]
        self._first_names = frozenset(name.casefold() for name in names["first_names"])
        self.people: tuple[str, ...] = tuple(names["people"])
        self.pets: tuple[str, ...] = tuple(names["pets"])
        self.invented_names: tuple[str, ...] = tuple(names["invented"])
        self.companies: tuple[str, ...] = tuple(names["companies"])
        self.cities: tuple[str, ...] = tuple(names["cities"])
        self._real_names: dict[str, list[str]] = names["real"]
        self.world_questions: dict[str, list[str]] = read("world")
        self.personal_questions: tuple[str, ...] = tuple(read("personal"))
        self.small_talk: tuple[str, ...] = tuple(read("small_talk"))
        topics = read("topic_questions")
        self.topic_questions: dict[str, list[str]] = topics["asked"]["things"]
        self.aside_questions: dict[str, list[str]] = topics["aside"]["things"]
        self.topic_questions_on_people = {**self.topic_questions, **topics["asked"]["people"]}
        self.aside_questions_on_people: dict[str, list[str]] = topics["aside"]["people"]
        self.general_prompts: tuple[str, ...] = tuple(read("generals"))
        self.behaviour_prompts: dict[str, list[str]] = read("behaviour_prompts")
        self.relations = tuple(_relation(entry) for entry in read("relations"))
        self.attributes = tuple(_attribute(entry) for entry in read("attributes"))

    def is_a(self, word: str, *classes: str) -> bool:
        """Whether `word` (singular, any case) belongs to one of `classes`."""
        return any(key in classes for key in self._class_of.get(word.casefold(), ()))

    def knows(self, word: str) -> bool:
        """Whether `word` is in any class."""
        return word.casefold() in self._class_of

    def is_human(self, word: str) -> bool:
        """Whether `word` names a kind of person."""
        return self.is_a(word, *_HUMAN_CLASSES)

    def is_first_name(self, word: str) -> bool:
        """Whether `word` is a common first name."""
        return word.casefold() in self._first_names

    def members(self, name: str) -> tuple[str, ...]:
        """The words of one class."""
        return self._classes[name]

    def siblings(self, word: str) -> tuple[str, ...]:
        """Other words of the classes that `word` belongs to."""
        return tuple(
            other
            for key in self._class_of.get(word.casefold(), ())
            for other in self._classes[key]
            if other.casefold() != word.casefold()
        )

    def synonyms(self, noun: str) -> tuple[str, ...]:
        """Nouns that may stand for `noun` in a question: synonyms, then the kind it belongs to."""
        key = noun.casefold()
        hypernym = self._hypernyms.get(key)
        return (*self._synonyms.get(key, ()), *((hypernym,) if hypernym else ()))

    def verb_synonyms(self, lemma: str) -> tuple[str, ...]:
        """Verbs that take the same subject and objects as `lemma` and mean the same; may hold a particle."""
        return tuple(self._verb_synonyms.get(lemma, ()))

    def verb_noun(self, lemma: str) -> str:
        """The noun of an action, such as `closure` of `close`, or an empty string."""
        return self._verb_nouns.get(lemma, "")

    def object_kind(self, lemma: str) -> str:
        """What kind of thing `lemma` usually has as its object, or an empty string."""
        return self._object_kinds.get(lemma, "")

    def real_names(self, noun: str) -> tuple[str, ...]:
        """Well-known bearers of names of the kind `noun`, with their article."""
        return tuple(self._real_names.get(noun.casefold(), ()))


def _relation(entry: dict[str, Any]) -> RelationTemplates:
    return RelationTemplates(
        id=entry["id"],
        role=entry["role"],
        verbs=frozenset(entry.get("verbs", ())),
        adjectives=frozenset(entry.get("adjectives", ())),
        copula=entry.get("copula", False),
        voice=entry.get("voice", ""),
        tense=entry.get("tense", ""),
        human=entry.get("human", False),
        value=entry.get("value", ""),
        questions=tuple(entry["questions"]),
        topics=tuple(entry.get("topics", ())),
    )


def _attribute(entry: dict[str, Any]) -> AttributeTemplates:
    return AttributeTemplates(
        attributes=frozenset(attribute.casefold() for attribute in entry["attributes"]),
        questions=tuple(entry["questions"]),
        reverse=tuple(entry.get("reverse", ())),
    )


@cache
def word_list(name: str) -> frozenset[str]:
    """One of the lists of English function words and the like."""
    lists: dict[str, list[str]] = json.loads((_DATA / "words.json").read_text(encoding="utf-8"))
    return frozenset(lists[name])


@cache
def load_lexicon() -> Lexicon:
    """The lexicon of this package, read once."""
    return Lexicon()
