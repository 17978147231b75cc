"""Teaches a prompt with its answer: the prompt as it was, asked in other words too, and the fact behind both."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.augmenter.lexicon import Lexicon
from services.augmenter.lexicon.lexicon import word_list
from services.augmenter.linguistics.keys import contains_any
from services.augmenter.linguistics.language import guess_language
from services.augmenter.seeding import seeded
from services.augmenter.selection.tally import Tally
from services.augmenter.strategies.correction.statement import stated
from services.augmenter.strategies.correction.told import told
from services.augmenter.strategies.draft import Draft, FactDraft, NeighbourDraft
from services.augmenter.strategies.self_instruct.bystanders import Bystanders
from services.augmenter.strategies.self_instruct.strategy import SelfInstruct
from services.augmenter.strategies.self_instruct.tongue import find_tongue
from services.augmenter.strategies.self_instruct.turns import in_turn
from services.common.datasets import LearnedFact, Message, Probe

# The group of the facts that ask what the prompt asks, and of what holds the rest where nothing else is known.
PAIR = "pair"
_HELD_OUT = 2
_FRAMES = sorted(word_list("asking"))


@dataclass(frozen=True, slots=True)
class Pair:
    """A conversation that ends with a question, the answer wanted there, and the `keys` that show that it is given.

    `reworded` tells whether the question may be put in other words, `stated` whether question and answer tell a fact
    that can be asked for without the turns before.
    """

    prompt: Sequence[Message]
    answer: str
    keys: list[str]
    reworded: bool = True
    stated: bool = True

    @property
    def question(self) -> str:
        """The last turn."""
        return self.prompt[-1].content


@dataclass(frozen=True, slots=True)
class PairLesson:
    """Builds the draft of one pair; `facts` draws up the fact behind it."""

    facts: SelfInstruct
    lexicon: Lexicon

    async def draft(self, pair: Pair, seed: int, tally: Tally) -> tuple[Draft, LearnedFact]:
        """Everything about `pair` but the base model's answers to neighbours, and what it tells."""
        language = guess_language(pair.question)
        statement = await asyncio.to_thread(self._statement, pair, language)
        draft = _asked(pair, language, seed)
        tally.generate(len(draft.facts))
        if statement:
            draft.extend((await self.facts.draft(statement, language, seed, tally)).without(draft))
        else:
            draft.extend(self._elsewhere(pair.question, language, draft.taught, seed))
            tally.generate(len(draft.neighbours))
        return draft, LearnedFact(text=statement or f"{pair.question} {pair.answer}")

    def _statement(self, pair: Pair, language: str) -> str:
        """What question and answer tell together; empty where that takes more than grammar."""
        if not pair.stated:
            return ""
        tongue = find_tongue(language)
        if tongue is not None:
            return told(pair.question, pair.answer, tongue)
        return stated(pair.question, pair.answer, self.lexicon) if language == "en" else ""

    def _elsewhere(self, question: str, language: str, taught: Sequence[str], seed: int) -> Draft:
        """What else is asked in that way, and besides; of what the pair is about nothing is known."""
        tongue, random = find_tongue(language), seeded(seed)
        bystanders = Bystanders(tongue.language if tongue is not None else self.lexicon, random, taught, ())
        general = [prompt for prompt in self.lexicon.general_prompts if not contains_any(prompt, taught)]
        drawn = random.sample(general, len(general))
        begins_alike = [prompt for prompt in drawn if prompt.split()[0] in question.split()[:1]]
        known = bystanders.world([question], personal=False)
        said = in_turn([begins_alike, known, bystanders.personal(), bystanders.small_talk(), drawn])
        others = [prompt for prompt in dict.fromkeys(said) if prompt != question]
        held = self.facts.quotas.neighbour_probes
        return Draft(
            neighbours=[
                NeighbourDraft(prompt, PAIR, shared=True)
                for prompt in others[held : held + self.facts.quotas.neighbours]
            ],
            probes=[
                Probe(kind="neighbour", prompt=[Message(role="user", content=prompt)], forbidden=list(taught))
                for prompt in others[:held]
                if taught
            ],
        )


def _frames(language: str) -> Sequence[str]:
    """What may stand around a question in `language`."""
    tongue = find_tongue(language)
    if tongue is not None:
        return tongue.language.said
    return _FRAMES if language == "en" else ()


def _asked(pair: Pair, language: str, seed: int) -> Draft:
    """The prompt as it was, and asked in other words, of which some are held out."""
    *before, asked = pair.prompt
    frames = _frames(language) if pair.reworded else ()
    others = [frame.format(q=asked.content) for frame in seeded(seed).sample(frames, len(frames))]
    return Draft(
        facts=[
            FactDraft(question, pair.answer, PAIR, tuple(before)) for question in (asked.content, *others[_HELD_OUT:])
        ],
        probes=[
            Probe(kind="recall", prompt=[*before, Message(role="user", content=question)], expected=pair.keys)
            for question in others[:_HELD_OUT]
            if pair.keys
        ],
        taught=list(pair.keys),
    )
