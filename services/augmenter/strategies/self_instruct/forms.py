"""Question forms: one way of asking for one part of a lesson, with the answer. Knows no parser."""

from dataclasses import dataclass
from enum import IntEnum


class Variety(IntEnum):
    """How a form asks; forms of different varieties are mixed when there are more than needed."""

    DIRECT = 0
    INDIRECT = 1
    RELATION = 2
    SYNONYM = 3
    TOPIC = 4
    REVERSE = 5
    CONFIRM = 6
    CLOZE = 7


@dataclass(frozen=True, slots=True)
class Form:
    """One way of asking.

    `key` is the same for the same way of asking about something else, which is how neighbours are paired;
    `part` names the part of the lesson asked for; `expected` are spellings of the answer's telling words; `naming`
    tells by which of its names the subject is called, 0 being the one in the statement.
    """

    key: str
    part: str
    variety: Variety
    question: str
    answer: str
    expected: tuple[str, ...]
    naming: int = 0


WRAPPERS_INDIRECT = (
    "Do you remember {q}?",
    "Can you tell me {q}?",
    "Please remind me {q}.",
    "I would like to know {q}.",
    "Tell me {q}.",
    "I forgot {q}. Can you help?",
    "Do you know {q}?",
    "Could you repeat {q}?",
    "I am not sure {q}. Do you know?",
    "Someone asked me {q}. What should I answer?",
)
WRAPPERS_NOUN = (
    "Tell me {n}.",
    "Remind me of {n}.",
    "Do you remember {n}?",
    "I forgot {n}. Can you help?",
    "What can you tell me about {n}?",
    "I need to know {n}.",
    "Can you recall {n}?",
    "Please state {n}.",
)
WRAPPERS_DIRECT = ("{q} Please answer in one sentence.", "Quick question: {q}", "I have a question. {q}")
