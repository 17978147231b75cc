"""Lets a candidate answer the chosen questions and sums up its results. Does not judge them."""

from collections.abc import Awaitable, Callable, Sequence

from services.common.manifest import GateSummary
from services.trainer.gate.probing import ProbeLimits, Question, Subject, ask_questions
from services.trainer.gate.serving import AdapterVersion, Serving


class Examiner:
    """Asks through the inference service; every method raises what that raises."""

    def __init__(self, serving: Serving, limits: ProbeLimits) -> None:
        self._serving = serving
        self._limits = limits

    async def recall(self, adapter: AdapterVersion | None, questions: Sequence[Question]) -> float:
        """Share of the lesson's questions that `adapter` (None: the base model) answers correctly."""
        about_lesson = [question for question in questions if question.subject == "recall"]
        return _share(await ask_questions(self._serving, adapter, about_lesson, self._limits))

    async def examine(
        self,
        candidate: AdapterVersion,
        questions: Sequence[Question],
        recall_before: Awaitable[float],
        on_answer: Callable[[int, int], None],
    ) -> GateSummary:
        """Load `candidate`, ask it all `questions` and sum up."""
        await self._serving.load(candidate)
        passed = await ask_questions(self._serving, candidate, questions, self._limits, on_answer)

        def share_of(subject: Subject) -> float:
            return _share([ok for question, ok in zip(questions, passed, strict=True) if question.subject == subject])

        return GateSummary(
            recall=share_of("recall"),
            recall_before=await recall_before,
            locality=share_of("locality"),
            retention=share_of("retention"),
            probes=len(questions),
        )


def _share(results: Sequence[bool]) -> float:
    """Share of passes; 1 when nothing was asked."""
    return sum(results) / len(results) if results else 1.0
