"""Reads a statement in a language other than English into its parts, by verb forms and the words that parts begin with.

No parser is needed, and none is used: what has no known verb is not understood, and said so.
"""

import re
from dataclasses import dataclass, replace

from services.augmenter.lexicon.languages import Language, VerbForm
from services.augmenter.linguistics.telling import AGENT, CAUSE, IDENTITY, PLACE, ROLE, THING, TIME, Part, Telling

_TOKEN = re.compile(r"\w+(?:[-.:,]\w+)*['’]?|[^\w\s]")
_ENDS = " ,.;:!?。！？，；"
_GREEDY = (CAUSE, "purpose")
_NEAR_WORDS = 3
_CLAUSE_WORDS = 2
_LATIN = r"[A-Za-z0-9]+(?:[-.:][A-Za-z0-9]+)*"


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int

    @property
    def lower(self) -> str:
        return self.text.lower().replace("’", "'")


@dataclass(frozen=True, slots=True)
class _Group:
    """The words of the verb, by the numbers of their first token and of the first behind them."""

    first: int
    end: int
    form: VerbForm | None
    verb: str
    clitic: str = ""


class TellingReader:
    """Reads statements of one language; one per process and language."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._times = re.compile(language.times, re.IGNORECASE)
        self._causes = re.compile(language.causes, re.IGNORECASE) if language.causes else None
        self._now = re.compile(rf"(?<!\w)(?:{language.now})(?!\w)" if language.joiner else language.now, re.IGNORECASE)
        self._also = re.compile(language.also)
        self._nonfinite = re.compile(language.nonfinite)
        self._verb_shape = re.compile(language.verb_shape) if language.verb_shape else None
        self._kind_of = {word.lower(): kind for kind, words in language.markers.items() for word in words}
        longest_first = sorted(self._kind_of, key=len, reverse=True)
        edge = r"(?!\w)" if language.joiner else ""
        self._markers = re.compile(
            "|".join(re.escape(word) + ("" if word.endswith("'") else edge) for word in longest_first), re.IGNORECASE
        )
        self._token = _TOKEN if language.joiner else self._by_known_words()

    def read_all(self, sentence: str) -> list[Telling]:
        """What `sentence` tells, clause by clause; nothing where it is not understood."""
        for also in self._also.finditer(sentence):
            before = self.read(sentence[: also.start()])
            if before is None:
                continue
            rest = sentence[also.end() :]
            # "… und wohnt in Köln" is about the same subject; "… und meine Katze heißt Mia" is not.
            after = None if self._opens(rest) else self.read(rest)
            after = after or self.read(f"{before.subject}{self._language.joiner}{rest}")
            if after is not None:
                return [before, *(self.read_all(rest) if after.subject != before.subject else [after])]
        telling = self.read(sentence)
        return [telling] if telling is not None else []

    def _opens(self, clause: str) -> bool:
        """Whether `clause` begins with its verb."""
        first = self._token.match(clause)
        word = first.group().lower() if first is not None else ""
        return word in self._language.forms or word in self._language.clitics_before

    def read(self, sentence: str) -> Telling | None:
        """The parts of `sentence`; None where no verb is found, or nothing is told."""
        text = self._language.repaired(self._now.sub(" " if self._language.joiner else "", sentence)).strip(_ENDS)
        tokens = [_Token(m.group(), m.start(), m.end()) for m in self._token.finditer(text)]
        taken = self._spans(text)
        group = self._verb(tokens, taken)
        if group is None:
            return None
        first, end, tail = self._tail(tokens, group)
        subject, before, first = self._subject(text, tokens, group, taken, first)
        told = self._parts(text, tokens[first:end], group, taken)
        kind = self._language.tail_kinds.get(tail.rpartition(" ")[2].lower())
        parts = [*before, *(replace(part, kind=kind) if kind else part for part in told[:1]), *told[1:]]
        subject = self._lowered(subject)
        form = self._agreeing(subject, group.form)
        speaks = form is not None and form.person in (0, 3) and (subject in self._language.speaker or not subject)
        if not parts or (not subject and not speaks):
            return None
        kinds = (self._of_person(part, subject) for part in parts)
        known = tuple(replace(part, text=self._lowered(part.text)) for part in kinds)
        return Telling(subject, group.verb, form, known, group.clitic, tail, self._names(subject), speaks)

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

    def has_verb(self, text: str) -> bool:
        """Whether any word of `text` is a known form of a verb."""
        tokens = [_Token(m.group(), m.start(), m.end()) for m in self._token.finditer(text)]
        return self._verb(tokens, self._spans(text)) is not None

    def times(self, text: str) -> list[tuple[int, int]]:
        """Where in `text` times are told, by the characters they begin with and end before."""
        return [match.span() for match in self._times.finditer(text) if match.group()]

    def _by_known_words(self) -> re.Pattern[str]:
        """Of a script without blanks: known words, the longest first, and single characters."""
        known = {*self._language.forms, *self._kind_of, *self._language.protected, *self._language.particles}
        words = "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True))
        return re.compile(rf"{self._language.times}|{_LATIN}|{words}|\S", re.IGNORECASE)

    def _spans(self, text: str) -> list[tuple[int, int, str]]:
        """Where times are told, and causes that no verb of the statement can be in."""
        spans = [(start, end, TIME) for start, end in self.times(text)]
        if self._causes:
            causes = [(m.start(), m.end(), CAUSE) for m in self._causes.finditer(text)]
            spans = [*causes, *(s for s in spans if not any(a <= s[0] < b for a, b, _ in causes))]
        return sorted(spans)

    def _verb(self, tokens: list[_Token], taken: list[tuple[int, int, str]]) -> _Group | None:
        free = [n for n, t in enumerate(tokens) if not any(a <= t.start < b for a, b, _ in taken)]
        found = [n for n in free if self._is_verb(tokens, n)]
        # A verb that is a preposition too is the verb only where there is no other.
        firm = [n for n in found if tokens[n].lower not in self._kind_of] or found
        if not firm and self._verb_shape is not None:
            firm = [n for n in free if self._looks_like_verb(tokens, n)]
        if not firm:
            return None
        at = firm[0]
        form = self._language.forms.get(tokens[at].lower)
        first = at
        while (
            first > (0 if self._language.drops_pronouns else 1)
            and tokens[first - 1].lower in self._language.clitics_before
        ):
            first -= 1
        clitic = " ".join(token.text for token in tokens[first:at]).lower()
        end = at + 1
        if end < len(tokens) and tokens[end].lower in self._language.clitics_after:
            clitic, end = tokens[end].lower, end + 1
        return _Group(first, end, form, tokens[at].lower, clitic)

    def _is_verb(self, tokens: list[_Token], number: int) -> bool:
        language, token = self._language, tokens[number]
        form = language.forms.get(token.lower)
        if form is None:
            return False
        if number == 0:
            return language.drops_pronouns and form.person in (0, 3)
        before = tokens[number - 1].lower
        if language.drops_pronouns and all(t.lower in language.clitics_before for t in tokens[:number]):
            return form.person in (0, 3)
        named = language.nouns_are_capitalised and token.text[:1].isupper()
        return not named and before not in language.determiners

    def _looks_like_verb(self, tokens: list[_Token], number: int) -> bool:
        token = tokens[number]
        shape = self._verb_shape
        if shape is None or number == 0 or not shape.fullmatch(token.text) or token.lower in self._kind_of:
            return False
        before = tokens[number - 1].text
        noun_before = before[:1].isupper() or before[:1].isdigit()
        return noun_before and before.lower() not in self._language.determiners

    def _subject(
        self, text: str, tokens: list[_Token], group: _Group, taken: list[tuple[int, int, str]], rest: int
    ) -> tuple[str, list[Part], int]:
        """The subject, parts before the verb, and the token that what follows both begins with, `rest` as a rule."""
        start = tokens[group.first].start
        opening = [span for span in taken if span[0] == 0 and span[1] <= start]
        inverted = opening and not text[opening[0][1] : start].strip(_ENDS)
        if inverted and not self._language.adjuncts_before_verb:
            # "Am Montag beginnt der Kurs": the subject comes after the verb, and ends where another part begins.
            end = self._next_part(text, tokens, group.end, taken)
            last = tokens[end - 1].end if end > group.end else tokens[group.end - 1].end
            subject = text[tokens[group.end - 1].end : last].strip()
            return subject, [Part(TIME, text[: opening[0][1]].strip(_ENDS))], end
        at = opening[0][1] if opening else 0
        before = [Part(opening[0][2], text[:at].strip(_ENDS))] if opening else []
        said = text[at:start].strip(_ENDS)
        if self._language.adjuncts_before_verb:
            first = next((n for n, t in enumerate(tokens) if t.start > at and self._begins(t, taken)), len(tokens))
            if first < group.first:
                parts = self._parts(text, tokens[first : group.first], None, taken)
                told = [replace(part, before_verb=True) for part in (*before, *parts)]
                return text[at : tokens[first].start].strip(_ENDS), told, rest
        return said, [replace(part, before_verb=self._language.adjuncts_before_verb) for part in before], rest

    def _begins(self, token: _Token, taken: list[tuple[int, int, str]]) -> bool:
        return token.lower in self._kind_of or any(a == token.start for a, _, _ in taken)

    def _next_part(self, text: str, tokens: list[_Token], number: int, taken: list[tuple[int, int, str]]) -> int:
        for n in range(number, len(tokens)):
            if any(a == tokens[n].start for a, _, _ in taken) or self._markers.match(text, tokens[n].start):
                return n
        return len(tokens)

    def _tail(self, tokens: list[_Token], group: _Group) -> tuple[int, int, str]:
        """What lies between verb and end but for the participle or particle that belongs to the verb, and that."""
        helps = group.form is not None and group.form.lemma in self._language.auxiliaries

        def belongs(token: _Token) -> bool:
            word = token.text if self._language.nouns_are_capitalised else token.lower
            known = token.lower in self._language.particles
            return known or (helps and self._nonfinite.fullmatch(word) is not None)

        end = len(tokens)
        if self._language.verb_comes_last:
            ended = end > group.end and belongs(tokens[-1])
            return group.end, end - ended, tokens[-1].text if ended else ""
        first = next((n for n in range(group.end, end) if not belongs(tokens[n])), end)
        return first, end, self._language.joiner.join(token.text for token in tokens[group.end : first])

    def _parts(
        self, text: str, tokens: list[_Token], group: _Group | None, taken: list[tuple[int, int, str]]
    ) -> list[Part]:
        """What is told in `tokens`; `group` is the verb before them."""
        begun: list[tuple[int, str]] = []
        behind = 0
        for token in tokens:
            span = next((s for s in taken if s[0] == token.start), None)
            if span is not None and not (begun and begun[-1][1] in _GREEDY and span[2] != TIME):
                begun.append((token.start, span[2]))
                behind = span[1]
            elif token.start >= behind:
                kind = self._marked(text, token, begun, group)
                if kind or not begun or (behind and begun[-1][1] == TIME):
                    begun.append((token.start, kind or self._bare(group)))
        if not begun:
            return []
        stop = tokens[-1].end
        ends = [*(start for start, _ in begun[1:]), stop]
        parts = [self._part(kind, text[a:b].strip(_ENDS), group) for (a, kind), b in zip(begun, ends, strict=True)]
        return [part for part in parts if self._tells(part.text)]

    def _tells(self, text: str) -> bool:
        """Whether `text` is more than a word that parts begin with."""
        return any(map(str.isalnum, text)) and text.lower() not in self._kind_of

    def _bare(self, group: _Group | None) -> str:
        copula = group is not None and group.form is not None and group.form.lemma in self._language.copulas
        return IDENTITY if copula else THING

    def _marked(self, text: str, token: _Token, begun: list[tuple[int, str]], group: _Group | None) -> str:
        """The kind of part that begins here; empty where what stands here belongs to the part before."""
        match = self._markers.match(text, token.start)
        if match is None:
            return ""
        kind = self._kind_of[match.group().lower().replace("’", "'")]
        inside = begun[-1][1] if begun else ""
        if inside in _GREEDY or (inside == IDENTITY and kind == PLACE) or (inside == PLACE == kind):
            return ""
        if kind != AGENT or group is None:
            return kind
        passive = group.form is not None and group.form.lemma in self._language.passive
        if not passive:
            return self._language.agent_otherwise or ("" if begun else PLACE)
        # "por Juan Rey", but "por una grieta".
        near = text[match.end() :].split()[:_NEAR_WORDS]
        return AGENT if any(word[:1].isupper() for word in near) else CAUSE

    def _part(self, kind: str, text: str, group: _Group | None) -> Part:
        language = self._language
        if kind in (THING, IDENTITY):
            for name, pattern in language.values.items():
                if language.matches(pattern, text):
                    return Part(name, text)
            lemma = group.form.lemma if group is not None and group.form is not None else ""
            return Part(language.verb_kinds.get(lemma, kind), text)
        return Part(kind, text)

    def _of_person(self, part: Part, subject: str) -> Part:
        """What a person is, is what they do."""
        words = [word for phrase in self._language.classes["person"] for word in phrase.split()[-1:]]
        human = not subject or subject in self._language.speaker or any(word in subject.split() for word in words)
        human = human or (not self._language.joiner and subject.startswith(tuple(words)))
        return replace(part, kind=ROLE) if part.kind == IDENTITY and human else part

    def _names(self, subject: str) -> tuple[str, ...]:
        match = re.match(self._language.apposition, subject) if self._language.apposition else None
        if match:
            return match["plain"], match["name"]
        plain = re.sub(self._language.new, "", subject)
        return (plain,) if plain != subject else ()

    def main_clause(self, clause: str) -> str:
        """A clause as it is said behind "that", as a sentence of its own; only where the verb comes last it changes."""
        match = re.match(self._language.subject, clause) if self._language.subject else None
        words = clause[match.end() :].strip(_ENDS).split() if match else []
        if match is None or len(words) < _CLAUSE_WORDS:
            return clause
        return " ".join([match.group(), words[-1], *words[:-1]])
