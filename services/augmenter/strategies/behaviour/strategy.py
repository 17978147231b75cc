"""Instruction-guided learning of how to answer: prompts in the style, prompts outside it, and the wish itself."""

import re
from dataclasses import dataclass

from services.augmenter.lexicon import Lexicon
from services.augmenter.lexicon.languages import find_language
from services.augmenter.linguistics.telling_keys import telling_words
from services.augmenter.selection.tally import Tally
from services.augmenter.strategies.behaviour.prompts import BehaviourPrompts
from services.augmenter.strategies.behaviour.styles import Style, british, read_style
from services.augmenter.strategies.draft import Draft, FactDraft, NeighbourDraft, Quotas, StyledDraft
from services.common.datasets import Message, Probe

_STYLE_PROBES = 3
_TOLD_PROBES = 2
_LETTERS = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Builds the draft of one wish about answers; deterministic for a seed."""

    lexicon: Lexicon
    quotas: Quotas

    def draft(self, wish: str, language: str, seed: int, tally: Tally) -> Draft:
        """Examples that follow the wish where a rule can apply it, and questions about the wish in any case."""
        style = read_style(wish, language)
        prompts = BehaviourPrompts(self.lexicon, seed)
        told = prompts.told(style)
        shown = prompts.shown(style, self.quotas.styled)
        marked = [prompt for prompt in shown if _marks(style, prompt)]
        held = marked[:_STYLE_PROBES] if len(marked) > 2 * _STYLE_PROBES else []
        told_held = told[-_TOLD_PROBES:] if len(told) > 2 * _TOLD_PROBES else told[-1:]
        kept = [prompt for prompt in shown if prompt not in held] if style.apply is not None else []
        outside = prompts.untouched(style, self.quotas.neighbours + self.quotas.neighbour_probes)
        cut = self.quotas.neighbour_probes if len(outside) > self.quotas.neighbour_probes else 0
        groups = [f"style:{number}" for number in range(max(len(kept), 1))]
        tally.generate(len(told) + len(kept) + len(outside[cut:]))
        return Draft(
            facts=[FactDraft(ask, answer, "wish") for ask, answer in told if (ask, answer) not in told_held],
            styled=[StyledDraft(p, style, group) for p, group in zip(kept, groups, strict=False)],
            neighbours=[NeighbourDraft(p, groups[i % len(groups)], True) for i, p in enumerate(outside[cut:])],
            probes=[
                *(_probe("recall", prompt, expected=_marks(style, prompt)) for prompt in held),
                *(_probe("recall", ask, expected=_told_keys(style)) for ask, _ in told_held),
                *(_probe("neighbour", prompt, forbidden=list(style.marks)) for prompt in outside[:cut]),
            ],
            taught=list(style.marks),
        )


def _marks(style: Style, prompt: str) -> list[str]:
    """What in an answer to `prompt` shows the style: its marks, or the prompt's own words spelled anew."""
    if style.respells:
        return [british(word) for word in _LETTERS.findall(prompt) if british(word) != word]
    return list(style.marks)


def _told_keys(style: Style) -> list[str]:
    if style.marks and style.marks[0].strip().isalpha():
        return list(style.marks)
    known = find_language(style.language)
    if known is not None:
        return telling_words(style.wish, known)
    words = [word.strip(".,'\"") for word in style.wish.split()]
    return [word for word in words if len(word) > 4]


def _probe(kind: str, prompt: str, expected: list[str] | None = None, forbidden: list[str] | None = None) -> Probe:
    message = Message(role="user", content=prompt)
    fields = {"kind": kind, "prompt": [message], "expected": expected or [], "forbidden": forbidden or []}
    return Probe.model_validate(fields)
