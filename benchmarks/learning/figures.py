"""Turns records into the figures that tables and pictures show. Knows neither Markdown nor models."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.learning.methods import CONSOLIDATED, METHODS
from benchmarks.learning.records import Answer, CorrectionResult, LessonResult, Record, RowCheckpoint, RowLesson
from benchmarks.learning.scores import Spread, passed, spread_of


@dataclass(frozen=True)
class Comparison:
    """Results on the same lessons, by method and then by seed; `unfinished` lessons were left out."""

    by_method: Mapping[str, Sequence[Sequence[LessonResult]]]
    cases: int
    unfinished: int

    def pooled(self, method: str) -> list[LessonResult]:
        """The method's results with all seeds."""
        return [result for seed in self.by_method[method] for result in seed]


@dataclass(frozen=True)
class Row:
    """One method's lessons in a row: what it knows after so many, and the seconds of the first and the last."""

    direct: Mapping[int, Spread]
    paraphrase: Mapping[int, Spread]
    neighbour: Mapping[int, Spread]
    right: Mapping[int, Spread]
    kl: Mapping[int, Spread]
    first_seconds: Spread | None
    last_seconds: Spread | None
    seeds: int


def compare(records: Sequence[Record]) -> Comparison:
    """Keep the lessons that every method was taught with the first seed, and the seeds that have all of them."""
    results = {(one.method, one.seed, one.case): one for one in records if isinstance(one, LessonResult)}
    methods = [method for method in METHODS if any(key[0] == method for key in results)]
    taught = {method: {case for name, seed, case in results if (name, seed) == (method, 0)} for method in methods}
    cases = set.intersection(*taught.values()) if taught else set()
    seeds = sorted({seed for _, seed, _ in results})
    by_method = {
        method: [
            [one for one in results.values() if (one.method, one.seed) == (method, seed) and one.case in cases]
            for seed in seeds
            if all((method, seed, case) in results for case in cases)
        ]
        for method in methods
    }
    return Comparison(by_method, len(cases), len({case for _, _, case in results} - cases))


def rows(records: Sequence[Record]) -> dict[str, Row]:
    """Each method's lessons in a row, as far as they were taught."""
    points = {(one.method, one.seed, one.lessons): one for one in records if isinstance(one, RowCheckpoint)}
    lessons = {(one.method, one.seed, one.number): one for one in records if isinstance(one, RowLesson)}
    methods = [method for method in (*METHODS, CONSOLIDATED) if any(key[0] == method for key in points)]
    return {
        method: _row(
            [point for point in points.values() if point.method == method],
            [lesson for lesson in lessons.values() if lesson.method == method],
        )
        for method in methods
    }


def corrected(records: Sequence[Record]) -> dict[str, tuple[int, Spread]]:
    """Each method's number of corrections, and the share of questions with the new answer and not the old one."""
    results = {(one.method, one.seed, one.case): one for one in records if isinstance(one, CorrectionResult)}
    found = {}
    for method in METHODS:
        seeds: dict[int, list[Answer]] = {}
        for (name, seed, _), result in results.items():
            if name == method:
                seeds.setdefault(seed, []).extend(result.answers)
        if seeds:
            changes = len({case for name, _, case in results if name == method})
            found[method] = changes, spread_of([passed(answers) for answers in seeds.values()])
    return found


def dataset_seconds(results: Sequence[LessonResult]) -> float | None:
    """Median of the seconds of building a dataset; None where they are not known apart."""
    known = [result.dataset_seconds for result in results if result.dataset_seconds is not None]
    return statistics.median(known) if known else None


def _row(points: Sequence[RowCheckpoint], lessons: Sequence[RowLesson]) -> Row:
    after: dict[int, list[RowCheckpoint]] = {}
    for point in sorted(points, key=lambda point: point.lessons):
        after.setdefault(point.lessons, []).append(point)
    last = max((lesson.number for lesson in lessons), default=0)
    drifts = {number: [one.drift.kl for one in asked if one.drift] for number, asked in after.items()}
    return Row(
        direct={n: spread_of([passed(one.answers, "direct") for one in asked]) for n, asked in after.items()},
        paraphrase={n: spread_of([passed(one.answers, "paraphrase") for one in asked]) for n, asked in after.items()},
        neighbour={n: spread_of([passed(one.answers, "neighbour") for one in asked]) for n, asked in after.items()},
        right={n: spread_of([_recalled(one.answers) for one in asked]) for n, asked in after.items()},
        kl={n: spread_of(values) for n, values in drifts.items() if values},
        first_seconds=_spread_if_any([lesson.seconds for lesson in lessons if lesson.number == 1]),
        last_seconds=_spread_if_any([lesson.seconds for lesson in lessons if lesson.number == last]),
        seeds=len({point.seed for point in points}),
    )


def _recalled(answers: Sequence[Answer]) -> float:
    return passed(answer for answer in answers if answer.aim != "neighbour")


def _spread_if_any(values: Sequence[float]) -> Spread | None:
    return spread_of(values) if values else None
