"""Writes clauses as statements and questions with the right auxiliaries. Knows nothing of what to ask."""

from collections.abc import Collection
from dataclasses import dataclass

from services.augmenter.linguistics.clause import Clause, Constituent
from services.augmenter.linguistics.inflection import question_chain, verb_chain
from services.augmenter.linguistics.perspective import sentence_case
from services.augmenter.linguistics.phrase import Person, Phrase


@dataclass(frozen=True, slots=True)
class Wh:
    """Question words, what they leave at the end ("What … for?"), and what part of the clause they replace."""

    words: str
    stranded: str = ""


def statement(clause: Clause, keep: Collection[Constituent] | None = None) -> str:
    """The clause as a sentence without a full stop, in the user's perspective; `keep` limits the constituents."""
    parts = _texts(clause, clause.constituents if keep is None else keep)
    chain = verb_chain(clause.verb, clause.subject)
    return _join(clause.subject.text, *_predicate(clause, chain), *parts)


def wh_question(clause: Clause, wh: Wh, keep: Collection[Constituent]) -> str:
    """A direct question: "Why did the bridge close?"."""
    auxiliary, rest = question_chain(clause.verb, clause.subject)
    words = _join(wh.words, auxiliary, clause.subject.text, *_tail(clause, rest), *_texts(clause, keep), wh.stranded)
    return sentence_case(words) + "?"


def indirect_question(clause: Clause, wh: Wh, keep: Collection[Constituent]) -> str:
    """The same inside another sentence: "why the bridge closed"."""
    chain = verb_chain(clause.verb, clause.subject)
    words = wh.words[:1].lower() + wh.words[1:]
    return _join(words, clause.subject.text, *_predicate(clause, chain), *_texts(clause, keep), wh.stranded)


def subject_question(clause: Clause, wh: Wh, keep: Collection[Constituent]) -> str:
    """A question for the subject: "Who lives in Rome?"."""
    asked = Phrase(text=wh.words, person=Person.OTHER, plural=clause.subject.plural and wh.words.startswith("which"))
    chain = verb_chain(clause.verb, asked)
    return sentence_case(_join(wh.words, *_predicate(clause, chain), *_texts(clause, keep))) + "?"


def yes_no_question(clause: Clause, keep: Collection[Constituent]) -> str:
    """A question to confirm the clause: "Did the bridge close because of a cracked pylon?"."""
    auxiliary, rest = question_chain(clause.verb, clause.subject)
    words = _join(auxiliary, clause.subject.text, *_tail(clause, rest), *_texts(clause, keep))
    return sentence_case(words) + "?"


def _texts(clause: Clause, keep: Collection[Constituent]) -> list[str]:
    return [f", {part.text}" if part.is_denied else part.text for part in clause.constituents if part in keep]


def _predicate(clause: Clause, chain: list[str]) -> list[str]:
    verb = clause.verb
    bare = len(chain) == 1 and not verb.is_copula
    if verb.negated and bare:
        auxiliary, rest = question_chain(verb, clause.subject)
        return [auxiliary, "not", *verb.adverbs, *rest, verb.particle]
    negation = ["not"] if verb.negated else []
    if bare:
        return [*verb.adverbs, *chain, verb.particle]
    return [chain[0], *negation, *verb.adverbs, *chain[1:], verb.particle]


def _tail(clause: Clause, rest: list[str]) -> list[str]:
    negation = ["not"] if clause.verb.negated else []
    return [*negation, *clause.verb.adverbs, *rest, clause.verb.particle]


def _join(*words: str) -> str:
    """The words with blanks between them, but none before one that begins with a comma."""
    return "".join(word if word.startswith(",") else f" {word}" for word in words if word).lstrip()
