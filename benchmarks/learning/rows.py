"""Teaches many lessons to one pupil and asks about all of them now and then. Knows nothing of tables."""

from collections.abc import Sequence

from benchmarks.learning.cases import Case
from benchmarks.learning.drift import DriftMeter
from benchmarks.learning.methods import CONSOLIDATED, LASTING, Learner, Pupil
from benchmarks.learning.records import Results, RowCheckpoint, RowLesson
from benchmarks.learning.runs import new_name, say, turns_of
from benchmarks.learning.school import School
from benchmarks.learning.scores import ask_all, passed, teach

CHECKPOINTS = (1, 3, 10, 20, 30)
# More are not learned anew together, as the platform is set by default.
_MOST_CONSOLIDATED = 12


def teach_rows(
    school: School, results: Results, meter: DriftMeter, cases: Sequence[Case], methods: Sequence[str], seeds: int
) -> None:
    """Measure what `results` do not hold of a row of all `cases` with each method and seed."""
    for _, method, seed in turns_of([cases], [method for method in methods if method in LASTING], seeds):
        taught = lessons_so_far(results, cases, method, seed)
        row = _Row(results, meter, method, seed, taught[0].pupil if taught else new_name())
        row.go_on(school.pupil(method, row.name, seed), cases, len(taught))


def lessons_so_far(results: Results, cases: Sequence[Case], method: str, seed: int) -> list[RowLesson]:
    """What `results` hold of this row, or SystemExit when those are other lessons than `cases`."""
    taught = [row for row in results.of(RowLesson) if (row.method, row.seed) == (method, seed)][: len(cases)]
    if [row.case for row in taught] != [case.id for case in cases[: len(taught)]]:
        raise SystemExit(f"The file holds a row of other lessons, taught by {method}; choose another file.")
    return taught


class _Row:
    """One pupil's lessons."""

    def __init__(self, results: Results, meter: DriftMeter, method: str, seed: int, name: str) -> None:
        self.name = name
        self._results = results
        self._meter = meter
        self._method = method
        self._seed = seed

    def go_on(self, pupil: Pupil, cases: Sequence[Case], taught: int) -> None:
        """Teach what is missing after the first `taught` lessons."""
        points = self._results.of(RowCheckpoint)
        asked = {point.lessons for point in points if (point.pupil, point.method) == (self.name, self._method)}
        pupil.recall([case.statement for case in cases[:taught]])
        for number, case in enumerate(cases, start=1):
            if number > taught:
                self._teach(pupil, case, number)
            # A pupil who has gone on cannot be asked what it knew before.
            if number >= taught and number in {*CHECKPOINTS, len(cases)} - asked:
                self._ask(pupil, cases[:number], self._method)
        if len(cases) <= _MOST_CONSOLIDATED:
            self._consolidate(pupil, cases)

    def _consolidate(self, pupil: Pupil, cases: Sequence[Case]) -> None:
        """Ask once more after all lessons were learned anew together, where there is such a thing."""
        points = self._results.of(RowCheckpoint)
        done = any((point.pupil, point.method) == (self.name, CONSOLIDATED) for point in points)
        if isinstance(pupil, Learner) and not done:
            outcome = pupil.consolidate()
            say(f"{len(cases)} lessons consolidated: {outcome.state} {outcome.seconds:.1f} s")
            self._ask(pupil, cases, CONSOLIDATED)

    def _teach(self, pupil: Pupil, case: Case, number: int) -> None:
        outcome = teach(pupil, case.statement)
        lesson = RowLesson(
            method=self._method,
            seed=self._seed,
            pupil=self.name,
            number=number,
            case=case.id,
            state=outcome.state,
            seconds=outcome.seconds,
        )
        self._results.add(lesson)
        say(f"{number}. {case.id} {self._method}, seed {self._seed}: {outcome.state} {outcome.seconds:.1f} s")

    def _ask(self, pupil: Pupil, cases: Sequence[Case], method: str) -> None:
        checkpoint = RowCheckpoint(
            method=method,
            seed=self._seed,
            pupil=self.name,
            lessons=len(cases),
            answers=ask_all(pupil, cases),
            drift=self._meter.measure(pupil.version()),
        )
        self._results.add(checkpoint)
        say(f"after {len(cases)} lessons, {method}, seed {self._seed}: {passed(checkpoint.answers):.2f}")
