"""Recognises "to do this, do that" and "if this happens, do that" by their form, where a parse is unreliable."""

import re

from lemminflect import getLemma

from services.augmenter.linguistics.clause import Instruction
from services.augmenter.linguistics.parser import load_parser

_PURPOSE = re.compile(r"(?:in order )?to\s+(?P<purpose>[^,]+),\s*(?P<action>.+)", re.IGNORECASE)
_CONDITION = re.compile(
    r"(?P<condition>(?:if|when|whenever|once|in case)\s+[^,]+),\s*(?:then\s+)?(?P<action>.+)", re.IGNORECASE
)
_ADVERBS = ("always", "never", "please", "first", "just", "simply")


def read_procedure(sentence: str) -> Instruction | None:
    """The instruction in `sentence`, or None when it is not of one of the two forms."""
    text = sentence.strip().rstrip(".!")
    if (match := _PURPOSE.fullmatch(text)) and _commands(match["action"]) and _is_base_form(match["purpose"]):
        return Instruction(action=match["action"], purpose=match["purpose"])
    if (match := _CONDITION.fullmatch(text)) and _commands(match["action"]):
        return Instruction(action=match["action"], condition=match["condition"])
    return None


def _commands(text: str) -> bool:
    """Whether `text` is an imperative: it begins with a verb in its base form and has no subject."""
    words = [word for word in text.split() if word.casefold() not in _ADVERBS]
    if not words or not _is_base_form(words[0]):
        return False
    doc = load_parser()(text)
    return not any(token.dep_ in ("nsubj", "nsubjpass") and token.head.dep_ == "ROOT" for token in doc)


def _is_base_form(text: str) -> bool:
    word = text.split()[0].casefold() if text.split() else ""
    return word in getLemma(word, upos="VERB", lemmatize_oov=False)
