"""Writes the assistant's full-sentence answers and what in them counts. Knows nothing of questions' wording."""

import re

from services.augmenter.linguistics.clause import Clause, Constituent, Role
from services.augmenter.linguistics.perspective import sentence_case, to_assistant
from services.augmenter.linguistics.sentences import statement

_LONG_ANSWER_WORDS = 10
_TIMES = (Role.TIME, Role.FREQUENCY)
_WHAT_IS = re.compile(r"What (?P<be>is|are|was|were) (?P<thing>(?:the|my|our|[A-Z]\S*) [^?]+)\?")
_STRANDED = re.compile(r" (?:about|after|against|as|at|called|for|from|in|into|like|of|on|to|with)$| by\b")


def full_answer(clause: Clause, asked: Constituent | None = None) -> str:
    """The clause as the assistant says it; a long one is cut down to its core and the part `asked` for."""
    text = statement(clause)
    if asked is not None and len(text.split()) > _LONG_ANSWER_WORDS:
        times = asked.role in _TIMES
        nearby = [p for p in clause.constituents if p is asked or p.preposition == "" or (times and p.role in _TIMES)]
        text = statement(clause, nearby)
    return finish(to_assistant(text))


def answer_to(question: str, clause: Clause, asked: Constituent) -> str:
    """The answer in the words of a question such as "What is my sister's job?"; else the clause."""
    match = _WHAT_IS.fullmatch(question)
    if match is None or clause.verb.negated or not asked.value or _STRANDED.search(match["thing"]):
        return full_answer(clause, asked)
    value = f"that {asked.value}" if asked.preposition == "because" else asked.value
    return finish(to_assistant(f"{match['thing']} {match['be']} {value}"))


def confirmation(clause: Clause) -> str:
    """The answer to a yes-no question that the clause settles."""
    opening = "no" if clause.verb.negated else "yes"
    return finish(to_assistant(f"{opening}, {statement(clause)}", addressed=False))


def finish(text: str) -> str:
    """A capital first letter and a full stop."""
    closed = text.rstrip()
    return sentence_case(closed if closed.endswith((".", "!", "?", ".'", '."')) else f"{closed}.")
