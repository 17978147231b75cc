"""Recognises instructions: by their form, where a parse is unreliable, and in clauses that say how one does it."""

import re

from lemminflect import getLemma

from services.augmenter.linguistics.clause import Clause, Instruction, Role
from services.augmenter.linguistics.parser import load_parser
from services.augmenter.linguistics.phrase import Person

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


def as_instruction(clause: Clause) -> Instruction | None:
    """You can export a report by pressing Ctrl and E → to export a report, press Ctrl and E; None for other clauses."""
    means = clause.first(Role.MANNER)
    if means is None or clause.verb.negated or clause.verb.past or clause.verb.passive:
        return None
    if clause.subject.person not in (Person.YOU, Person.I, Person.WE):
        return None
    gerund, _, rest = means.value.partition(" ")
    lemma = getLemma(gerund.lower(), upos="VERB")
    others = " ".join(part.text for part in clause.constituents if part is not means)
    purpose = " ".join(filter(None, (clause.verb.lemma, clause.verb.particle, others)))
    return Instruction(action=f"{lemma[0] if lemma else gerund} {rest}".strip(), purpose=purpose)


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
