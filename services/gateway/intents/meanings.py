"""What a message may mean. Knows nothing of how that is recognised."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Intent(StrEnum):
    """What a user wants with a message."""

    CHAT = "chat"
    LEARN_INSTRUCTION = "learn_instruction"
    LEARN_DOCUMENT = "learn_document"
    LEARN_WEB = "learn_web"
    FEEDBACK = "feedback"
    MANAGE = "manage"


class LearnKind(StrEnum):
    """The ways of learning."""

    INSTRUCTION = "instruction"
    DOCUMENT = "document"
    WEB = "web"


class ManageAction(StrEnum):
    """What a user wants done with what was learned."""

    LIST = "list"
    FORGET = "forget"
    FORGET_ALL = "forget_all"
    UNDO = "undo"
    REDO = "redo"
    STATUS = "status"
    CANCEL = "cancel"


KIND_OF = {
    Intent.LEARN_INSTRUCTION: LearnKind.INSTRUCTION,
    Intent.LEARN_DOCUMENT: LearnKind.DOCUMENT,
    Intent.LEARN_WEB: LearnKind.WEB,
}


@dataclass(frozen=True)
class Understanding:
    """What a message most likely means, with its probability; `readings` holds all that it may mean.

    `action` is what is wanted if the intent is to manage; None where it cannot be.
    """

    intent: Intent
    confidence: float
    readings: Mapping[Intent, float]
    action: ManageAction | None = None
