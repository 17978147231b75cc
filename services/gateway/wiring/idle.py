"""Builds what works while nobody asks: corrections collected into lessons, grown versions made afresh."""

from dataclasses import dataclass

from services.gateway.feedback.answers import AnswerLimits, Answers
from services.gateway.feedback.batches import BatchLimits, FeedbackBatches
from services.gateway.feedback.shelf import FeedbackShelf
from services.gateway.learning.consolidation import ConsolidationLimits, Consolidator
from services.gateway.settings import GatewaySettings
from services.gateway.wiring.foundation import Foundation


@dataclass(frozen=True)
class FeedbackParts:
    """Answers that can be judged, what is said of them, and corrections on their way into lessons."""

    answers: Answers
    shelf: FeedbackShelf
    batches: FeedbackBatches


def build_consolidator(settings: GatewaySettings, base: Foundation) -> Consolidator:
    """What makes grown versions afresh."""
    limits = ConsolidationLimits(
        idle_seconds=settings.consolidate_idle_seconds,
        lessons=settings.consolidate_after_lessons,
        most_lessons=settings.consolidate_most_lessons,
    )
    return Consolidator(base.redis, base.jobs, base.registry, base.lessons, limits)


def build_feedback(settings: GatewaySettings, base: Foundation, consolidator: Consolidator) -> FeedbackParts:
    """What remembers answers and collects their corrections."""
    answers = AnswerLimits(settings.answer_keep_seconds, settings.max_answers, settings.answer_prompt_characters)
    batches = BatchLimits(settings.feedback_batch, settings.feedback_idle_seconds, settings.feedback_most)
    shelf = FeedbackShelf(base.redis, settings.max_feedback)
    return FeedbackParts(
        Answers(base.redis, base.registry, answers), shelf, FeedbackBatches(shelf, base.jobs, consolidator, batches)
    )
