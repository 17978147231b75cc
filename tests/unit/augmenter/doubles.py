"""Models that answer at once, and a builder around them."""

import json
from collections.abc import Mapping, Sequence

from services.augmenter.build import Built, DatasetBuilder, Generals
from services.augmenter.completion import TokenLimits
from services.augmenter.lexicon import load_lexicon
from services.augmenter.moderation.moderator import Category, Finding, Origin
from services.augmenter.progress import Progress
from services.augmenter.sources.conversation import ConversationSource
from services.augmenter.strategies.backtranslation.candidates import CandidateFinder
from services.augmenter.strategies.backtranslation.strategy import Backtranslation
from services.augmenter.strategies.behaviour.strategy import Behaviour
from services.augmenter.strategies.draft import Quotas
from services.augmenter.strategies.self_instruct.changes import ChangeFinder
from services.augmenter.strategies.self_instruct.lesson import LessonReader
from services.augmenter.strategies.self_instruct.strategy import SelfInstruct
from services.augmenter.strategies.self_instruct.teacher_forms import TeacherForms
from services.augmenter.teacher.base_answers import BaseAnswers
from services.augmenter.teacher.model import Generation, ScoredItem
from services.augmenter.ways.instruction import InstructionWay
from services.augmenter.ways.way import BuildJob, LearnKind, Way
from services.common.datasets import Dataset, Message
from services.common.object_store import ObjectStore

QUOTAS = Quotas(
    facts=24,
    topics=44,
    styled=16,
    neighbours=28,
    frames_per_fact=2,
    neighbour_probes=4,
)
GENERALS = Generals(trained=8, held_out=2)


class FixedModel:
    """Says the same to everything, and counts how often it was asked."""

    def __init__(self, reply: str = "I do not know. I am sorry. It is not known.") -> None:
        self.reply = reply
        self.asked: list[str] = []

    async def complete(self, messages: Sequence[Message], generation: Generation) -> str:
        self.asked.append(messages[-1].content)
        return self.reply

    async def score(self, items: Sequence[ScoredItem]) -> list[float]:
        """Says that what a prompt holds beside the question is what tells the answer."""
        return [-1.0 if "\n" in item.messages[-1].content else -2.0 for item in items]

    async def weights_sha256(self) -> str:
        return "ab" * 32


class ParrotTeacher(FixedModel):
    """Writes one given paraphrase as JSON."""

    async def complete(self, messages: Sequence[Message], generation: Generation) -> str:
        await super().complete(messages, generation)
        return json.dumps({"question": self.reply})


class Lenient:
    """A moderator that objects to one word only."""

    async def prepare(self) -> None:
        return

    async def judge(self, texts: Sequence[str], origin: Origin) -> list[Finding | None]:
        return [Finding(Category.TOXIC, "insulting language") if "gadzooks" in text else None for text in texts]

    async def close(self) -> None:
        return


def make_builder(
    store: ObjectStore,
    base: FixedModel,
    teacher: FixedModel | None = None,
    candidates: int = 0,
    seed: int = 0,
    ways: Mapping[LearnKind, Way] | None = None,
) -> DatasetBuilder:
    lexicon = load_lexicon()
    forms = TeacherForms(teacher or base, candidates, 5.0, 8)
    reader = LessonReader(lexicon)
    facts = SelfInstruct(lexicon, reader, forms, QUOTAS)
    behaviour = Behaviour(lexicon, QUOTAS)
    return DatasetBuilder(
        ways={
            LearnKind.INSTRUCTION: InstructionWay(ConversationSource(4000), facts, ChangeFinder(reader), behaviour),
            **(ways or {}),
        },
        answers=BaseAnswers(base, store, 8),
        store=store,
        limits=TokenLimits(neighbour=12, general=32, listing=64),
        lexicon=lexicon,
        generals=GENERALS,
        moderator=Lenient(),
        seed=seed,
    )


def make_strategy(most_facts: int) -> Backtranslation:
    lexicon = load_lexicon()
    reader = LessonReader(lexicon)
    quotas = Quotas(facts=12, topics=6, styled=8, neighbours=6, frames_per_fact=1, neighbour_probes=1)
    facts = SelfInstruct(lexicon, reader, TeacherForms(FixedModel(), 0, 1.0, 1), quotas)
    return Backtranslation(CandidateFinder(reader), facts, FixedModel(), Lenient(), most_facts)


async def build(builder: DatasetBuilder, job: BuildJob) -> tuple[list[Progress], Dataset]:
    """Run one build to its end."""
    progress: list[Progress] = []
    async for event in builder.build(job):
        if isinstance(event, Built):
            return progress, event.dataset
        assert isinstance(event, Progress)
        progress.append(event)
    raise AssertionError("the build had no end")
