"""Teaches each lesson to a new pupil, and keeps every result as soon as there is one. Knows nothing of tables."""

import secrets
from collections.abc import Iterator, Sequence
from typing import TypeVar

from benchmarks.learning.cases import Case, Correction
from benchmarks.learning.drift import DriftMeter
from benchmarks.learning.methods import LORELEI, TRAINED
from benchmarks.learning.records import Aim, CorrectionResult, LessonResult, Results
from benchmarks.learning.school import School
from benchmarks.learning.scores import ask, ask_changed, passed, teach

Item = TypeVar("Item")

_AIMS: tuple[Aim, ...] = ("direct", "paraphrase", "neighbour")


def teach_lessons(
    school: School, results: Results, meter: DriftMeter, cases: Sequence[Case], methods: Sequence[str], seeds: int
) -> None:
    """Measure what `results` do not hold of each case with each method and seed."""
    done = {(result.case, result.method, result.seed) for result in results.of(LessonResult)}
    for case, method, seed in turns_of(cases, methods, seeds):
        if (case.id, method, seed) not in done:
            result = _lesson(school, meter, case, method, seed)
            results.add(result)
            say(_line(result))


def teach_corrections(
    school: School, results: Results, changes: Sequence[Correction], methods: Sequence[str], seeds: int
) -> None:
    """Measure what `results` do not hold of lessons that a later one changes."""
    done = {(result.case, result.method, result.seed) for result in results.of(CorrectionResult)}
    for change, method, seed in turns_of(changes, methods, seeds):
        if (change.id, method, seed) not in done:
            result = _correction(school, change, method, seed)
            results.add(result)
            say(f"{change.id} {method}, seed {seed}: {passed(result.answers):.2f}")


def turns_of(items: Sequence[Item], methods: Sequence[str], seeds: int) -> Iterator[tuple[Item, str, int]]:
    """Each item with each method, for each seed anew where the method has randomness.

    What was asked of the base model before is answered faster. So Lorelei goes first, which leaves the faster building
    of the same dataset to plain fine-tuning, and all items lie between two seeds of one.
    """
    in_order = sorted(methods, key=lambda method: method != LORELEI)
    for seed in range(seeds):
        for item in items:
            yield from ((item, method, seed) for method in in_order if seed == 0 or method in TRAINED)


def new_name() -> str:
    """A user whom the platform has never seen."""
    return f"bench-{secrets.token_hex(6)}"


def say(line: str) -> None:
    """Tell the person at the terminal how far it is."""
    print(line, flush=True)


def _lesson(school: School, meter: DriftMeter, case: Case, method: str, seed: int) -> LessonResult:
    pupil = school.pupil(method, new_name(), seed)
    try:
        taught = teach(pupil, case.statement)
        return LessonResult(
            method=method,
            seed=seed,
            case=case.id,
            kind=case.kind,
            state=taught.state,
            seconds=taught.seconds,
            dataset_seconds=taught.dataset_seconds,
            answers=ask(pupil, case),
            drift=meter.measure(pupil.version()),
        )
    finally:
        pupil.leave()


def _correction(school: School, change: Correction, method: str, seed: int) -> CorrectionResult:
    pupil = school.pupil(method, new_name(), seed)
    try:
        teach(pupil, change.statement)
        teach(pupil, change.correction)
        return CorrectionResult(method=method, seed=seed, case=change.id, answers=ask_changed(pupil, change))
    finally:
        pupil.leave()


def _line(result: LessonResult) -> str:
    right = " ".join(f"{aim} {passed(result.answers, aim):.2f}" for aim in _AIMS)
    moved = f", KL {result.drift.kl:.4f}" if result.drift else ""
    return f"{result.case} {result.method}, seed {result.seed}: {result.state} {result.seconds:.1f} s, {right}{moved}"
