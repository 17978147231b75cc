"""Builds the dataset of one learn job, whatever the way of learning. Knows neither gRPC nor any model's protocol."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from services.augmenter.completion import Completer, TokenLimits
from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.keys import contains_any
from services.augmenter.moderation.filtering import keep_allowed
from services.augmenter.moderation.moderator import Moderator, Origin
from services.augmenter.progress import Progress, Stages
from services.augmenter.seeding import seeded
from services.augmenter.selection.rules import normalised
from services.augmenter.selection.tally import Tally
from services.augmenter.strategies.draft import Draft
from services.augmenter.teacher.base_answers import BaseAnswers
from services.augmenter.ways.way import BuildJob, LearnKind, Material, Way
from services.common.datasets import (
    Dataset,
    Example,
    Message,
    Preference,
    Probe,
    SelectionReport,
    dataset_from_bytes,
    dataset_to_bytes,
)
from services.common.errors import InvalidArgument, NotFound
from services.common.keys import lesson_dataset_key
from services.common.object_store import ObjectStore

_log = structlog.get_logger(__name__)

_ORIGINS = {
    LearnKind.INSTRUCTION: Origin.USER,
    LearnKind.DOCUMENT: Origin.DOCUMENT,
    LearnKind.WEB: Origin.WEB,
    LearnKind.FEEDBACK: Origin.USER,
    LearnKind.EXAMPLES: Origin.USER,
    # The user has not said it word for word, so what may not be taken from others is not taken from it either.
    LearnKind.WRITING: Origin.DOCUMENT,
}


@dataclass(frozen=True, slots=True)
class Built:
    """The end of a build."""

    key: str
    dataset: Dataset


@dataclass(frozen=True, slots=True)
class AlreadyKnown:
    """The end of a build where `lesson`, which the user's model knows, was taken from the very same documents."""

    lesson: str


@dataclass(frozen=True, slots=True)
class Generals:
    """How many general prompts a lesson has: for training, and held out as probes."""

    trained: int
    held_out: int


class DatasetBuilder:
    """Builds once per job: a dataset that is in the store already is returned as it is."""

    def __init__(
        self,
        ways: Mapping[LearnKind, Way],
        answers: BaseAnswers,
        store: ObjectStore,
        limits: TokenLimits,
        lexicon: Lexicon,
        generals: Generals,
        moderator: Moderator,
        seed: int,
    ) -> None:
        self._ways = ways
        self._answers = answers
        self._store = store
        self._limits = limits
        self._lexicon = lexicon
        self._generals = generals
        self._moderator = moderator
        self._seed = seed

    async def build(self, job: BuildJob) -> AsyncIterator[Progress | Built | AlreadyKnown]:
        """Yield progress, then the end; raises InvalidArgument for what cannot be learned, NotFound, Unavailable."""
        existing = await self._existing(job.key)
        if existing is not None:
            yield Built(job.key, existing)
            return
        steps: asyncio.Queue[Progress] = asyncio.Queue()
        work = asyncio.create_task(self._work(job, steps.put_nowait))
        try:
            while not work.done():
                waiting = asyncio.create_task(steps.get())
                await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
                if waiting.done():
                    yield waiting.result()
                else:
                    waiting.cancel()
            yield await work
        finally:
            work.cancel()

    async def _work(self, job: BuildJob, report: Callable[[Progress], None]) -> Built | AlreadyKnown:
        way, tally, stages = self._ways[job.kind], Tally(), Stages(report)
        material = replace(await way.gather(job, stages.stage("reading")), known=await self._known(job))
        same = _from_the_same(material)
        if same:
            return AlreadyKnown(same)
        origin = _ORIGINS[job.kind]
        if not (material.documents or material.corrections or material.examples):
            # A statement is refused as a whole, of documents, corrections and examples only what is at fault.
            await keep_allowed(self._moderator, [material.statement], str, origin, tally)
        draft = await way.draft(material, self._seed_of(material), tally, stages.stage("generating"))
        if not draft.everywhere:
            self._add_generals(draft, self._seed_of(material), tally)
        completer = Completer(draft, self._answers, self._limits, tally)
        await completer.run(stages.stage("answering"))
        examples = await self._moderated(completer.examples, origin, tally)
        if not any(example.kind == "fact" for example in examples):
            raise _nothing_found(job)
        dataset = _dataset(job, material, draft, examples, tally)
        await self._store.put_bytes(job.key, dataset_to_bytes(dataset))
        _log.info("dataset_built", lesson=job.job_id, examples=len(dataset.examples), probes=len(dataset.probes))
        return Built(job.key, dataset)

    async def _moderated(self, examples: list[Example], origin: Origin, tally: Tally) -> list[Example]:
        """The examples that may be trained on; raises Moderated where no fact is left for that reason."""
        facts = [example for example in examples if example.kind == "fact"]
        others = [example for example in examples if example.kind != "fact"]
        kept = await keep_allowed(self._moderator, facts, _said_in, origin, tally)
        return [*kept, *await keep_allowed(self._moderator, others, _said_in, origin, tally)]

    async def _existing(self, key: str) -> Dataset | None:
        try:
            return dataset_from_bytes(await self._store.get_bytes(key))
        except NotFound:
            return None

    async def _known(self, job: BuildJob) -> tuple[Dataset, ...]:
        """The lessons that the user's model knows, oldest first; one that is gone is left out."""
        keys = [lesson_dataset_key(job.tenant, job.user, lesson) for lesson in job.known_lessons]
        found = await asyncio.gather(*(self._existing(key) for key in keys))
        return tuple(dataset for dataset in found if dataset is not None)

    def _seed_of(self, material: Material) -> int:
        told = "\n".join([material.statement, *(source.sha256 for source in material.sources)])
        digest = hashlib.sha256(f"{self._seed}\n{told}".encode()).digest()
        return int.from_bytes(digest[:4], "big")

    def _add_generals(self, draft: Draft, seed: int, tally: Tally) -> None:
        """General prompts that neither the lesson's words nor its own prompts touch."""
        used = {normalised(item.prompt) for item in draft.styled}
        used |= {normalised(item.prompt) for item in draft.neighbours}
        used |= {normalised(probe.prompt[-1].content) for probe in draft.probes}
        fresh = [
            prompt
            for prompt in self._lexicon.general_prompts
            if normalised(prompt) not in used and not contains_any(prompt, draft.taught)
        ]
        trained = self._generals.trained
        drawn = seeded(seed).sample(fresh, min(trained + self._generals.held_out, len(fresh)))
        draft.generals += drawn[:trained]
        tally.generate(len(draft.generals))
        draft.probes += [_general_probe(prompt, draft.taught) for prompt in drawn[trained:]]


