"""Learning from chat examples: each conversation with the answer wanted there. Knows nothing of files."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.keys import answer_keys
from services.augmenter.moderation.filtering import keep_allowed
from services.augmenter.moderation.moderator import Moderator, Origin
from services.augmenter.progress import Report
from services.augmenter.selection.tally import Reason, Tally
from services.augmenter.strategies.draft import Draft
from services.augmenter.strategies.pairs import Pair, PairLesson
from services.augmenter.strategies.self_instruct.strategy import SelfInstruct
from services.common.chat_examples import ChatExample
from services.common.datasets import Probe

# Of an answer, a reply must begin with so many characters at most; the gate does not listen to much more.
_OPENING_CHARACTERS = 60
# A prompt that is put in one way only is trained on as often as one that is put in so many: steps take all in turn.
_LEAST_FACTS = 8


@dataclass(frozen=True, slots=True)
class ExampleLesson:
    """Builds the draft of chat examples; `facts` draws up the fact behind a question that stands alone."""

    facts: SelfInstruct
    lexicon: Lexicon
    moderator: Moderator

    async def draft(self, examples: Sequence[ChatExample], seed: int, tally: Tally, report: Report) -> Draft:
        """Everything about `examples` but the base model's answers to neighbours; each is a part of its own.

        Raises Moderated where there is none that may be learned.
        """
        different = list(dict.fromkeys(examples))
        tally.generate(len(examples) - len(different))
        tally.reject(Reason.DUPLICATE, len(examples) - len(different))
        allowed = await keep_allowed(self.moderator, different, _said_in, Origin.USER, tally)
        draft, lesson = Draft(), PairLesson(self.facts, self.lexicon)
        for number, example in enumerate(allowed, start=1):
            pair = _pair(example, self.lexicon)
            part, fact = await lesson.draft(pair, seed + number, tally)
            part.facts *= -(-_LEAST_FACTS // len(part.facts))
            part.probes.append(_as_told(pair))
            draft.add_part(part, fact.model_copy(update={"source": 0}))
            report(number / len(allowed))
        return draft


def _pair(example: ChatExample, lexicon: Lexicon) -> Pair:
    """An instruction, or a text to work on, is left as it is; only a question is asked in other words."""
    question = example.prompt[-1].content.strip()
    is_question = question.endswith("?") and "\n" not in question
    keys = answer_keys(example.answer, "\n".join(turn.content for turn in example.prompt), lexicon)
    return Pair(example.prompt, example.answer, keys, is_question, is_question and len(example.prompt) == 1)


def _as_told(pair: Pair) -> Probe:
    """The prompt itself: the reply must begin as the example does, through the first word that tells something."""
    answer = pair.answer.strip()
    ends = [at + len(key) for key in pair.keys if (at := answer.casefold().find(key.casefold())) >= 0]
    opening = answer[: min([*ends, len(answer), _OPENING_CHARACTERS])]
    return Probe(kind="recall", prompt=list(pair.prompt), expected=[opening.rstrip(" .!") or answer])


def _said_in(example: ChatExample) -> str:
    return "\n".join([*(turn.content for turn in example.prompt), example.answer])
