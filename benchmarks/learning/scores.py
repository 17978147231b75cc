"""Examines pupils and sums up what was measured. Knows nothing of how anybody learns."""

import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.learning.api import Taught
from benchmarks.learning.cases import Case, Correction, Question
from benchmarks.learning.methods import Pupil
from benchmarks.learning.records import Aim, Answer, LessonResult
from services.common.errors import FailedPrecondition

# Lessons about how to answer: they have no neighbours, and are meant to change every answer.
STYLE = "style"


@dataclass(frozen=True)
class Summary:
    """Shares in [0, 1] over all questions of many lessons; `score` is the harmonic mean of the three before it.

    `kl` (nats per token) and `same` are means over the lessons whose drift was measured; None where there is none.
    """

    lessons: int
    live: float
    efficacy: float
    paraphrase: float
    locality: float
    score: float
    median_seconds: float
    kl: float | None
    same: float | None


@dataclass(frozen=True)
class Spread:
    """A mean over seeds, and the standard deviation where there are several."""

    mean: float
    deviation: float | None


def teach(pupil: Pupil, statement: str) -> Taught:
    """Let `pupil` learn; a statement that cannot be taught is a failed lesson, not the benchmark's end."""
    started = time.monotonic()
    try:
        return pupil.learn(statement)
    except FailedPrecondition:
        return Taught("FAILED", time.monotonic() - started)


def ask(pupil: Pupil, case: Case) -> list[Answer]:
    """All questions of one lesson."""
    return ask_all(pupil, [case])


def ask_all(pupil: Pupil, cases: Sequence[Case]) -> list[Answer]:
    """All questions of many lessons."""
    return _judged(pupil, [asked for case in cases for asked in _questions(case)])


def ask_changed(pupil: Pupil, correction: Correction) -> list[Answer]:
    """A corrected lesson's questions."""
    return _judged(pupil, [(correction.id, "direct", question) for question in correction.questions])


def summarise(results: Sequence[LessonResult]) -> Summary:
    """Sum up one method's lessons with one seed."""
    answers = [answer for result in results for answer in result.answers]
    shares = [passed(answers, aim) for aim in ("direct", "paraphrase", "neighbour")]
    drifts = [result.drift for result in results if result.drift]
    return Summary(
        lessons=len(results),
        live=share(result.state == "LIVE" for result in results),
        efficacy=shares[0],
        paraphrase=shares[1],
        locality=shares[2],
        score=statistics.harmonic_mean(shares),
        median_seconds=statistics.median(result.seconds for result in results),
        kl=statistics.fmean(drift.kl for drift in drifts) if drifts else None,
        same=statistics.fmean(drift.same for drift in drifts) if drifts else None,
    )


def spread(summaries: Sequence[Summary], figure: Callable[[Summary], float | None]) -> Spread | None:
    """A figure's spread over the seeds; None where it was not measured."""
    values = [value for summary in summaries if (value := figure(summary)) is not None]
    return spread_of(values) if values else None


def spread_of(values: Sequence[float]) -> Spread:
    """Mean, and sample standard deviation where there are two values or more."""
    return Spread(statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else None)


def passed(answers: Iterable[Answer], aim: Aim | None = None) -> float:
    """Share of right answers to questions with this aim; 1 when there was none."""
    return share(answer.passed for answer in answers if aim is None or answer.aim == aim)


def share(oks: Iterable[bool]) -> float:
    """Share of True; 1 when nothing was asked."""
    values = list(oks)
    return sum(values) / len(values) if values else 1.0


def _questions(case: Case) -> Iterator[tuple[str, Aim, Question]]:
    yield case.id, "direct", case.direct
    for question in case.paraphrases:
        yield case.id, "paraphrase", question
    for question in case.neighbours:
        yield case.id, "neighbour", question


def _judged(pupil: Pupil, asked: Sequence[tuple[str, Aim, Question]]) -> list[Answer]:
    replies = pupil.answer([question.text for _, _, question in asked])
    return [
        Answer(case=case, aim=aim, question=question.text, reply=reply, passed=question.passes(reply))
        for (case, aim, question), reply in zip(asked, replies, strict=True)
    ]