def _from_the_same(material: Material) -> str:
    """The known lesson that was taken from exactly the same documents; empty where there is none."""
    wanted = {source.sha256 for source in material.sources}
    same = (known.lesson for known in material.known if wanted == {source.sha256 for source in known.sources})
    return next(same, "") if wanted else ""


def _dataset(job: BuildJob, material: Material, draft: Draft, examples: list[Example], tally: Tally) -> Dataset:
    return Dataset(
        lesson=job.job_id,
        tenant=job.tenant,
        user=job.user,
        kind=job.kind.value,
        statement=material.statement,
        language=material.language,
        everywhere=draft.everywhere,
        examples=examples,
        probes=draft.probes,
        selection=SelectionReport(generated=tally.generated, kept=len(examples), rejected=tally.rejected),
        sources=list(material.sources),
        learned=draft.learned,
        preferences=[one.preference for one in material.corrections if _is_taught(one.preference, examples)],
    )


def _is_taught(preference: Preference, examples: list[Example]) -> bool:
    """Whether moderation has left it: what may not be said is not preferred either."""
    return any(one.rejected is not None and one.prompt == preference.prompt for one in examples)


def _nothing_found(job: BuildJob) -> InvalidArgument:
    if job.kind in (LearnKind.INSTRUCTION, LearnKind.FEEDBACK):
        return InvalidArgument("Nothing to learn was found in this; say it in a whole sentence.", field="statement")
    if job.kind is LearnKind.WRITING:
        return InvalidArgument(
            "Nothing to learn was found in this text: no sentence that tells something by itself.", field="writings"
        )
    return InvalidArgument(
        "Nothing to learn was found in these documents: no sentence that tells something by itself.", field="file_ids"
    )


def _said_in(example: Example) -> str:
    return "\n".join([*(turn.content for turn in example.prompt), example.completion])


def _general_probe(prompt: str, taught: Sequence[str]) -> Probe:
    return Probe(kind="general", prompt=[Message(role="user", content=prompt)], forbidden=list(taught))
