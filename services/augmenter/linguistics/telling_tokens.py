"""Cuts a sentence in a language other than English into words, and finds times and causes in it. Knows no verbs."""

import re
from dataclasses import dataclass

from services.augmenter.lexicon.languages import Language
from services.augmenter.linguistics.telling import CAUSE, TIME

_TOKEN = re.compile(r"\w+(?:[-.:,]\w+)*['’]?|[^\w\s]")
_LATIN = r"[A-Za-z0-9]+(?:[-.:][A-Za-z0-9]+)*"


@dataclass(frozen=True, slots=True)
class Token:
    """One word, with the characters that it begins with and ends before."""

    text: str
    start: int
    end: int

    @property
    def lower(self) -> str:
        """The word in lower case, with a plain apostrophe."""
        return self.text.lower().replace("’", "'")


@dataclass(frozen=True, slots=True)
class Span:
    """Where something of a kind that is known by its wording alone is told."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its words, and its times and causes in order."""

    text: str
    tokens: tuple[Token, ...]
    spans: tuple[Span, ...]

    def span_at(self, token: Token) -> Span | None:
        """The span that begins with `token`."""
        return next((span for span in self.spans if span.start == token.start), None)

    def is_inside(self, token: Token) -> bool:
        """Whether `token` belongs to a span."""
        return any(span.start <= token.start < span.end for span in self.spans)


class SentenceCutter:
    """Cuts sentences of one language."""

    def __init__(self, language: Language) -> None:
        self._times = re.compile(language.times, re.IGNORECASE)
        self._causes = re.compile(language.causes, re.IGNORECASE) if language.causes else None
        self._token = _TOKEN if language.joiner else _known_words(language)

    def cut(self, text: str) -> Sentence:
        """The words of `text`, and what is told in it by wording alone."""
        tokens = tuple(Token(match.group(), *match.span()) for match in self._token.finditer(text))
        return Sentence(text, tokens, tuple(self._spans(text)))

    def times(self, text: str) -> list[tuple[int, int]]:
        """Where in `text` times are told, by the characters they begin with and end before."""
        return [match.span() for match in self._times.finditer(text) if match.group()]

    def _spans(self, text: str) -> list[Span]:
        """Times, and causes that no verb of the statement can be in; of two that overlap the cause."""
        causes = [Span(*match.span(), CAUSE) for match in self._causes.finditer(text)] if self._causes else []
        times = [Span(start, end, TIME) for start, end in self.times(text)]
        free = [time for time in times if not any(cause.start <= time.start < cause.end for cause in causes)]
        return sorted([*causes, *free], key=lambda span: span.start)


def _known_words(language: Language) -> re.Pattern[str]:
    """Of a script without blanks: known words, the longest first, and single signs."""
    markers = (word for words in language.markers.values() for word in words)
    known = {*language.forms, *markers, *language.protected, *language.particles}
    words = "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True))
    return re.compile(rf"{language.times}|{_LATIN}|{words}|\S", re.IGNORECASE)
