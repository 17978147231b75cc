"""Lets a candidate answer the chosen questions and sums up its results. Does not judge them."""

import asyncio
from collections.abc import Callable, Sequence

from services.common.manifest import GateSummary
from services.trainer.gate.probing import ProbeLimits, Question, Subject, ask_questions
from services.trainer.gate.serving import AdapterVersion, Serving


class Examiner:
    """Asks through the inference service; every method raises what that raises."""

    def __init__(self, serving: Serving, limits: ProbeLimits) -> None:
        self._serving = serving
        self._limits = limits

    async def examine(
        self,
        candidate: AdapterVersion,
        former: AdapterVersion | None,
        questions: Sequence[Question],
        on_answer: Callable[[int, int], None],
    ) -> GateSummary:
        """Load `candidate`, ask it all `questions`, meanwhile `former` (None: the base model) those on the lesson.

        Both answer at the same time, because a batch takes hardly longer than one answer.
        """
        await self._serving.load(candidate)
        about_lesson = [question for question in questions if question.subject == "recall"]
        try:
            async with asyncio.TaskGroup() as group:
                after = group.create_task(ask_questions(self._serving, candidate, questions, self._limits, on_answer))
                before = group.create_task(ask_questions(self._serving, former, about_lesson, self._limits))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from failures

        def share_of(subject: Subject) -> float:
            return _share(
                [ok for question, ok in zip(questions, after.result(), strict=True) if question.subject == subject]
            )

        return GateSummary(
            recall=share_of("recall"),
            recall_before=_share(before.result()),
            locality=share_of("locality"),
            retention=share_of("retention"),
            probes=len(questions),
        )


def _share(results: Sequence[bool]) -> float:
    """Share of passes; 1 when nothing was asked."""
    return sum(results) / len(results) if results else 1.0
