"""Writes the assistant's full-sentence answers and what in them counts. Knows nothing of questions' wording."""

from services.augmenter.linguistics.clause import Clause, Constituent
from services.augmenter.linguistics.perspective import sentence_case, to_assistant
from services.augmenter.linguistics.sentences import statement

_LONG_ANSWER_WORDS = 22


def full_answer(clause: Clause, asked: Constituent | None = None) -> str:
    """The clause as the assistant says it; a long one is cut down to its core and the part `asked` for."""
    text = statement(clause)
    if asked is not None and len(text.split()) > _LONG_ANSWER_WORDS:
        nearby = [part for part in clause.constituents if part is asked or part.preposition == ""]
        text = statement(clause, nearby)
    return finish(to_assistant(text))


def confirmation(clause: Clause) -> str:
    """The answer to a yes-no question that the clause settles."""
    opening = "no" if clause.verb.negated else "yes"
    return finish(to_assistant(f"{opening}, {statement(clause)}", addressed=False))


def finish(text: str) -> str:
    """A capital first letter and a full stop."""
    closed = text.rstrip()
    return sentence_case(closed if closed.endswith((".", "!", "?", ".'", '."')) else f"{closed}.")
