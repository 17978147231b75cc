"""What every way of learning takes and gives. Knows no particular way."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from services.augmenter.progress import Report
from services.augmenter.reading.document import Document
from services.augmenter.selection.tally import Tally
from services.augmenter.sources.documents import DocumentFile
from services.augmenter.strategies.correction.strategy import Correction
from services.augmenter.strategies.draft import Draft
from services.common.chat_examples import ChatExample
from services.common.datasets import Dataset, Message, Source
from services.common.keys import lesson_dataset_key


class LearnKind(StrEnum):
    """The ways of learning."""

    INSTRUCTION = "instruction"
    DOCUMENT = "document"
    WEB = "web"
    WRITING = "writing"
    FEEDBACK = "feedback"
    EXAMPLES = "examples"


@dataclass(frozen=True, slots=True)
class Writing:
    """A text that the model wrote; paragraphs are separated by empty lines."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class BuildJob:
    """What to learn, for whom; `known_lessons` are those that the user's model knows now."""

    job_id: str
    tenant: str
    user: str
    statement: str
    conversation: tuple[Message, ...] = ()
    kind: LearnKind = LearnKind.INSTRUCTION
    files: tuple[DocumentFile, ...] = ()
    urls: tuple[str, ...] = ()
    known_lessons: tuple[str, ...] = ()
    writings: tuple[Writing, ...] = ()
    corrections: tuple[Correction, ...] = ()

    @property
    def key(self) -> str:
        """Where the dataset lies; raises InvalidArgument for a malformed id."""
        return lesson_dataset_key(self.tenant, self.user, self.job_id)


@dataclass(frozen=True, slots=True)
class Material:
    """What a lesson is made of: the statement, as the user will see it again, and documents in order of `sources`,
    `corrections`, or `examples`.

    `wish` is what the user said in asking for it, `known` are the lessons that their model knows now, oldest first.
    """

    statement: str
    language: str
    wish: str = ""
    known: tuple[Dataset, ...] = ()
    sources: tuple[Source, ...] = ()
    documents: tuple[Document, ...] = ()
    corrections: tuple[Correction, ...] = ()
    examples: tuple[ChatExample, ...] = ()


class Way(Protocol):
    """One way of learning; `report` hears how far it is."""

    async def gather(self, job: BuildJob, report: Report) -> Material:
        """Fetch and understand what is to be learned, or raise InvalidArgument, NotFound or Unavailable."""

    async def draft(self, material: Material, seed: int, tally: Tally, report: Report) -> Draft:
        """Everything about `material` but the base model's answers to neighbours; nothing where nothing is found."""
