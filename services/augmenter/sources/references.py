"""Replaces "that", "it", "she" and the like by what the conversation says they stand for."""

from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from services.augmenter.lexicon import load_lexicon
from services.augmenter.linguistics.noun_phrases import PhraseReader, phrase_span
from services.augmenter.linguistics.parser import parse
from services.augmenter.linguistics.perspective import sentence_case
from services.augmenter.linguistics.values import is_street, time_kind
from services.common.datasets import Message

_PEOPLE = {"he": False, "she": False, "they": True, "his": False, "her": False, "their": True}
_THINGS = {"it": False, "its": False, "they": True, "their": True}
_DEICTIC = ("that", "this", "those", "these")
_POSSESSIVE = ("his", "her", "its", "their")
_RECENT_MESSAGES = 6


@dataclass(frozen=True, slots=True)
class _Mention:
    text: str
    human: bool
    plural: bool
    user: bool


class Antecedents:
    """Phrases of the recent conversation that a pronoun can stand for, the latest first."""

    def __init__(self, conversation: Sequence[Message]) -> None:
        recent = [message for message in conversation if message.role in ("user", "assistant")][-_RECENT_MESSAGES:]
        self._last_user = next((m.content for m in reversed(recent) if m.role == "user"), "")
        self._recent = recent

    def resolve(self, text: str) -> str:
        """`text` with its first unresolved pronoun replaced, or as it is where nothing fits."""
        if not self._recent:
            return text
        doc = parse(text).doc
        deictic = (
            doc[0] if len(doc) > 2 and doc[0].lower_ in _DEICTIC and doc[0].dep_ in ("nsubj", "nsubjpass") else None
        )
        if deictic is not None and deictic.head.lemma_ == "be":
            return self._equation(doc, deictic) or text
        return self._pronouns(doc)

    def _equation(self, doc: Doc, deictic: Token) -> str:
        """That is my new address → my new address is 27 Quince Lane."""
        said = next((c for c in deictic.head.children if c.dep_ in ("attr", "nsubj") and c.i != deictic.i), None)
        value = self._value_for(said)
        if said is None or not value:
            return ""
        rest = doc[said.right_edge.i + 1 :].text.strip()
        end = "" if rest[:1] in (".", "!", ",") else " "
        label = sentence_case(phrase_span(said).text)
        verb = deictic.head.text if deictic.head.lower_ not in ("'s", "’s") else "is"
        return f"{label} {verb} {value}{end}{rest}" if rest else f"{label} {verb} {value}."

    def _value_for(self, said: Token | None) -> str:
        """What the user named last: a bare phrase, else the last name, date, address or number told."""
        doc = parse(self._last_user.strip()).doc if self._last_user.strip() else None
        if doc is None or said is None or self._last_user.strip().endswith("?"):
            return ""
        if not any(token.pos_ in ("VERB", "AUX") for token in doc):
            return self._last_user.strip().rstrip(".!")
        phrases = [phrase_span(token).text for token in doc if token.dep_ in ("pobj", "dobj", "attr", "appos", "acomp")]
        telling = [p for p in phrases if _is_telling(p)]
        return (telling or phrases or [""])[-1].rstrip(".!")

    def _pronouns(self, doc: Doc) -> str:
        mentions = self._mentions()
        inside = [token for token in doc if token.dep_ in ("nsubj", "nsubjpass", "poss") and token.pos_ == "PRON"]
        replaced: dict[int, str] = {}
        for token in inside:
            word = token.lower_
            if (word not in _PEOPLE and word not in _THINGS) or _has_own_antecedent(doc, token):
                continue
            mention = self._fitting(word, mentions)
            if mention is not None:
                text = mention.text
                replaced[token.i] = f"{text}'s" if word in _POSSESSIVE else text
        pieces = [
            (sentence_case(replaced[t.i]) if t.is_sent_start else replaced[t.i]) + t.whitespace_
            if t.i in replaced
            else t.text_with_ws
            for t in doc
        ]
        return "".join(pieces)

    def _fitting(self, word: str, mentions: list[_Mention]) -> _Mention | None:
        for mention in mentions:
            if word in _PEOPLE and mention.human and mention.plural == _PEOPLE[word]:
                return mention
            if word in _THINGS and not mention.human and mention.plural == _THINGS[word]:
                return mention
        return None

    def _mentions(self) -> list[_Mention]:
        reader = PhraseReader(load_lexicon())
        found: list[_Mention] = []
        for message in reversed(self._recent):
            doc = parse(message.content).doc
            ranked = [t for t in doc if t.dep_ in ("nsubj", "nsubjpass", "dobj", "pobj", "attr", "ROOT", "appos")]
            for token in sorted(ranked, key=lambda t: (t.dep_ not in ("nsubj", "nsubjpass"), t.i)):
                if token.pos_ not in ("NOUN", "PROPN"):
                    continue
                phrase = reader.read(token)
                user = message.role == "user"
                found.append(_Mention(phrase.text, phrase.human, phrase.plural, user))
        return found


def _is_telling(phrase: str) -> bool:
    named = any(word[:1].isupper() for word in phrase.split()) or any(map(str.isdigit, phrase))
    return named or time_kind(phrase) is not None or is_street(phrase, load_lexicon())


def _has_own_antecedent(doc: Doc, pronoun: Token) -> bool:
    """Whether an earlier noun of the same statement can be meant."""
    return any(
        t.i < pronoun.i and t.pos_ in ("NOUN", "PROPN") and t.dep_ in ("nsubj", "nsubjpass", "dobj") for t in doc
    )
