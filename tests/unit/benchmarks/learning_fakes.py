"""Cases, pupils and records for the tests of the learning benchmark."""

from collections.abc import Sequence

from benchmarks.learning.api import Taught
from benchmarks.learning.cases import Case, Question
from benchmarks.learning.records import Aim, Answer, Drift, LessonResult, RowCheckpoint, RowLesson
from services.common.errors import FailedPrecondition
from services.trainer.gate.serving import AdapterVersion

CASE = Case(
    id="ada",
    kind="person",
    statement="Ada leads Velt.",
    direct=Question("Who leads Velt?", ("ada",)),
    paraphrases=(Question("Velt's boss?", ("ada",)), Question("Since when?", ("2020",))),
    neighbours=(Question("Who leads Dorn?", forbidden=("ada",)),),
)
OTHER = Case("bob", "place", "Bob is in Rome.", Question("Where is Bob?", ("rome",)), (), ())
UNTEACHABLE = "nothing to learn"


class Parrot:
    """Answers every question with all that it was told."""

    def __init__(self) -> None:
        self.told = ""
        self.left = False

    def learn(self, statement: str) -> Taught:
        if statement == UNTEACHABLE:
            raise FailedPrecondition("There is nothing to learn in that.")
        self.told += statement
        return Taught("LIVE", 2.0)

    def answer(self, questions: Sequence[str]) -> list[str]:
        return [self.told for _ in questions]

    def version(self) -> AdapterVersion | None:
        return None

    def recall(self, statements: Sequence[str]) -> None:
        self.told = "".join(statements)

    def leave(self) -> None:
        self.left = True


def result(
    method: str, seed: int, case: str, rights: str, kind: str = "person", kl: float | None = None
) -> LessonResult:
    """A lesson whose direct, paraphrase and neighbour answers are right (1) or wrong (0), such as "110"."""
    aims: tuple[Aim, ...] = ("direct", "paraphrase", "neighbour")
    return LessonResult(
        method=method,
        seed=seed,
        case=case,
        kind=kind,
        state="LIVE",
        seconds=10.0 + seed,
        dataset_seconds=4.0 if method == "fine-tuning" else None,
        answers=[answer(case, aim, right == "1") for aim, right in zip(aims, rights, strict=False)],
        drift=None if kl is None else Drift(kl=kl, tokens=100, same=0.5),
    )


def answer(case: str, aim: Aim, right: bool) -> Answer:
    return Answer(case=case, aim=aim, question=f"{aim}?", reply="yes", passed=right)


def row_lesson(method: str, number: int, case: str, seconds: float = 5.0) -> RowLesson:
    return RowLesson(
        method=method, seed=0, pupil=f"{method}-0", number=number, case=case, state="LIVE", seconds=seconds
    )


def checkpoint(method: str, lessons: int, right: bool) -> RowCheckpoint:
    return RowCheckpoint(
        method=method,
        seed=0,
        pupil=f"{method}-0",
        lessons=lessons,
        answers=[answer("ada", "direct", True), answer("ada", "paraphrase", right)],
        drift=None,
    )
