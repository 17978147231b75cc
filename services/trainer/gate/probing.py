"""Chooses held-out probes and asks them. Knows nothing of thresholds."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from services.common.datasets import Dataset, Probe
from services.trainer.gate.serving import AdapterVersion, Serving

Subject = Literal["recall", "locality", "retention"]


@dataclass(frozen=True)
class ProbeLimits:
    """Most probes asked about each subject, the length of an answer, and how many are asked at once."""

    recall: int
    locality: int
    retention: int
    answer_tokens: int
    at_once: int


@dataclass(frozen=True)
class Question:
    """One probe and what it is asked for."""

    subject: Subject
    probe: Probe


@dataclass(frozen=True)
class Answer:
    """A reply, as far as it was listened to, and whether it passes."""

    text: str
    passed: bool


def choose_questions(lesson: Dataset, earlier: Sequence[Dataset], limits: ProbeLimits, seed: int) -> list[Question]:
    """Pick a bounded sample: the new lesson's recall and neighbour probes, and recall probes of earlier lessons.

    Earlier lessons take turns, so that as many of them as possible are asked about.
    """
    rng = random.Random(seed)  # noqa: S311 - sampling, not secrecy
    recall = [probe for probe in lesson.probes if probe.kind == "recall"]
    neighbours = [probe for probe in lesson.probes if probe.kind == "neighbour"]
    former = [rng.sample(probes, len(probes)) for probes in (_recall_probes(dataset) for dataset in earlier)]
    rng.shuffle(former)
    turns = [probes[turn] for turn in range(limits.retention) for probes in former if turn < len(probes)]
    return [
        *(Question("recall", probe) for probe in _sample(recall, limits.recall, rng)),
        *(Question("locality", probe) for probe in _sample(neighbours, limits.locality, rng)),
        *(Question("retention", probe) for probe in turns[: limits.retention]),
    ]


def _recall_probes(dataset: Dataset) -> list[Probe]:
    return [probe for probe in dataset.probes if probe.kind == "recall"]


def _sample(probes: list[Probe], count: int, rng: random.Random) -> list[Probe]:
    return probes if len(probes) <= count else rng.sample(probes, count)


async def ask_questions(
    serving: Serving,
    adapter: AdapterVersion | None,
    questions: Sequence[Question],
    limits: ProbeLimits,
    on_answer: Callable[[int, int], None] = lambda done, total: None,
) -> list[Answer]:
    """What `adapter` answers to each of `questions`; `on_answer` hears how many are done, of how many.

    Raises what `serving` raises; the other questions are not waited for then.
    """
    room = asyncio.Semaphore(limits.at_once)
    done = 0

    async def ask(question: Question) -> Answer:
        nonlocal done
        probe = question.probe
        async with room:
            text = await serving.answer(adapter, probe.prompt, limits.answer_tokens, _decided(probe))
        done += 1
        on_answer(done, len(questions))
        return Answer(text, probe.passes(text))

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(ask(question)) for question in questions]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures
    return [task.result() for task in tasks]


def _decided(probe: Probe) -> Callable[[str], bool]:
    """Whether more text can no longer change the result, so that the answer may be cut off."""

    def decided(text: str) -> bool:
        passes = probe.passes(text)
        return not passes if probe.forbidden else passes and bool(probe.expected)

    return decided
