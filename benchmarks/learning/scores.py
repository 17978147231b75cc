"""Examines a pupil on one lesson and sums up many. Knows nothing of how anybody learns."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.learning.cases import Case, Correction, Question
from benchmarks.learning.methods import Pupil, Taught


@dataclass(frozen=True)
class Result:
    """One lesson's outcome; the lists hold one entry for each question."""

    case: Case
    taught: Taught
    efficacy: list[bool]
    paraphrase: list[bool]
    locality: list[bool]
    replies: dict[str, str]


@dataclass(frozen=True)
class Summary:
    """Shares in [0, 1] over many lessons; `score` is the harmonic mean of the three."""

    lessons: int
    live: float
    efficacy: float
    paraphrase: float
    locality: float
    score: float
    median_seconds: float


@dataclass(frozen=True)
class Retention:
    """What is known after a row of lessons: shares of direct questions and paraphrases, and each lesson's seconds."""

    lessons: int
    direct: float
    paraphrase: float
    seconds: list[float]


def examine(pupil: Pupil, case: Case) -> Result:
    """Teach one lesson and ask everything about it."""
    taught = pupil.learn(case.statement)
    questions = [case.direct, *case.paraphrases, *case.neighbours]
    replies = pupil.answer([question.text for question in questions])
    passed = [question.passes(reply) for question, reply in zip(questions, replies, strict=True)]
    first_neighbour = 1 + len(case.paraphrases)
    return Result(
        case=case,
        taught=taught,
        efficacy=passed[:1],
        paraphrase=passed[1:first_neighbour],
        locality=passed[first_neighbour:],
        replies={question.text: reply for question, reply in zip(questions, replies, strict=True)},
    )


def summarise(results: Sequence[Result]) -> Summary:
    """The shares over all questions of `results`."""
    shares = [
        _share([ok for result in results for ok in answers(result)])
        for answers in (lambda r: r.efficacy, lambda r: r.paraphrase, lambda r: r.locality)
    ]
    return Summary(
        lessons=len(results),
        live=_share([result.taught.state == "LIVE" for result in results]),
        efficacy=shares[0],
        paraphrase=shares[1],
        locality=shares[2],
        score=statistics.harmonic_mean(shares),
        median_seconds=statistics.median(result.taught.seconds for result in results),
    )


def retain(pupil: Pupil, cases: Sequence[Case]) -> Retention:
    """Teach all `cases` one after another, then ask about all of them."""
    seconds = [pupil.learn(case.statement).seconds for case in cases]
    direct = _passed(pupil, [case.direct for case in cases])
    paraphrase = _passed(pupil, [question for case in cases for question in case.paraphrases])
    return Retention(len(cases), _share(direct), _share(paraphrase), seconds)


def correct(pupil: Pupil, correction: Correction) -> list[bool]:
    """Teach a lesson and then its change; whether each answer is the new one and not the old one."""
    pupil.learn(correction.statement)
    pupil.learn(correction.correction)
    return _passed(pupil, correction.questions)


def _passed(pupil: Pupil, questions: Sequence[Question]) -> list[bool]:
    replies = pupil.answer([question.text for question in questions])
    return [question.passes(reply) for question, reply in zip(questions, replies, strict=True)]


def _share(passed: Sequence[bool]) -> float:
    """Share of passes; 1 when nothing was asked."""
    return sum(passed) / len(passed) if passed else 1.0
