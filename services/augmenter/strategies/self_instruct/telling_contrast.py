"""Turns a telling into the same of somebody or something else: my dog into my cat. Knows no one language."""

import re
from collections.abc import Iterable, Iterator, Sequence
from random import Random

from services.augmenter.lexicon import Lexicon
from services.augmenter.lexicon.languages import Language
from services.augmenter.linguistics.telling import Telling
from services.augmenter.linguistics.wording import Wording
from services.augmenter.seeding import seeded
from services.augmenter.strategies.self_instruct.turns import in_turn

_OTHERS = 8
_WITH_NAME = 2
_LIVING = ("person", "animal")
_OWNERS = 4
_NAME = re.compile(r"[^\W\d_a-zà-ÿ][\w-]+$")


class TellingContrast:
    """Deterministic for a seed; nothing it returns names the lesson's own subject."""

    def __init__(self, language: Language, lexicon: Lexicon, seed: int, statement: str) -> None:
        self._language = language
        self._wording = Wording(language)
        self._names = language.names or list(lexicon.invented_names)
        self._given = language.given_names or [name.split()[0] for name in lexicon.people]
        self._random: Random = seeded(seed)
        self._statement = statement.casefold()

    def others(self, telling: Telling) -> list[Telling]:
        """The telling about other subjects, the closest first in each kind, kinds interleaved."""
        subjects = self._fresh(in_turn(map(list, self._kinds(telling))))
        return [self._also_named(number, telling, subject) for number, subject in enumerate(subjects)]

    def _kinds(self, telling: Telling) -> Iterator[Sequence[str]]:
        if telling.of_speaker:
            yield self._sampled(self._language.people, _OTHERS)
            return
        subject = telling.names[0] if telling.names else telling.subject
        yield list(self._of_its_class(subject))
        yield list(self._of_others(subject))
        yield list(self._by_another_name(subject))
        yield self._things(telling, subject)

    def _of_its_class(self, subject: str) -> Iterator[str]:
        """ "my cat" for "my dog", "the password of the door" for "the code of the door"."""
        for phrases in self._language.classes.values():
            for phrase in phrases:
                if not _occurs(_noun(phrase, self._language), subject):
                    continue
                for other in self._sampled(phrases, _OTHERS):
                    if other == phrase:
                        continue
                    yield other if subject == phrase else self._put(subject, phrase, other)
                return

    def _put(self, subject: str, phrase: str, other: str) -> str:
        """`other` for `phrase` at the beginning of `subject`, with what follows; else by itself."""
        noun = _noun(phrase, self._language)
        found = re.search(re.escape(noun), subject, re.IGNORECASE)
        rest = subject[found.end() :] if found is not None else ""
        return self._language.repaired(f"{other}{rest}") if rest and self._language.joiner else other

    def _of_others(self, subject: str) -> Iterator[str]:
        """The same thing of somebody else."""
        plain = self._wording.definite(subject)
        own = re.split(self._language.of, plain, maxsplit=1)
        for owner in self._sampled(self._language.owners, _OWNERS):
            if self._language.joiner:
                yield self._language.repaired(f"{own[0].strip()} {owner}")
            else:
                yield f"{owner}{own[-1]}"

    def _by_another_name(self, subject: str) -> Iterator[str]:
        """The same kind of thing with another proper name."""
        if self._language.joiner:
            words = subject.split()
            named = [word for word in words[1:] if _NAME.fullmatch(word)] if len(words) > 2 else []
            if self._language.nouns_are_capitalised:
                named = named[-1:] if len(named) > 1 else []
            for other in self._sampled(self._names, _OTHERS) if named else ():
                yield subject.replace(named[-1], other)
            return
        kinds = [kind for phrases in self._language.classes.values() for kind in phrases if subject.endswith(kind)]
        if kinds and subject not in kinds:
            kind = max(kinds, key=len)
            yield from (f"{other}{kind}" for other in self._sampled(self._names, _OTHERS))

    def _things(self, telling: Telling, subject: str) -> Sequence[str]:
        """Others of whom or which something like it may be told: of beings only beings."""
        living = [phrase for kind in _LIVING for phrase in self._language.classes[kind]]
        alive = any(_occurs(_noun(phrase, self._language), subject) for phrase in living)
        kinds = ["person" if alive else self._language.things.get(part.kind) for part in telling.parts]
        known = next((kind for kind in kinds if kind), "object")
        return self._sampled(self._language.classes[known], _OTHERS)

    def _also_named(self, number: int, telling: Telling, subject: str) -> Telling:
        """Where the subject is told by its name too, two of three others are as well."""
        other = telling.about(subject, self._language)
        if len(telling.names) < _WITH_NAME or number % 3 == 0:
            return other
        name = self._random.choice(self._given)
        full = f"{subject}{self._language.joiner}{name}"
        return telling.about(full, self._language).with_names((subject, name))

    def _fresh(self, subjects: Iterable[str]) -> list[str]:
        """Subjects that the statement itself does not mention, each once."""
        return [one for one in dict.fromkeys(subjects) if one.casefold() not in self._statement]

    def _sampled(self, items: Sequence[str], count: int) -> list[str]:
        fresh = [item for item in items if item.casefold() not in self._statement]
        return self._random.sample(fresh, min(count, len(fresh)))


def _noun(phrase: str, language: Language) -> str:
    """The phrase without its first word, where that is an article or tells whose it is."""
    first, blank, rest = phrase.partition(" ")
    if blank and first.casefold() in (*language.determiners, *language.possessives):
        return rest
    own = next((word for word in language.possessives if not language.joiner and phrase.startswith(word)), "")
    return phrase[len(own) :]


def _occurs(noun: str, subject: str) -> bool:
    if noun[:1] >= "\u4e00":
        return subject.endswith(noun)
    return re.search(rf"(?<!\w){re.escape(noun)}(?!\w)", subject, re.IGNORECASE) is not None
