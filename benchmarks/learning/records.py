"""What was measured, record by record, and the file that keeps them. Knows neither models nor tables."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Aim = Literal["direct", "paraphrase", "neighbour"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Answer(_Frozen):
    """One reply, as its case's keys judge it."""

    case: str
    aim: Aim
    question: str
    reply: str
    passed: bool


class Drift(_Frozen):
    """How far a taught model is from the base model on general prompts."""

    kl: float = Field(description="Mean over tokens of ln p_base - ln p_taught on the base model's samples; nats.")
    tokens: int
    same: float = Field(description="Share of greedy answers that are the base model's.")


class Setting(_Frozen):
    """Where and with what was measured."""

    record: Literal["setting"] = "setting"
    started_at: datetime
    model: str
    model_sha256: str
    cores: int
    plain_recipe: dict[str, float | int] = Field(description="Recipe of the plain fine-tuning.")
    plain_facts: int = Field(description="Facts of a lesson that the plain fine-tuning is given.")


class Baseline(_Frozen):
    """What the base model says on the general prompts: what every drift of the file is measured against."""

    record: Literal["baseline"] = "baseline"
    prompts: list[str]
    samples: list[str]
    logprobs: list[list[float]] = Field(description="Of each token of each sample; nats.")
    greedy: list[str]


class LessonResult(_Frozen):
    """One lesson, taught to somebody who was taught nothing else."""

    record: Literal["lesson"] = "lesson"
    method: str
    seed: int
    case: str
    kind: str
    state: str
    seconds: float
    dataset_seconds: float | None = Field(description="Those of building the dataset, where they are known apart.")
    answers: list[Answer]
    drift: Drift | None = Field(description="None where no weights were changed.")


class RowLesson(_Frozen):
    """One of many lessons of one pupil; `number` counts from 1."""

    record: Literal["row_lesson"] = "row_lesson"
    method: str
    seed: int
    pupil: str
    number: int
    case: str
    state: str
    seconds: float


class RowCheckpoint(_Frozen):
    """What a pupil knows of all the lessons so far."""

    record: Literal["row_checkpoint"] = "row_checkpoint"
    method: str
    seed: int
    pupil: str
    lessons: int
    answers: list[Answer]
    drift: Drift | None


class CorrectionResult(_Frozen):
    """What is known after a lesson and its change."""

    record: Literal["correction"] = "correction"
    method: str
    seed: int
    case: str
    answers: list[Answer]


Record = Setting | Baseline | LessonResult | RowLesson | RowCheckpoint | CorrectionResult
RecordKind = TypeVar("RecordKind", Setting, Baseline, LessonResult, RowLesson, RowCheckpoint, CorrectionResult)

_PARSER: TypeAdapter[Record] = TypeAdapter(Annotated[Record, Field(discriminator="record")])


class Results:
    """Records in the order in which they were measured, each written to a file at once where there is one."""

    def __init__(self, path: Path | None = None) -> None:
        """Take over what `path` holds; a last line that was not written to its end is cut off."""
        self._path = path
        self._records = list(_recover(path)) if path else []

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records)

    def of(self, kind: type[RecordKind]) -> list[RecordKind]:
        """All records of one kind."""
        return [record for record in self._records if isinstance(record, kind)]

    def add(self, record: Record) -> None:
        """Keep one record for good."""
        self._records.append(record)
        if self._path:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(record.model_dump_json() + "\n")


def read_records(path: Path) -> list[Record]:
    """The records of one file; a last line that was not written to its end is left out."""
    return [_PARSER.validate_json(line) for line in _whole_lines(path)]


def _recover(path: Path) -> list[Record]:
    if not path.exists():
        return []
    lines = _whole_lines(path)
    with path.open("r+b") as file:
        file.truncate(sum(map(len, lines)))
    return [_PARSER.validate_json(line) for line in lines]


def _whole_lines(path: Path) -> list[bytes]:
    return [line for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
