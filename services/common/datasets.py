"""The instruction dataset of one lesson, as the augmenter writes it and the trainer reads it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.common.errors import FailedPrecondition

DatasetKind = Literal["instruction", "document", "web", "writing", "feedback", "examples"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Message(_Frozen):
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


class Rejected(_Frozen):
    """The beginning of a reply that the user does not want.

    reference_margin: log p(wanted reply) - log p(this beginning), in nats, of the version that replied.
    """

    completion: str
    reference_margin: float


class Example(_Frozen):
    """One prompt with the reply to train on.

    A `fact` is learned by cross-entropy, and by preference too where a reply is `rejected` for it. A `neighbour` (the
    same question form about something else) and a `general` prompt carry the base model's own reply, and training
    holds the model to the base there.
    """

    kind: Literal["fact", "neighbour", "general"]
    prompt: list[Message]
    completion: str
    group: str = Field(default="", description="Ties a neighbour to the fact form that it mirrors.")
    rejected: Rejected | None = None


class Probe(_Frozen):
    """One held-out question that is never trained on.

    `recall` passes when any of `expected` occurs in the greedy reply, `neighbour` when none of `forbidden` does;
    case is ignored.
    """

    kind: Literal["recall", "neighbour", "general"]
    prompt: list[Message]
    expected: list[str] = Field(default_factory=list)
    forbidden: list[str] = Field(default_factory=list)

    def passes(self, reply: str) -> bool:
        """Whether `reply` satisfies this probe."""
        text = reply.casefold()
        if any(key.casefold() in text for key in self.forbidden):
            return False
        return not self.expected or any(key.casefold() in text for key in self.expected)


class Preference(_Frozen):
    """An answer that the user corrected, beside what they prefer."""

    prompt: list[Message]
    chosen: str
    rejected: str


class SelectionReport(_Frozen):
    """What became of the candidate examples."""

    generated: int
    kept: int
    rejected: dict[str, int] = Field(default_factory=dict, description="Dropped examples by reason.")


class Source(_Frozen):
    """A document that a lesson was taken from."""

    title: str
    address: str = Field(description="Id of the file, or address of the page.")
    date: str = Field(default="", description="ISO date that the document tells, if any.")
    sha256: str = Field(description="Of the document's bytes, hexadecimal.")
    pages: int = Field(default=0, description="Pages, slides or chapters; 0 where the format has none.")


class LearnedFact(_Frozen):
    """A sentence of a document, or a correction, that is taught; its examples are a part of the lesson of their own."""

    text: str
    source: int | None = Field(default=None, description="Index of its source; none where the user told it.")
    page: int = Field(default=0, description="1-based page, slide or chapter; 0 where there are none.")


class Dataset(_Frozen):
    """Everything one lesson teaches and how to check it."""

    lesson: str
    tenant: str
    user: str
    kind: DatasetKind
    statement: str = Field(description="What was taught, made self-contained.")
    language: str = Field(description="ISO 639-1 code.")
    everywhere: bool = Field(default=False, description="Whether it is meant to change how everything is answered.")
    examples: list[Example]
    probes: list[Probe]
    selection: SelectionReport
    sources: list[Source] = Field(default_factory=list, description="Documents it was taken from.")
    learned: list[LearnedFact] = Field(
        default_factory=list, description="What was chosen from the sources; empty where the statement is all."
    )

    preferences: list[Preference] = Field(default_factory=list, description="Corrections that it was made of.")

    def parts(self) -> list[list[Example]]:
        """The examples of each fact of its own: of each learned sentence, or all where there are none."""
        if not self.learned:
            return [self.examples]
        parts: list[list[Example]] = [[] for _ in self.learned]
        for example in self.examples:
            number = example.group.partition("/")[0]
            if number.isdigit():
                parts[int(number)].append(example)
        return parts


def dataset_to_bytes(dataset: Dataset) -> bytes:
    """Serialise to UTF-8 JSON."""
    return dataset.model_dump_json().encode()


def dataset_from_bytes(data: bytes) -> Dataset:
    """Parse what `dataset_to_bytes` wrote, or raise FailedPrecondition when it is something else."""
    try:
        return Dataset.model_validate_json(data)
    except ValueError as error:
        raise FailedPrecondition("The stored dataset is damaged.", reason="DATASET_INVALID") from error
