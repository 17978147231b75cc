"""Finds what a question is about, for the questions that follow it. Knows letters and function words, no subjects."""

import re

_JOINING = re.compile(r"de|del|della|di|da|do|dos|du|la|le|los|las|el|of|the|van|von|der|den|and|&|for|in|on")
_EMPTY = re.compile(
    r"who|whom|whose|what|when|where|why|how|which|whether|if|is|are|was|were|be|been|being|am|do|does|did|has|have|had|"
    r"can|could|will|would|shall|should|may|might|must|the|an?|this|that|these|those|it|its|they|their|them|hi[ms]|he|"
    r"she|hers?|t?here|of|in|on|at|by|for|from|to|with|about|into|over|under|and|or|not?|new|news|latest|much|many|best",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"(?:it|its|they|their|them|he|his|him|she|hers?|there|that|this|those|these)(?:'s)?", re.IGNORECASE
)
_MAX_TOPIC_WORDS = 5
_AROUND_WORDS = ",;:()\"'"


def topic_of(query: str) -> str:
    """The longest name in `query`, or else its first content words."""
    words = [word.strip(_AROUND_WORDS) for word in query.split()]
    names = _names(words)
    if names:
        return max(names, key=len)
    return " ".join([word for word in words if not _EMPTY.fullmatch(word)][:_MAX_TOPIC_WORDS])


def points_back(question: str) -> bool:
    """Whether `question` needs an earlier one: it has a pronoun, or "the" something without a name of its own."""
    words = [word.strip(_AROUND_WORDS) for word in question.split()]
    backwards = any(_PRONOUN.fullmatch(word) for word in words)
    return backwards or ("the" in words and not _names(words))


def _names(words: list[str]) -> list[str]:
    """Runs of words that are capitalised or hold a digit, with the small words between them."""
    runs: list[str] = []
    run: list[str] = []
    pending: list[str] = []
    for word in words:
        if _is_name(word):
            run += [*pending, word] if run else [word]
            pending = []
        elif run and _JOINING.fullmatch(word) and len(pending) < 2:
            pending.append(word)
        else:
            runs += [" ".join(run)] if run else []
            run, pending = [], []
    return runs + ([" ".join(run)] if run else [])


def _is_name(word: str) -> bool:
    begins_large = word[:1].isupper() and word != "I"
    return (begins_large or any(map(str.isdigit, word))) and not _EMPTY.fullmatch(word)
