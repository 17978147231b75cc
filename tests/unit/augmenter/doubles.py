"""Models that answer at once, and a builder around them."""

import json
from collections.abc import Sequence

from services.augmenter.build import BuildJob, Built, DatasetBuilder, Progress
from services.augmenter.completion import TokenLimits
from services.augmenter.lexicon import load_lexicon
from services.augmenter.sources.conversation import ConversationSource
from services.augmenter.strategies.behaviour.strategy import Behaviour
from services.augmenter.strategies.draft import Quotas
from services.augmenter.strategies.self_instruct.lesson import LessonReader
from services.augmenter.strategies.self_instruct.strategy import SelfInstruct
from services.augmenter.strategies.self_instruct.teacher_forms import TeacherForms
from services.augmenter.teacher.base_answers import BaseAnswers
from services.augmenter.teacher.model import Generation
from services.common.datasets import Dataset, Message
from services.common.object_store import ObjectStore

QUOTAS = Quotas(
    facts=24,
    topics=44,
    styled=16,
    neighbours=28,
    frames_per_fact=2,
    generals=8,
    neighbour_probes=4,
    general_probes=2,
)


class FixedModel:
    """Says the same to everything, and counts how often it was asked."""

    def __init__(self, reply: str = "I do not know. I am sorry. It is not known.") -> None:
        self.reply = reply
        self.asked: list[str] = []

    async def complete(self, messages: Sequence[Message], generation: Generation) -> str:
        self.asked.append(messages[-1].content)
        return self.reply

    async def weights_sha256(self) -> str:
        return "ab" * 32


class ParrotTeacher(FixedModel):
    """Writes one given paraphrase as JSON."""

    async def complete(self, messages: Sequence[Message], generation: Generation) -> str:
        await super().complete(messages, generation)
        return json.dumps({"question": self.reply})


def make_builder(
    store: ObjectStore, base: FixedModel, teacher: FixedModel | None = None, candidates: int = 0, seed: int = 0
) -> DatasetBuilder:
    lexicon = load_lexicon()
    forms = TeacherForms(teacher or base, candidates, 5.0, 8)
    return DatasetBuilder(
        source=ConversationSource(4000),
        facts=SelfInstruct(lexicon, LessonReader(lexicon), forms, QUOTAS),
        behaviour=Behaviour(lexicon, QUOTAS),
        answers=BaseAnswers(base, store, 8),
        store=store,
        limits=TokenLimits(neighbour=12, general=32, listing=64),
        lexicon=lexicon,
        seed=seed,
    )


async def build(builder: DatasetBuilder, job: BuildJob) -> tuple[list[Progress], Dataset]:
    """Run one build to its end."""
    progress: list[Progress] = []
    async for event in builder.build(job):
        if isinstance(event, Built):
            return progress, event.dataset
        progress.append(event)
    raise AssertionError("the build had no end")
