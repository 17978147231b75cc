"""Learning from what the user says: facts, and wishes about how to answer. Knows nothing of documents."""

import asyncio

from services.augmenter.linguistics.language import guess_language
from services.augmenter.progress import Report
from services.augmenter.selection.tally import Tally
from services.augmenter.sources.conversation import ConversationSource
from services.augmenter.strategies.behaviour.strategy import Behaviour
from services.augmenter.strategies.behaviour.styles import is_behaviour
from services.augmenter.strategies.draft import Draft
from services.augmenter.strategies.self_instruct.changes import ChangeFinder
from services.augmenter.strategies.self_instruct.statement_forms import split_sentences
from services.augmenter.strategies.self_instruct.strategy import SelfInstruct
from services.augmenter.ways.way import BuildJob, Material


class InstructionWay:
    """Makes a statement stand on its own by the conversation before it, then draws up questions about it."""

    def __init__(
        self, source: ConversationSource, facts: SelfInstruct, changes: ChangeFinder, behaviour: Behaviour
    ) -> None:
        self._source = source
        self._facts = facts
        self._changes = changes
        self._behaviour = behaviour

    async def gather(self, job: BuildJob, report: Report) -> Material:
        """The self-contained statement; raises InvalidArgument for one that cannot be learned."""
        statement = await asyncio.to_thread(self._source.resolve, job.statement, job.conversation)
        report(1.0)
        return Material(statement, guess_language(statement), job.statement)

    async def draft(self, material: Material, seed: int, tally: Tally, report: Report) -> Draft:
        """Facts and wishes apart, because they are taught differently."""
        sentences = split_sentences(material.statement, material.language)
        wishes = [one for one in sentences if is_behaviour(one, material.language)]
        told = " ".join(one for one in sentences if one not in wishes)
        draft = Draft()
        if told:
            draft.extend(await self._facts.draft(told, material.language, seed, tally))
            changed = self._changes.draft(material.wish, told, material.language, material.known)
            tally.generate(len(changed.facts))
            draft.extend(changed.without(draft))
        for wish in wishes:
            draft.extend(self._behaviour.draft(wish, material.language, seed, tally))
        report(1.0)
        return draft
