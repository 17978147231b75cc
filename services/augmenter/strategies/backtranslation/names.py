"""Makes sentences of a document stand alone: "the museum" is called by its name again. Knows nothing of questions."""

import re
from typing import Any

from services.augmenter.linguistics.noun_phrases import phrase_span
from services.augmenter.linguistics.parser import load_parser

_SUBJECTS = ("nsubj", "nsubjpass")
_POINTING = ("the", "this", "that")
_SHORTENING = ("prep", "compound", "amod", "poss", "nmod", "appos")
_MOST_WORDS = 9
_CONNECTIVE = re.compile(
    r"(?:(?<=^)|(?<=[.!?] ))(?:however|moreover|furthermore|in addition|additionally|therefore|thus|hence|nevertheless"
    r"|nonetheless|finally|besides|for example|for instance|as a result|as a consequence|consequently|accordingly"
    r"|in fact|indeed|of course|in other words|in particular|on the other hand|by contrast|similarly|likewise"
    r"|meanwhile|still|also|overall|in short|to sum up|as mentioned (?:above|before)),\s+(\w)",
    re.IGNORECASE,
)


class NamedThings:
    """The things of one document by their kind, each by the fullest name that it last had."""

    def __init__(self, title: str) -> None:
        self._names: dict[str, str] = {}
        self._learn(load_parser()(title))

    def standing_alone(self, text: str) -> str:
        """`text` without connectives, its bare subjects called by the fuller names they had before.

        What it names itself is remembered for what comes after it.
        """
        doc = load_parser()(_CONNECTIVE.sub(lambda match: match[1].upper(), text))
        pieces: list[str] = []
        begun = 0
        for sentence in doc.sents:
            for token in sentence:
                name = self._names.get(token.lower_) if _is_bare_subject(token) else None
                if name:
                    pieces.append(str(doc[begun : token.i - 1].text_with_ws))
                    pieces.append(_in_case(name, of=doc[token.i - 1].text) + token.whitespace_)
                    begun = token.i + 1
            self._learn(sentence)
        pieces.append(str(doc[begun:].text_with_ws))
        return "".join(pieces)

    def _learn(self, tokens: Any) -> None:
        """Remember each thing that is called by more than its kind: "the Stavel Museum", "a course of six evenings"."""
        for token in tokens:
            full = token.pos_ in ("NOUN", "PROPN") and any(child.dep_ in _SHORTENING for child in token.children)
            if not full or token.dep_ == "compound":
                continue
            words = str(phrase_span(token).text).split()
            if words[0].casefold() in ("a", "an", "the"):
                words = words[1:]
            elif any(child.dep_ == "poss" for child in token.children):
                continue
            if 1 < len(words) <= _MOST_WORDS and "," not in words:
                self._names[token.lower_] = " ".join(["the", *words])


def _is_bare_subject(token: Any) -> bool:
    """Whether `token` is a subject of which only the kind is said: "the line", "this course"."""
    if token.dep_ not in _SUBJECTS or token.pos_ != "NOUN":
        return False
    children = list(token.children)
    return len(children) == 1 and children[0].i == token.i - 1 and children[0].lower_ in _POINTING


def _in_case(name: str, of: str) -> str:
    return name[:1].upper() + name[1:] if of[:1].isupper() else name
