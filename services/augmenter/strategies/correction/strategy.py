"""Learning from feedback: the corrected prompt with its answer, and what is rejected there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.keys import answer_keys
from services.augmenter.selection.tally import Tally
from services.augmenter.strategies.draft import Draft
from services.augmenter.strategies.pairs import PAIR, Pair, PairLesson
from services.augmenter.strategies.self_instruct.strategy import SelfInstruct
from services.augmenter.teacher.model import AdapterVersion, AnsweringModel, ScoredItem
from services.common.datasets import LearnedFact, Preference, Rejected

# Of a rejected reply: every further token of it costs time at each step, and says less about what was wrong.
_CHARACTERS = 160


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
        pair = Pair(preference.prompt, preference.chosen, _keys(preference, self.lexicon))
        draft, fact = await PairLesson(facts, self.lexicon).draft(pair, seed, tally)
        return await self._preferred(correction, draft), fact

    async def _preferred(self, correction: Correction, draft: Draft) -> Draft:
        """`draft` with what was answered as the reply that is rejected, wherever the prompt is the corrected one."""
        pairs = [fact for fact in draft.facts if fact.group == PAIR]
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
