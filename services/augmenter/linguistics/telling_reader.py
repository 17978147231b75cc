"""Reads a statement in a language other than English into its parts, by verb forms and the words that parts begin with.

No parser is needed, and none is used: what has no known verb is not understood, and said so.
"""

import re
from dataclasses import replace

from services.augmenter.lexicon.languages import Language, VerbForm
from services.augmenter.linguistics.telling import IDENTITY, ROLE, Part, Telling
from services.augmenter.linguistics.telling_parts import ENDS, PartReader
from services.augmenter.linguistics.telling_tokens import Sentence, SentenceCutter
from services.augmenter.linguistics.telling_verbs import VerbFinder, VerbGroup

_CLAUSE_WORDS = 2
_SPEAKER = (0, 3)
_ASKS = ("?", "？")


class TellingReader:
    """Reads statements of one language; one per process and language."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._cutter = SentenceCutter(language)
        self._verbs = VerbFinder(language)
        self._parts = PartReader(language)
        self._now = re.compile(rf"(?<!\w)(?:{language.now})(?!\w)" if language.joiner else language.now, re.IGNORECASE)
        self._also = re.compile(language.also)

    def read_all(self, sentence: str) -> list[Telling]:
        """What `sentence` tells, clause by clause; nothing where it is not understood."""
        for also in self._also.finditer(sentence):
            before = self.read(sentence[: also.start()])
            if before is None:
                continue
            rest = sentence[also.end() :]
            # "… und wohnt in Köln" is about the same subject; "… und meine Katze heißt Mia" is not.
            after = None if self._verbs.opens(self._cutter.cut(rest)) else self.read(rest)
            after = after or self.read(f"{before.subject}{self._language.joiner}{rest}")
            if after is not None:
                return [before, *(self.read_all(rest) if after.subject != before.subject else [after])]
        telling = self.read(sentence)
        return [telling] if telling is not None else []

    def read(self, text: str) -> Telling | None:
        """The parts of one clause; None where no verb is found, or nothing is told but asked."""
        if text.rstrip().endswith(_ASKS):
            return None
        now_is_left_out = self._now.sub(" " if self._language.joiner else "", text)
        sentence = self._cutter.cut(self._language.repaired(now_is_left_out).strip(ENDS))
        group = self._verbs.find(sentence)
        if group is None:
            return None
        first, end, tail = self._verbs.tail(sentence, group)
        said, before, first = self._subject(sentence, group, first, end)
        subject = self._lowered(said)
        told = self._parts.read(sentence, first, end, group)
        kind = self._language.tail_kinds.get(tail.rpartition(" ")[2].lower())
        parts = [*before, *(replace(part, kind=kind) if kind else part for part in told[:1]), *told[1:]]
        form = self._agreeing(subject, group.form)
        speaks = form is not None and form.person in _SPEAKER and (subject in self._language.speaker or not subject)
        if not parts or (not subject and not speaks):
            return None
        known = tuple(replace(self._of_person(part, subject), text=self._lowered(part.text)) for part in parts)
        return Telling(subject, group.verb, form, known, group.clitic, tail, self._names(subject), speaks)

    def has_verb(self, text: str) -> bool:
        """Whether any word of `text` is a known form of a verb."""
        return self._verbs.find(self._cutter.cut(text)) is not None

    def times(self, text: str) -> list[tuple[int, int]]:
        """Where in `text` times are told, by the characters they begin with and end before."""
        return self._cutter.times(text)

    def main_clause(self, clause: str) -> str:
        """A clause as it is said behind "that", as a sentence of its own; only where the verb comes last it changes."""
        match = re.match(self._language.subject, clause) if self._language.subject else None
        words = clause[match.end() :].strip(ENDS).split() if match else []
        if match is None or len(words) < _CLAUSE_WORDS:
            return clause
        return " ".join([match.group(), words[-1], *words[:-1]])

    def _subject(self, sentence: Sentence, group: VerbGroup, rest: int, last: int) -> tuple[str, list[Part], int]:
        """The subject, parts before the verb, and the token that what follows both begins with, `rest` as a rule.

        `last` is the token before which all of it ends.
        """
        text, start = sentence.text, sentence.tokens[group.first].start
        opening = next((span for span in sentence.spans[:1] if span.start == 0 and span.end <= start), None)
        if opening is None:
            return self._before_verb(sentence, group, 0, [], rest)
        before = [Part(opening.kind, text[: opening.end].strip(ENDS))]
        if text[opening.end : start].strip(ENDS) or self._language.adjuncts_before_verb:
            return self._before_verb(sentence, group, opening.end, before, rest)
        # "Am Montag beginnt der Kurs": the subject comes after the verb, and ends where another part begins.
        end = min(self._parts.next_part(sentence, group.end), last)
        behind = sentence.tokens[group.end - 1].end
        until = sentence.tokens[end - 1].end if end > group.end else behind
        return text[behind:until].strip(), before, end

    def _before_verb(
        self, sentence: Sentence, group: VerbGroup, at: int, before: list[Part], rest: int
    ) -> tuple[str, list[Part], int]:
        """The subject from the character `at` on to the verb, or to the parts that stand before it."""
        verb = sentence.tokens[group.first]
        if not self._language.adjuncts_before_verb:
            return sentence.text[at : verb.start].strip(ENDS), before, rest
        after = next((n for n, token in enumerate(sentence.tokens) if token.start > at), group.first)
        first = min(self._parts.next_part(sentence, after, whole_words=True), group.first)
        parts = self._parts.read(sentence, first, group.first, None)
        told = [replace(part, before_verb=True) for part in (*before, *parts)]
        return sentence.text[at : sentence.tokens[first].start].strip(ENDS), told, rest

    def _lowered(self, text: str) -> str:
        """`text` without the capital of a sentence's beginning."""
        first = re.split(r"[\s'’]", text, maxsplit=1)[0].lower()
        known = {*self._language.function_words, *self._language.determiners}
        return text[:1].lower() + text[1:] if first in known or f"{first}'" in known else text

    def _agreeing(self, subject: str, form: VerbForm | None) -> VerbForm | None:
        """The verb's form as that of its subject, where it could be another's too."""
        person = self._language.speaker.get(subject)
        if form is None or person is None:
            return form
        same = self._language.inflected(form, person) == self._language.inflected(form, form.person)
        return replace(form, person=person) if same else form

    def _of_person(self, part: Part, subject: str) -> Part:
        """What a person is, is what they do."""
        words = [phrase.split()[-1] for phrase in self._language.classes["person"]]
        human = not subject or subject in self._language.speaker or any(word in subject.split() for word in words)
        human = human or (not self._language.joiner and subject.startswith(tuple(words)))
        return replace(part, kind=ROLE) if part.kind == IDENTITY and human else part

    def _names(self, subject: str) -> tuple[str, ...]:
        """Other names of the subject: "my sister" and "Nadia", or what is new without that word."""
        match = re.match(self._language.apposition, subject) if self._language.apposition else None
        if match:
            return match["plain"], match["name"]
        plain = re.sub(self._language.new, "", subject)
        return (plain,) if plain != subject else ()
