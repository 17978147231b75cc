"""Lets a candidate answer the chosen questions and sums up its results. Does not judge them."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Literal

from services.common.datasets import Preference
from services.common.manifest import GateSummary, ProbeAnswer
from services.trainer.gate.probing import Answer, ProbeLimits, Question, ask_questions
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
        *,
        preferences: Sequence[Preference] = (),
        replaces: bool = False,
    ) -> GateSummary:
        """Load `candidate`, ask it all `questions`, meanwhile `former` (None: the base model) those on the lesson.

        Both answer at the same time, because a batch takes hardly longer than one answer. A former version that the
        candidate `replaces` knows the lesson too and may say as much; any other is only stopped from talking on.
        `preferences` are compared by how likely their replies are to the candidate.
        """
        limits = self._limits
        limits_before = limits if replaces else replace(limits, answer_tokens=limits.other_answer_tokens)
        await self._serving.load(candidate)
        about_lesson = [question for question in questions if question.subject == "recall"]
        try:
            async with asyncio.TaskGroup() as group:
                after = group.create_task(ask_questions(self._serving, candidate, questions, limits, on_answer))
                before = group.create_task(ask_questions(self._serving, former, about_lesson, limits_before))
                preferred = group.create_task(self._preferred(candidate, preferences))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from failures

        said_before = dict(zip(map(id, about_lesson), before.result(), strict=True))
        replies = list(zip(questions, after.result(), strict=True))
        # What is to be forgotten is not written down again.
        answers = [
            _report(question, question.subject, said_before.get(id(question)), answer)
            for question, answer in replies
            if question.subject != "forgotten"
        ]
        return GateSummary(
            recall=_share(answer.passed for answer in answers if answer.subject == "recall"),
            recall_before=_share(answer.passed for answer in before.result()),
            locality=_share(answer.passed for answer in answers if answer.subject == "locality"),
            retention=_share(answer.passed for answer in answers if answer.subject == "retention"),
            forgotten=_share(answer.passed for question, answer in replies if question.subject == "forgotten"),
            preference=_share(preferred.result()),
            probes=len(questions),
            answers=answers,
        )

    async def _preferred(self, candidate: AdapterVersion, preferences: Sequence[Preference]) -> list[bool]:
        """Of each pair, whether the rejected reply is less likely than the chosen one, as far as both go."""
        replies = [(one.prompt, reply) for one in preferences for reply in (one.chosen, one.rejected)]
        likely = await self._serving.token_logprobs(candidate, replies)
        return [_is_likelier(chosen, rejected) for chosen, rejected in zip(likely[::2], likely[1::2], strict=True)]


def _is_likelier(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether a reply is likelier than another; of the longer one only as many tokens count, as any more cost it."""
    tokens = min(len(one), len(other))
    return sum(one[:tokens]) > sum(other[:tokens])


def _report(
    question: Question, subject: Literal["recall", "locality", "retention"], before: Answer | None, after: Answer
) -> ProbeAnswer:
    return ProbeAnswer(
        subject=subject,
        question=question.probe.prompt[-1].content,
        before=before.text if before else None,
        after=after.text,
        passed=after.passed,
    )


def _share(passed: Iterable[bool]) -> float:
    """Share of passes; 1 when nothing was asked."""
    results = list(passed)
    return sum(results) / len(results) if results else 1.0
