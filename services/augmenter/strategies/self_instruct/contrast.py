"""Turns what a lesson is about into something else of the same kind: my dog into my cat, one company into another."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random

from lemminflect import getLemma

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.clause import Clause, Constituent, Instruction, Role
from services.augmenter.linguistics.phrase import FIRST_PERSON, Person, Phrase, possess
from services.augmenter.linguistics.values import ValueKind, time_kind, value_kind
from services.augmenter.seeding import seeded
from services.augmenter.strategies.self_instruct.turns import in_turn

_NONCE = ("snarvel", "dalver", "plinket", "torvel", "quandle", "brimset", "veskin", "orlap")
_VERBS = ("whistle", "borrow", "sneeze", "wander", "whisper", "polish", "yell", "chew")
_NAMES = 8
_GROUPS = ("my neighbours", "my parents", "our competitors", "my cousins", "the people next door")
_OTHER_ACTIONS = ("update", "delete", "install", "test", "back up", "rename", "move", "clean", "replace", "turn off")
_TIMED_CLASSES = ("appointment", "occasion", "event", "transport", "date_attribute")
_DESIGNATOR = re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])\w+\b")
_YEAR = re.compile(r"\b(?:1[89]|20|21)\d\d\b")


class Contrast:
    """Deterministic for a seed; nothing it returns names the lesson's own subject."""

    def __init__(self, lexicon: Lexicon, seed: int, statement: str) -> None:
        self._lexicon = lexicon
        self._random = seeded(seed)
        self._statement = statement.casefold()

    def subjects(self, clause: Clause) -> list[Clause]:
        """The clause about other subjects, the closest neighbours first in each kind, kinds interleaved."""
        kinds = [list(self._fresh(kind)) for kind in self._kinds(clause.subject, clause)]
        return [clause.about(subject) for subject in in_turn(kinds)]

    def values(self, clause: Clause) -> list[Clause]:
        """The clause with another value of the same kind in its last telling part; empty when no kind is known."""
        part = next((p for p in reversed(clause.constituents) if p.role is not Role.ADVERB), None)
        if part is None:
            return []
        others = self._sampled(self._values(part), 3)
        found = []
        for other in others:
            changed = replace(part, text=part.text.replace(part.value, other), value=other, head=other)
            parts = tuple(changed if p is part else p for p in clause.constituents)
            found.append(replace(clause, constituents=parts))
        return found

    def purposes(self, instruction: Instruction) -> list[Instruction]:
        """The same instruction for another thing, or for another action on the same thing."""
        verb, _, rest = instruction.purpose.partition(" ")
        things = [f"{verb} {other}" for other in self._renamed(rest)] if rest else []
        actions = [f"{other} {rest}" for other in self._sampled(_OTHER_ACTIONS, 4) if other != verb]
        conditions = [_swap_word(instruction.condition, self._lexicon, self._random) for _ in range(3)]
        if instruction.purpose:
            return [replace(instruction, purpose=purpose) for purpose in in_turn([things, actions])]
        return [replace(instruction, condition=c) for c in dict.fromkeys(conditions) if c != instruction.condition]

    def texts(self, text: str, topics: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
        """`text` about other topics, one changed at a time, each with its topics then."""
        found = []
        for topic in topics:
            named = any(word[:1].isupper() for word in topic.split())
            others = self._renamed(topic) if named else [p.text for p in self._common(_plain(topic), None)]
            for other in self._sampled(others, _NAMES):
                changed = tuple(other if one == topic else one for one in topics)
                found.append([(text.replace(topic, other), changed)])
        return [pair for pair in in_turn(found) if pair[0] != text]

    def _kinds(self, subject: Phrase, clause: Clause) -> list[list[Phrase]]:
        if subject.is_pronoun:
            return self._persons(subject)
        if subject.owner is not None:
            return self._possessions(subject, _is_timed(clause))
        if any(word[:1].isupper() for word in subject.text.split()):
            return [[_renamed_phrase(subject, text) for text in self._renamed(subject.text, subject)]]
        return [self._common(subject, clause), self._elsewhere(subject)]

    def _persons(self, subject: Phrase) -> list[list[Phrase]]:
        if subject.person is Person.WE:
            groups = [Phrase(text=text, plural=True, human=True) for text in self._sampled(_GROUPS, 3)]
            return [groups, [self._relative(), self._relative()]]
        people = [Phrase(text=name, human=True) for name in self._sampled(self._lexicon.people, 5)]
        return [[self._relative() for _ in range(8)], [self._acquaintance() for _ in range(8)], people]

    def _relative(self) -> Phrase:
        return self._mine(self._random.choice(self._lexicon.members("relative")))

    def _acquaintance(self) -> Phrase:
        return self._mine(self._random.choice(self._lexicon.members("acquaintance")))

    def _mine(self, noun: str) -> Phrase:
        return possess(FIRST_PERSON, noun, head=noun, human=True)

    def _possessions(self, subject: Phrase, timed: bool) -> list[list[Phrase]]:
        owner = subject.owner
        if owner is None:
            return []
        others = [self._with_owner(subject, other) for other in self._owners(owner)]
        siblings = self._sampled(self._other_attributes(subject, timed), 6)
        kinds = [others, [self._with_attribute(subject, attribute) for attribute in siblings]]
        return [self._named_in_turn(kind, subject) for kind in kinds]

    def _named_in_turn(self, phrases: list[Phrase], subject: Phrase) -> list[Phrase]:
        """Where the subject is told by its name too ("my sister Nadia"), two of three others are as well."""
        if not subject.apposition:
            return phrases
        names = [name.split()[0] for name in self._lexicon.people] if subject.human else self._lexicon.pets
        others = self._sampled(names, len(phrases))
        return [
            replace(phrase, text=f"{phrase.text} {name}", apposition=name, variants=(phrase.text, name))
            if number % 3
            else phrase
            for number, (phrase, name) in enumerate(zip(phrases, others, strict=False))
        ]

    def _owners(self, owner: Phrase) -> list[Phrase]:
        if owner.person is Person.I or owner.person is Person.WE:
            people = [[self._acquaintance() for _ in range(5)], self._sampled_people(3)]
            return in_turn([*people, [self._relative() for _ in range(6)]])
        if owner.owner is not None:
            siblings = [w for w in self._lexicon.siblings(owner.head) if not self._same_thing(w, owner.head)]
            mine = [self._with_attribute(owner, word) for word in self._sampled(siblings, 6)]
            theirs = [self._with_owner(owner, self._acquaintance()) for _ in range(3)]
            return in_turn([mine, theirs, [self._relative() for _ in range(2)], [self._acquaintance()]])
        if owner.name:
            return [_renamed_phrase(owner, text) for text in self._renamed(owner.text, owner)]
        return self._common(owner, None)

    def _sampled_people(self, count: int) -> list[Phrase]:
        return [Phrase(text=name, human=True) for name in self._sampled(self._lexicon.people, count)]

    def _with_owner(self, subject: Phrase, owner: Phrase) -> Phrase:
        return replace(
            possess(owner, subject.attribute, subject.link),
            head=subject.head,
            plural=subject.plural,
            human=subject.human,
        )

    def _with_attribute(self, subject: Phrase, attribute: str) -> Phrase:
        if subject.owner is None:
            return subject
        human = self._lexicon.is_human(attribute)
        return possess(subject.owner, attribute, subject.link, head=attribute.rpartition(" ")[2], human=human)

    def _other_attributes(self, subject: Phrase, timed: bool) -> list[str]:
        """Attributes that fit the owner and, for a date, have dates; and the same attribute of another context."""
        words = subject.attribute.split()
        siblings = self._lexicon.siblings(subject.attribute) or self._lexicon.siblings(words[-1])
        if subject.owner is not None and self._lexicon.is_a(subject.owner.head, "animal"):
            siblings = self._lexicon.members("animal_attribute")
        if timed:
            siblings = tuple(w for w in siblings if self._lexicon.is_a(w, *_TIMED_CLASSES))
        else:
            siblings = tuple(w for w in siblings if not self._lexicon.is_a(w, *_TIMED_CLASSES))
        fitting = [w for w in siblings if not self._same_thing(w, subject.head) and not w.istitle()]
        modified = [
            " ".join([*words[:index], other, *words[index + 1 :]])
            for index, word in enumerate(words[:-1])
            for other in self._sampled(self._lexicon.siblings(word), 3)
        ]
        return [*modified, *(w for w in fitting if subject.head not in w)]

    def _renamed(self, text: str, phrase: Phrase | None = None) -> list[str]:
        """`text` with another proper name, another kind of thing of the same name, or a famous one of the kind."""
        if phrase is not None and phrase.human:
            return self._sampled(self._lexicon.people, _NAMES)
        names = self._sampled(self._lexicon.invented_names, _NAMES)
        invented = [_replace_name(text, name, self._lexicon) for name in names]
        head = text.rpartition(" ")[2]
        kinds = self._sampled(self._lexicon.siblings(head), 3)
        others = [text[: len(text) - len(head)] + (k.title() if head.istitle() else k) for k in kinds]
        numbered = self._renumbered(text)
        real = list(self._lexicon.real_names(head)) or list(self._lexicon.real_names(text.split()[0]))
        if (phrase is not None and phrase.label == "ORG") or (phrase is not None and text == phrase.name and not real):
            real = self._sampled(self._lexicon.companies, 4)
        return [t for t in in_turn([invented, numbered, self._sampled(real, 4), others]) if t != text]

    def _renumbered(self, text: str) -> list[str]:
        year = _YEAR.search(text)
        if year:
            return [text.replace(year.group(), str(int(year.group()) + step)) for step in (-4, 2)]
        match = _DESIGNATOR.search(text)
        if not match:
            return []
        digit = next(character for character in match.group() if character.isdigit())
        others = [d for d in "123456789" if d != digit]
        return [
            text.replace(match.group(), match.group().replace(digit, other)) for other in self._random.sample(others, 2)
        ]

    def _common(self, subject: Phrase, clause: Clause | None) -> list[Phrase]:
        if subject.text.startswith('"'):
            return [Phrase(text=text) for text in self._quoted(subject.text)]
        article, _, _ = subject.text.partition(" ")
        words = [w for w in self._lexicon.siblings(subject.head) if not self._same_thing(w, subject.head)]
        if not words and clause is not None and (attribute := clause.first(Role.ATTRIBUTE)) is not None:
            words = [*_NONCE[:4], *self._lexicon.siblings(attribute.head)]
        words = words or [*_NONCE]
        determiner = article.casefold() if article.casefold() in ("a", "an", "the", "this", "that") else ""
        return [Phrase(text=_with_article(determiner, w), head=w) for w in self._sampled(words, _NAMES)]

    def _elsewhere(self, subject: Phrase) -> list[Phrase]:
        """The same thing of something else: "the key to my office" for "the key to my house"."""
        words = subject.text.split()
        changed = [
            " ".join([*words[:index], other, *words[index + 1 :]])
            for index, word in enumerate(words)
            if word != subject.head
            for other in self._sampled(self._lexicon.siblings(word), 3)
        ]
        return [replace(subject, text=text, name="", variants=()) for text in changed]

    def _quoted(self, term: str) -> list[str]:
        """Other terms in quotation marks, made-up and real ones, verbs where `term` is one."""
        verb = term.casefold().startswith('"to ')
        words = [*self._sampled(_NONCE, 4), *self._sampled(_VERBS if verb else self._lexicon.members("tool"), 4)]
        return [f'"to {word}"' if verb else f'"{word}"' for word in words]

    def _values(self, part: Constituent) -> Sequence[str]:
        kind = value_kind(part.value, part.label, part.human, self._lexicon)
        if kind is ValueKind.PERSON:
            return self._lexicon.people
        if kind is ValueKind.SETTLEMENT:
            return self._lexicon.cities
        if kind is ValueKind.COUNTRY:
            return self._lexicon.members("country")
        return self._lexicon.siblings(part.head) if part.value == part.head else ()

    def _same_thing(self, one: str, other: str) -> bool:
        names = {one.casefold(), *(word.casefold() for word in self._lexicon.synonyms(one))}
        return bool(names & {other.casefold(), *(word.casefold() for word in self._lexicon.synonyms(other))})

    def _fresh(self, phrases: Iterable[Phrase]) -> Iterable[Phrase]:
        """Phrases that the statement itself does not mention, each once."""
        seen: set[str] = set()
        for phrase in phrases:
            key = phrase.text.casefold()
            if key not in seen and key not in self._statement:
                seen.add(key)
                yield phrase

    def _sampled(self, items: Sequence[str], count: int) -> list[str]:
        fresh = [item for item in items if item.casefold() not in self._statement]
        return self._random.sample(fresh, min(count, len(fresh)))


def _plain(text: str) -> Phrase:
    return Phrase(text=text, head=text.rpartition(" ")[2])


def _is_timed(clause: Clause) -> bool:
    """Whether the clause says when something is."""
    value = clause.first(Role.ATTRIBUTE)
    return clause.first(Role.TIME) is not None or (value is not None and time_kind(value.value) is not None)


def _renamed_phrase(subject: Phrase, text: str) -> Phrase:
    """Another of the kind; where the subject has a shorter name too, this one has."""
    capitals = [word for word in text.split() if word[:1].isupper()]
    variants = (" ".join(capitals),) if subject.variants and not text[:1].isupper() and capitals else ()
    return replace(subject, text=text, name="", variants=variants, apposition="")


def _replace_name(text: str, name: str, lexicon: Lexicon) -> str:
    """Put `name` where the capitalised words of `text` stand; words for a kind of thing stay ("Lake …")."""
    words = text.split()
    capital = [
        i for i, w in enumerate(words)
        if w[:1].isupper() and not lexicon.knows(w.removesuffix("s")) and not lexicon.knows(w) and w != "Project"
        and not any(map(str.isdigit, w))
    ]  # fmt: skip
    if not capital:
        capital = [i for i, w in enumerate(words[:-1]) if w[:1].isupper()]
    if not capital:
        return text
    last = words[capital[-1]].casefold()
    if len(capital) > 1 and getLemma(last, upos="NOUN", lemmatize_oov=False):
        capital = capital[:-1]  # "Almond Café" keeps the kind of thing
    kept = [w for i, w in enumerate(words) if i not in capital[1:]]
    kept[capital[0]] = name
    return " ".join(kept)


def _with_article(determiner: str, noun: str) -> str:
    if determiner in ("a", "an"):
        determiner = "an" if noun[0] in "aeiou" else "a"
    return f"{determiner} {noun}".strip()


def _swap_word(text: str, lexicon: Lexicon, random: Random) -> str:
    words = text.split()
    for index, word in enumerate(words):
        siblings = lexicon.siblings(word.strip(","))
        if siblings:
            words[index] = random.choice(siblings)
            return " ".join(words)
    return text
