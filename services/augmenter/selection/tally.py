"""Counts candidates by what became of them. Knows nothing of rules."""

from collections import Counter
from enum import StrEnum

from services.augmenter.moderation.moderator import Category


class Reason(StrEnum):
    """Why a candidate was dropped by selection; moderation names its own reasons."""

    DUPLICATE = "duplicate"
    NEAR_DUPLICATE = "near_duplicate"
    NOT_GROUNDED = "not_grounded"
    GIVES_ANSWER_AWAY = "gives_answer_away"
    NOT_A_QUESTION = "not_a_question"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    LANGUAGE = "language"
    AMBIGUOUS = "ambiguous"
    TAUGHT_WORD = "taught_word"
    STYLE_NOT_FOLLOWED = "style_not_followed"
    MALFORMED = "malformed"
    PERSPECTIVE = "perspective"
    TELLS_NOTHING = "tells_nothing"
    KNOWN = "known"
    OFF_TOPIC = "off_topic"
    SURPLUS = "surplus"


class Tally:
    """One count of generated candidates, and one for each reason of rejection."""

    def __init__(self) -> None:
        self.generated = 0
        self._rejected: Counter[Reason | Category] = Counter()

    def generate(self, count: int = 1) -> None:
        """Count `count` new candidates."""
        self.generated += count

    def reject(self, reason: Reason | Category, count: int = 1) -> None:
        """Count `count` candidates as dropped for `reason`."""
        if count:
            self._rejected[reason] += count

    @property
    def rejected(self) -> dict[str, int]:
        """Dropped candidates by reason, the commonest first."""
        return {reason.value: count for reason, count in self._rejected.most_common()}
