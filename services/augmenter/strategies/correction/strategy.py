"""Learning from feedback: the corrected prompt itself, told in other words too, and the fact behind it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.augmenter.lexicon import Lexicon
from services.augmenter.lexicon.lexicon import word_list
from services.augmenter.linguistics.keys import answer_keys, contains_any
from services.augmenter.linguistics.language import guess_language
from services.augmenter.seeding import seeded
from services.augmenter.selection.tally import Tally
from services.augmenter.strategies.correction.statement import stated
from services.augmenter.strategies.draft import Draft, FactDraft, NeighbourDraft
from services.augmenter.strategies.self_instruct.bystanders import Bystanders
from services.augmenter.strategies.self_instruct.strategy import SelfInstruct
from services.augmenter.strategies.self_instruct.tongue import find_tongue
from services.augmenter.strategies.self_instruct.turns import in_turn
from services.augmenter.teacher.model import AdapterVersion, AnsweringModel, ScoredItem
from services.common.datasets import LearnedFact, Message, Preference, Probe, Rejected

_HELD_OUT = 2
# Of a rejected reply: every further token of it costs time at each step, and says less about what was wrong.
_CHARACTERS = 160
_FRAMES = sorted(word_list("asking"))


@dataclass(frozen=True, slots=True)
class Correction:
    """An answer that the user corrected, and the adapter version that gave it; None for the base model."""

    preference: Preference
    answered_by: AdapterVersion | None


@dataclass(frozen=True, slots=True)
class CorrectionLesson:
    """Builds the draft of corrected answers; `alone` draws up the fact behind a single one, `among` one of several."""

    alone: SelfInstruct
    among: SelfInstruct
    lexicon: Lexicon
    model: AnsweringModel

    async def draft(self, corrections: Sequence[Correction], seed: int, tally: Tally) -> Draft:
        """Everything about `corrections` but the base model's answers to neighbours."""
        draft = Draft()
        facts = self.alone if len(corrections) == 1 else self.among
        for number, correction in enumerate(corrections, start=1):
            part, fact = await self._part(correction, facts, seed + number, tally)
            draft.add_part(part, fact)
        return draft

    async def _part(
        self, correction: Correction, facts: SelfInstruct, seed: int, tally: Tally
    ) -> tuple[Draft, LearnedFact]:
        preference = correction.preference
        question = preference.prompt[-1].content
        language = guess_language(question)
        statement = ""
        if language == "en":
            statement = await asyncio.to_thread(stated, question, preference.chosen, self.lexicon)
        pairs = self._pairs(preference, language, seed)
        tally.generate(len(pairs.facts))
        if statement:
            pairs.extend((await facts.draft(statement, language, seed, tally)).without(pairs))
        else:
            pairs.neighbours += self._elsewhere(question, language, pairs.taught, seed)[: facts.quotas.neighbours]
            tally.generate(len(pairs.neighbours))
        preferred = await self._preferred(correction, pairs)
        return preferred, LearnedFact(text=statement or f"{question} {preference.chosen}")

    def _pairs(self, preference: Preference, language: str, seed: int) -> Draft:
        """The prompt as it was, and asked in other words, of which some are held out."""
        *before, asked = preference.prompt
        frames = seeded(seed).sample(_FRAMES, len(_FRAMES)) if language == "en" else []
        others = [frame.format(question=asked.content) for frame in frames]
        keys = _keys(preference, self.lexicon)
        return Draft(
            facts=[
                FactDraft(question, preference.chosen, "pair", tuple(before))
                for question in (asked.content, *others[_HELD_OUT:])
            ],
            probes=[
                Probe(kind="recall", prompt=[*before, Message(role="user", content=question)], expected=keys)
                for question in others[:_HELD_OUT]
                if keys
            ],
            taught=keys,
        )

    def _elsewhere(self, question: str, language: str, taught: Sequence[str], seed: int) -> list[NeighbourDraft]:
        """What else is asked in that way, and besides; of what the correction is about nothing is known."""
        tongue, random = find_tongue(language), seeded(seed)
        bystanders = Bystanders(tongue.language if tongue is not None else self.lexicon, random, taught, ())
        general = [prompt for prompt in self.lexicon.general_prompts if not contains_any(prompt, taught)]
        drawn = random.sample(general, len(general))
        begins_alike = [prompt for prompt in drawn if prompt.split()[0] == question.split()[0]]
        known = bystanders.world([question], personal=False)
        said = in_turn([begins_alike, known, bystanders.personal(), bystanders.small_talk(), drawn])
        return [NeighbourDraft(prompt, "pair", shared=True) for prompt in dict.fromkeys(said) if prompt != question]

    async def _preferred(self, correction: Correction, draft: Draft) -> Draft:
        """`draft` with what was answered as the reply that is rejected, wherever the prompt is the corrected one."""
        pairs = [fact for fact in draft.facts if fact.group == "pair"]
        rejected = _beginning(correction.preference.rejected, max(_CHARACTERS, len(correction.preference.chosen)))
        replies = [ScoredItem(fact.prompt, reply) for fact in pairs for reply in (fact.answer, rejected)]
        likely = await self.model.log_probabilities(replies, correction.answered_by)
        margins = [chosen - other for chosen, other in zip(likely[::2], likely[1::2], strict=True)]
        learned = {
            fact: replace(fact, rejected=Rejected(completion=rejected, reference_margin=margin))
            for fact, margin in zip(pairs, margins, strict=True)
        }
        return replace(draft, facts=[learned.get(fact, fact) for fact in draft.facts])


def _beginning(reply: str, characters: int) -> str:
    """The first whole words of `reply`."""
    text = reply.strip()
    return text if len(text) <= characters else text[:characters].rsplit(maxsplit=1)[0]


def _keys(preference: Preference, lexicon: Lexicon) -> list[str]:
    """What shows that the wanted answer is given: words of it that neither the question nor the rejected reply hold."""
    said = f"{preference.prompt[-1].content} {preference.rejected}"
    return answer_keys(preference.chosen, said, lexicon)
