"""Writes tellings in other languages than English as questions and answers, by templates. Knows no language itself."""

import re
from collections.abc import Sequence
from dataclasses import replace

from services.augmenter.lexicon.languages import Language
from services.augmenter.linguistics.perspective import sentence_case
from services.augmenter.linguistics.telling import IDENTITY, ROLE, THING, Part, Telling

_SLOT = re.compile(r"\{(\w+)(?:\.(\w+))?\}")
_SPEAKER_TO_LISTENER = {0: 1, 3: 4}


class Wording:
    """Fills templates of one language; one per process and language."""

    def __init__(self, language: Language) -> None:
        self._language = language
        keys = sorted(language.persons, key=len, reverse=True)
        before, behind = (r"(?<!\w)", r"(?!\w)") if language.joiner else ("", "")
        self._persons = re.compile(
            "|".join(f"{before}{re.escape(key)}{'' if key.endswith(chr(39)) else behind}" for key in keys),
            re.IGNORECASE,
        )

    def fill(self, template: str, telling: Telling, *, wh: str = "", asked: Part | None = None, q: str = "") -> str:
        """`template` about `telling`, with question words, and the value that is `asked` for, in its place."""
        slots = self._slots(telling, wh, asked) | {"q": q}

        def put(match: re.Match[str]) -> str:
            name, case = match.groups()
            return self._in_case(telling.subject, case) if case else slots[name]

        return _capitalised(self._language.repaired(_SLOT.sub(put, template)))

    def _slots(self, telling: Telling, wh: str, asked: Part | None) -> dict[str, str]:
        agreeing = {name: self._agreeing(name, telling.subject) for name in self._language.agreeing}
        before = asked is not None and asked.before_verb
        words = _SLOT.sub(lambda match: agreeing[match[1]], wh)
        return agreeing | {
            "s": self.spoken(telling),
            "S": sentence_case(telling.subject),
            "verb": telling.verb,
            "clitic": telling.clitic,
            "tail": telling.tail,
            "tail_verb": self._tail_and_verb(telling),
            "wh": words,
            "wh_before": words if before else "",
            "wh_after": "" if before else words,
            "v": asked.text if asked is not None else "",
            "parts": self._joined(telling.parts),
            "before": self._joined([part for part in telling.parts if part.before_verb]),
            "after": self._joined([part for part in telling.parts if not part.before_verb]),
            "rest": self._joined(telling.kept(asked) if asked is not None else ()),
        }

    def direct(self, telling: Telling, wh: str, asked: Part) -> list[str]:
        """Questions with the question words `wh`, the plainest first."""
        there = {
            "speaker": telling.of_speaker,
            "noun": not telling.of_speaker,
            "tail": telling.tail,
            "rest": telling.kept(asked),
            "pronounless": not self._agreeing("pronoun", telling.subject),
            "identity": asked.kind == IDENTITY,
            "thing": asked.kind == THING,
            "role": asked.kind == ROLE,
            "otherwise": asked.kind != THING,
            "after": not asked.before_verb,
        }
        orders = self._language.orders.direct
        fitting = [order for order, unless in orders if not any(there[name] for name in unless.split())]
        return [self.fill(order, telling, wh=wh, asked=asked) for order in fitting]

    def indirect(self, telling: Telling, wh: str, asked: Part) -> str:
        """The question as it stands inside another sentence."""
        orders = self._language.orders
        words = orders.indirect_words.get(wh, wh)
        order = (orders.indirect_identity if asked.kind == IDENTITY else "") or orders.indirect
        text = self.fill(order, telling, wh=words, asked=asked)
        return text[:1].lower() + text[1:]

    def statement(self, telling: Telling, parts: Sequence[Part] | None = None) -> str:
        """What is told, or only `parts` of it, as the assistant says it."""
        said = telling if parts is None else replace(telling, parts=tuple(parts))
        if said.of_speaker and said.form is not None and said.form.person in _SPEAKER_TO_LISTENER:
            said = replace(said, verb=self._language.inflected(said.form, _SPEAKER_TO_LISTENER[said.form.person]))
        return self.finish(self.to_assistant(self.fill(self._language.orders.statement, said)))

    def confirmation(self, telling: Telling) -> str:
        """The statement as the answer to a yes-no question."""
        statement = self.statement(telling)
        first = telling.subject.partition(" ")[0].lower()
        lowered = first in self._language.determiners or first in self._language.speaker or not telling.subject
        said = statement[:1].lower() + statement[1:] if lowered and self._language.joiner else statement
        return self._language.repaired(self._language.orders.yes.replace("{statement}", said))

    def to_assistant(self, text: str) -> str:
        """The user's words as the assistant says them: my dog becomes your dog."""

        def turn(match: re.Match[str]) -> str:
            said = match.group()
            turned = self._language.persons[said.lower().replace("’", "'")]
            return sentence_case(turned) if said[:1].isupper() else turned

        return self._language.repaired(sentence_case(self._persons.sub(turn, text)))

    def finish(self, text: str) -> str:
        """A capital first letter and a full stop."""
        stop = "." if self._language.joiner else "。"
        closed = text.rstrip(" .。")
        return sentence_case(closed if closed.endswith(("!", "?", "？", "！")) else f"{closed}{stop}")

    def spoken(self, telling: Telling) -> str:
        """The subject where it is said: not "I" where the verb says it."""
        return "" if telling.of_speaker and self._language.drops_pronouns else telling.subject

    def definite(self, phrase: str) -> str:
        """The phrase without its owner: "the dog" for "my dog"."""
        for pattern, replacement in self._language.definite:
            changed = re.sub(pattern, replacement, phrase)
            if changed != phrase:
                return self._language.repaired(changed)
        return phrase

    def _in_case(self, phrase: str, name: str) -> str:
        case = self._language.cases[name]
        exception = self._language.case_exceptions.get(name)
        if exception and re.match(exception, phrase):
            return phrase
        first, blank, rest = phrase.partition(" ")
        changed = case.first.get(first.lower())
        return f"{changed}{blank}{rest}" if changed is not None else f"{case.prefix}{phrase}"

    def _tail_and_verb(self, telling: Telling) -> str:
        """Both where the verb comes last: "abgeschaltet wurde", but "abfährt"."""
        blank = "" if telling.tail in self._language.particles else self._language.joiner
        return f"{telling.tail}{blank}{telling.verb}" if telling.tail else telling.verb

    def _agreeing(self, name: str, subject: str) -> str:
        """The word of this name that agrees with the subject: "il" for "le pont"."""
        patterns = self._language.agreeing.get(name, ())
        return next((word for pattern, word in patterns if re.match(pattern, subject)), "")

    def _joined(self, parts: Sequence[Part]) -> str:
        return self._language.joiner.join(part.text for part in parts)


def _capitalised(text: str) -> str:
    """The text with its first letter capital, behind an opening question mark, too."""
    return text[:1] + sentence_case(text[1:]) if text[:1] in "¿¡«" else sentence_case(text)
