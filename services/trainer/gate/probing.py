"""Chooses held-out probes and asks them. Knows nothing of thresholds."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from services.common.datasets import Dataset, Probe
from services.trainer.gate.serving import AdapterVersion, Serving

_MOST_RECALL = 24
_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？")

Subject = Literal["recall", "locality", "retention", "forgotten"]


@dataclass(frozen=True)
class ProbeLimits:
    """Most probes asked about each subject, the length of an answer, and how many are asked at once.

    answer_tokens: where it matters to the end whether the lesson is told; other_answer_tokens: elsewhere.
    """

    recall: int
    locality: int
    retention: int
    answer_tokens: int
    other_answer_tokens: int
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


def choose_questions(
    taught: Sequence[Dataset],
    earlier: Sequence[Dataset],
    limits: ProbeLimits,
    seed: int,
    forgotten: Dataset | None = None,
) -> list[Question]:
    """Pick a bounded sample: recall and neighbour probes of what is `taught`, recall probes of `earlier` lessons.

    Lessons take turns, so that as many of them as possible are asked about. Of a lesson to be forgotten, all recall
    probes are asked, and pass where the answer is not known.
    """
    rng = random.Random(seed)  # noqa: S311 - sampling, not secrecy
    # Each of many facts taught at once is asked about, and of many lessons each as much as if it were the only one, as
    # far as that does not take too long.
    facts = sum(max(1, len(dataset.learned)) for dataset in taught)
    recall = max(limits.recall, min(max(facts, limits.recall * len(taught)), _MOST_RECALL))
    return [
        *(Question("recall", probe) for probe in _in_turn(taught, "recall", recall, rng)),
        *(Question("locality", probe) for probe in _in_turn(taught, "neighbour", limits.locality, rng)),
        *(Question("retention", probe) for probe in _in_turn(earlier, "recall", limits.retention, rng)),
        *(
            Question("forgotten", _reversed(probe))
            for probe in (forgotten.probes if forgotten else ())
            if probe.expected
        ),
    ]


def _in_turn(lessons: Sequence[Dataset], kind: str, count: int, rng: random.Random) -> list[Probe]:
    """Up to `count` probes of `kind`, one of each lesson in turn."""
    pools = [[probe for probe in lesson.probes if probe.kind == kind] for lesson in lessons]
    shuffled = [rng.sample(pool, len(pool)) for pool in pools]
    rng.shuffle(shuffled)
    turns = [pool[turn] for turn in range(count) for pool in shuffled if turn < len(pool)]
    return turns[:count]


def _reversed(probe: Probe) -> Probe:
    return Probe(kind="recall", prompt=probe.prompt, forbidden=probe.expected)


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
            tokens = limits.other_answer_tokens if question.subject == "locality" else limits.answer_tokens
            text = await serving.answer(adapter, probe.prompt, tokens, _decided(probe))
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
    """Whether more text can no longer change the result, so that the answer may be cut off.

    A right answer ends its sentence before, because people are shown it.
    """

    def decided(text: str) -> bool:
        passes = probe.passes(text)
        if probe.forbidden:
            return not passes
        return passes and bool(probe.expected) and text.rstrip().endswith(_SENTENCE_ENDS)

    return decided
