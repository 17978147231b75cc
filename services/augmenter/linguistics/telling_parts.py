"""Divides what a sentence in a language other than English tells into parts, by the words that parts begin with."""

import re

from services.augmenter.lexicon.languages import Language
from services.augmenter.linguistics.telling import AGENT, CAUSE, IDENTITY, PLACE, THING, TIME, Part
from services.augmenter.linguistics.telling_tokens import Sentence, Token
from services.augmenter.linguistics.telling_verbs import VerbGroup

ENDS = " ,.;:!?。！？，；"
_GREEDY = (CAUSE, "purpose")
_NEAR_WORDS = 3


class PartReader:
    """Divides sentences of one language."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._kind_of = {word.lower(): kind for kind, words in language.markers.items() for word in words}
        edge = r"(?!\w)" if language.joiner else ""
        longest_first = sorted(self._kind_of, key=len, reverse=True)
        words = (re.escape(word) + ("" if word.endswith("'") else edge) for word in longest_first)
        self._markers = re.compile("|".join(words), re.IGNORECASE)

    def read(self, sentence: Sentence, first: int, end: int, group: VerbGroup | None) -> list[Part]:
        """What is told between two tokens; `group` is the verb before them, if it is."""
        begun: list[tuple[int, str]] = []
        behind = 0
        for token in sentence.tokens[first:end]:
            span = sentence.span_at(token)
            if span is not None and not (begun and begun[-1][1] in _GREEDY and span.kind != TIME):
                begun.append((token.start, span.kind))
                behind = span.end
            elif token.start >= behind:
                kind = self._marked(sentence.text, token, begun, group)
                if kind or not begun or (behind and begun[-1][1] == TIME):
                    begun.append((token.start, kind or self._bare(group)))
        if not begun:
            return []
        ends = [*(start for start, _ in begun[1:]), sentence.tokens[end - 1].end]
        told = [(kind, sentence.text[a:b].strip(ENDS)) for (a, kind), b in zip(begun, ends, strict=True)]
        return [self._part(kind, text, group) for kind, text in told if self._tells(text)]

    def next_part(self, sentence: Sentence, first: int, *, whole_words: bool = False) -> int:
        """The first token from `first` on that a part begins with, or the end."""
        for number in range(first, len(sentence.tokens)):
            token = sentence.tokens[number]
            marked = token.lower in self._kind_of if whole_words else self._markers.match(sentence.text, token.start)
            if marked or sentence.span_at(token) is not None:
                return number
        return len(sentence.tokens)

    def _tells(self, text: str) -> bool:
        """Whether `text` is more than a word that parts begin with."""
        return any(map(str.isalnum, text)) and text.lower() not in self._kind_of

    def _bare(self, group: VerbGroup | None) -> str:
        return IDENTITY if group is not None and group.is_of(self._language.copulas) else THING

    def _marked(self, text: str, token: Token, begun: list[tuple[int, str]], group: VerbGroup | None) -> str:
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
        if not group.is_of(self._language.passive):
            return self._language.agent_otherwise or ("" if begun else PLACE)
        # "por Juan Rey", but "por una grieta".
        near = text[match.end() :].split()[:_NEAR_WORDS]
        return AGENT if any(word[:1].isupper() for word in near) else CAUSE

    def _part(self, kind: str, text: str, group: VerbGroup | None) -> Part:
        """The part; what begins with no word of its own is of the kind that it looks like, or that its verb has."""
        if kind not in (THING, IDENTITY):
            return Part(kind, text)
        language = self._language
        looks = next((name for name, pattern in language.values.items() if language.matches(pattern, text)), "")
        lemma = group.form.lemma if group is not None and group.form is not None else ""
        return Part(looks or language.verb_kinds.get(lemma, kind), text)
