"""Results survive an interrupted run, and a run that is taken up again measures only what is missing."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from benchmarks.learning.addresses import address_in_log
from benchmarks.learning.api import Taught
from benchmarks.learning.backstage import Backstage
from benchmarks.learning.drift import DriftMeter
from benchmarks.learning.methods import Learner, Pupil
from benchmarks.learning.records import LessonResult, Results, RowCheckpoint, RowLesson, read_records
from benchmarks.learning.report import retention_table
from benchmarks.learning.rows import lessons_so_far, teach_rows
from benchmarks.learning.runs import teach_lessons, turns_of
from benchmarks.learning.school import School
from tests.unit.benchmarks.learning_fakes import CASE, OTHER, Parrot, result, row_lesson


class ParrotSchool:
    """Knows parrots only, and remembers them."""

    def __init__(self, make: Callable[[], Any] = Parrot) -> None:
        self.pupils: list[Any] = []
        self._make = make

    def pupil(self, method: str, user: str, seed: int) -> Pupil:
        self.pupils.append(self._make())
        return cast(Pupil, self.pupils[-1])


def no_drift(results: Results) -> DriftMeter:
    return DriftMeter(cast(Backstage, None), results, [])


def test_what_was_measured_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    results = Results(path)
    results.add(result("lorelei", 1, "ada", "110", kl=0.01))
    results.add(row_lesson("notes", 1, "ada"))
    assert read_records(path) == list(Results(path)) == list(results)
    assert [one.case for one in Results(path).of(LessonResult)] == ["ada"]


def test_a_line_that_was_not_written_to_its_end_is_measured_again(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    Results(path).add(result("lorelei", 0, "ada", "111"))
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:30])
    results = Results(path)
    assert len(list(results)) == 1
    assert path.read_bytes() == whole


def test_only_missing_lessons_are_taught(tmp_path: Path) -> None:
    results = Results(tmp_path / "results.jsonl")
    results.add(result("lorelei", 0, CASE.id, "111"))
    school = ParrotSchool()
    teach_lessons(cast(School, school), results, no_drift(results), [CASE], ["notes", "lorelei"], seeds=2)
    assert [(one.method, one.seed) for one in results.of(LessonResult)] == [
        ("lorelei", 0),
        ("notes", 0),
        ("lorelei", 1),
    ]
    assert len(school.pupils) == 2
    assert all(pupil.left for pupil in school.pupils)


def test_lorelei_goes_first_and_a_seed_is_finished_before_the_next() -> None:
    assert list(turns_of("ab", ["notes", "fine-tuning", "lorelei"], seeds=2)) == [
        ("a", "lorelei", 0),
        ("a", "notes", 0),
        ("a", "fine-tuning", 0),
        ("b", "lorelei", 0),
        ("b", "notes", 0),
        ("b", "fine-tuning", 0),
        ("a", "lorelei", 1),
        ("a", "fine-tuning", 1),
        ("b", "lorelei", 1),
        ("b", "fine-tuning", 1),
    ]


def test_a_row_goes_on_with_the_same_pupil_after_its_last_lesson() -> None:
    results = Results()
    results.add(row_lesson("lorelei", 1, CASE.id))
    school = ParrotSchool()
    teach_rows(cast(School, school), results, no_drift(results), [CASE, OTHER], ["untaught", "lorelei"], 1)
    assert school.pupils[0].told == CASE.statement + OTHER.statement
    assert [(one.pupil, one.number) for one in results.of(RowLesson)] == [("lorelei-0", 1), ("lorelei-0", 2)]
    # The first checkpoint was due after the lesson with which the first run ended.
    assert [one.lessons for one in results.of(RowCheckpoint)] == [1, 2]
    before = list(results)
    teach_rows(cast(School, school), results, no_drift(results), [CASE, OTHER], ["untaught", "lorelei"], 1)
    assert list(results) == before


class Sleeper(Learner):
    """Knows everything once it has slept."""

    def __init__(self) -> None:
        self.slept = False

    def learn(self, statement: str) -> Taught:
        return Taught("LIVE", 1.0)

    def consolidate(self) -> Taught:
        self.slept = True
        return Taught("LIVE", 9.0)

    def answer(self, questions: Sequence[str]) -> list[str]:
        return ["ada" if self.slept else "Hm." for _ in questions]

    def version(self) -> None:
        return None


def test_a_row_of_lorelei_is_asked_about_once_more_when_all_was_learned_anew_together() -> None:
    results = Results()
    school = ParrotSchool(Sleeper)
    for _ in range(2):
        teach_rows(cast(School, school), results, no_drift(results), [CASE], ["lorelei"], 1)
    points = [(one.method, one.lessons, one.answers[0].passed) for one in results.of(RowCheckpoint)]
    assert points == [("lorelei", 1, False), ("lorelei, consolidated", 1, True)]
    assert "| lorelei, consolidated | 1 | 1.00" in retention_table(list(results))


def test_a_row_of_other_lessons_is_not_continued() -> None:
    results = Results()
    results.add(row_lesson("lorelei", 1, "somebody-else"))
    with pytest.raises(SystemExit, match="other lessons"):
        lessons_so_far(results, [CASE], "lorelei", 0)


def test_a_services_address_is_the_last_in_its_log(tmp_path: Path) -> None:
    log = tmp_path / "inference.log"
    log.write_text('loading\n{"event": "x", "port": 1}\n{"event": "x", "port": 2}\n{"event": "y"}\n', encoding="utf-8")
    assert address_in_log(log) == "127.0.0.1:2"
    with pytest.raises(SystemExit, match="--trainer"):
        address_in_log(tmp_path / "trainer.log")
