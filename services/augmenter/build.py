"""Builds the dataset of one learn job from the user's statement. Knows neither gRPC nor any model's protocol."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import structlog

from services.augmenter.completion import Completer, TokenLimits
from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.keys import contains_any
from services.augmenter.linguistics.language import guess_language
from services.augmenter.seeding import seeded
from services.augmenter.selection.rules import normalised
from services.augmenter.selection.tally import Tally
from services.augmenter.sources.conversation import ConversationSource
from services.augmenter.strategies.behaviour.strategy import Behaviour
from services.augmenter.strategies.behaviour.styles import is_behaviour
from services.augmenter.strategies.draft import Draft
from services.augmenter.strategies.self_instruct.statement_forms import split_sentences
from services.augmenter.strategies.self_instruct.strategy import SelfInstruct
from services.augmenter.teacher.base_answers import BaseAnswers
from services.common.datasets import (
    Dataset,
    Message,
    Probe,
    SelectionReport,
    dataset_from_bytes,
    dataset_to_bytes,
)
from services.common.errors import InvalidArgument, NotFound
from services.common.keys import lesson_dataset_key
from services.common.object_store import ObjectStore

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BuildJob:
    """What to learn, for whom."""

    job_id: str
    tenant: str
    user: str
    statement: str
    conversation: tuple[Message, ...] = ()

    @property
    def key(self) -> str:
        """Where the dataset lies; raises InvalidArgument for a malformed id."""
        return lesson_dataset_key(self.tenant, self.user, self.job_id)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is; `fraction` in [0, 1]."""

    stage: str
    fraction: float


@dataclass(frozen=True, slots=True)
class Built:
    """The end of a build."""

    key: str
    dataset: Dataset


class DatasetBuilder:
    """Builds once per job: a dataset that is in the store already is returned as it is."""

    def __init__(
        self,
        source: ConversationSource,
        facts: SelfInstruct,
        behaviour: Behaviour,
        answers: BaseAnswers,
        store: ObjectStore,
        limits: TokenLimits,
        lexicon: Lexicon,
        seed: int,
    ) -> None:
        self._source = source
        self._facts = facts
        self._behaviour = behaviour
        self._answers = answers
        self._store = store
        self._limits = limits
        self._lexicon = lexicon
        self._seed = seed

    async def build(self, job: BuildJob) -> AsyncIterator[Progress | Built]:
        """Yield progress, then the dataset; raises InvalidArgument for a statement that cannot be learned."""
        key = job.key
        existing = await self._existing(key)
        if existing is not None:
            yield Built(key, existing)
            return
        statement = await asyncio.to_thread(self._source.resolve, job.statement, job.conversation)
        yield Progress("reading", 0.05)
        tally = Tally()
        seed = self._seed_of(statement)
        language = guess_language(statement)
        draft = await self._draft(statement, language, seed, tally)
        yield Progress("generating", 0.2)
        completer = Completer(draft, self._answers, self._limits, tally)
        async for share in completer.run():
            yield Progress("answering", 0.2 + 0.75 * share)
        dataset = Dataset(
            lesson=job.job_id,
            tenant=job.tenant,
            user=job.user,
            kind="instruction",
            statement=statement,
            language=language,
            everywhere=draft.everywhere,
            examples=completer.examples,
            probes=draft.probes,
            selection=SelectionReport(generated=tally.generated, kept=len(completer.examples), rejected=tally.rejected),
        )
        if not any(example.kind == "fact" for example in dataset.examples):
            raise InvalidArgument("Nothing to learn was found in this; say it in a whole sentence.", field="statement")
        await self._store.put_bytes(key, dataset_to_bytes(dataset))
        _log.info("dataset_built", lesson=job.job_id, examples=len(dataset.examples), probes=len(dataset.probes))
        yield Built(key, dataset)

    async def _existing(self, key: str) -> Dataset | None:
        try:
            return dataset_from_bytes(await self._store.get_bytes(key))
        except NotFound:
            return None

    def _seed_of(self, statement: str) -> int:
        digest = hashlib.sha256(f"{self._seed}\n{statement}".encode()).digest()
        return int.from_bytes(digest[:4], "big")

    async def _draft(self, statement: str, language: str, seed: int, tally: Tally) -> Draft:
        wishes = [s for s in split_sentences(statement) if language == "en" and is_behaviour(s)]
        told = " ".join(s for s in split_sentences(statement) if s not in wishes)
        draft = Draft()
        if told:
            draft.extend(await self._facts.draft(told, language, seed, tally))
        for wish in wishes:
            draft.extend(self._behaviour.draft(wish, seed, tally))
        if not draft.everywhere:
            self._add_generals(draft, seed, tally)
        return draft

    def _add_generals(self, draft: Draft, seed: int, tally: Tally) -> None:
        """General prompts that neither the lesson's words nor its own prompts touch."""
        quotas = self._facts.quotas
        used = {normalised(item.prompt) for item in draft.styled}
        used |= {normalised(item.prompt) for item in draft.neighbours}
        used |= {normalised(probe.prompt[-1].content) for probe in draft.probes}
        fresh = [
            prompt
            for prompt in self._lexicon.general_prompts
            if normalised(prompt) not in used and not contains_any(prompt, draft.taught)
        ]
        wanted = min(quotas.generals + quotas.general_probes, len(fresh))
        drawn = seeded(seed).sample(fresh, wanted)
        draft.generals += drawn[: quotas.generals]
        tally.generate(len(draft.generals))
        draft.probes += [_general_probe(prompt, draft.taught) for prompt in drawn[quotas.generals :]]


def _general_probe(prompt: str, taught: Sequence[str]) -> Probe:
    return Probe(kind="general", prompt=[Message(role="user", content=prompt)], forbidden=list(taught))
