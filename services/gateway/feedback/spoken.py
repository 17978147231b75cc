"""Takes in feedback that a user gives in the conversation itself. Knows nothing of how it is told from other talk."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from services.gateway.conversations import Message
from services.gateway.feedback.answers import Answers
from services.gateway.feedback.desk import FeedbackDesk, same_text
from services.gateway.feedback.items import FeedbackItem, FeedbackState, Rating, Verdict

_LIKED = "Thank you, I am glad to hear that."
_NOTED = "Thank you, I have noted it. Tell me the right answer and I will learn it."
_LEARNED_BEFORE = "Thank you. I have learned that already."


class SpokenFeedback(Protocol):
    """What was understood of a message about the last answer; empty where nothing was said of it."""

    @property
    def rating(self) -> str:
        """ "up" or "down"."""

    @property
    def correction(self) -> str | None:
        """What the answer should have been."""

    @property
    def reason(self) -> str | None:
        """What was wrong or right about it."""


@dataclass(frozen=True)
class FeedbackTaken:
    """The feedback as it was kept, and what to reply."""

    item: FeedbackItem
    sentence: str


class FeedbackInChat:
    """Takes a user's message for what they think of the last answer."""

    def __init__(self, answers: Answers, desk: FeedbackDesk) -> None:
        self._answers = answers
        self._desk = desk

    async def take(
        self, tenant: str, user: str, conversation: Sequence[Message], text: str, spoken: SpokenFeedback
    ) -> FeedbackTaken:
        """Keep what `text`, understood as `spoken`, says of the answer that ends `conversation`; a correction is
        learned at once.

        Raises InvalidArgument when the conversation does not end with an answer or the correction is too long,
        Unavailable.
        """
        answer = await self._answers.of_conversation(tenant, user, conversation)
        correction = (spoken.correction or "").strip()
        if same_text(correction, answer.reply):
            correction = ""
        reason = (spoken.reason or text).strip()[: self._desk.limits.max_reason_characters]
        verdict = Verdict(Rating(spoken.rating), reason, correction)
        item = await self._desk.give(tenant, user, answer, verdict, learn_now=bool(correction))
        return FeedbackTaken(item, _sentence(item))


def _sentence(item: FeedbackItem) -> str:
    if item.state is FeedbackState.LEARNED:
        return _LEARNED_BEFORE
    if item.verdict.correction:
        return f"Thank you. I will learn that: {item.verdict.correction}"
    return _LIKED if item.verdict.rating is Rating.UP else _NOTED
