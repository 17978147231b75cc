"""Chooses the prompts that show a style, those that must stay as they are, and questions about the wish itself."""

import re
from collections.abc import Sequence

from services.augmenter.lexicon import Lexicon
from services.augmenter.lexicon.languages import find_language
from services.augmenter.linguistics.perspective import to_assistant
from services.augmenter.seeding import seeded
from services.augmenter.strategies.behaviour.styles import Style
from services.augmenter.strategies.behaviour.wishes import wish_words
from services.augmenter.strategies.self_instruct.answers import finish

_ASK_NAME = (
    "What do you call me?",
    "What should you call me?",
    "How do you address me?",
    "What is the right way to address me?",
    "What name do you use for me?",
    "Say my name.",
    "Greet me.",
    "Do you know how I like to be called?",
)
_NAME_ANSWERS = ("I call you {name}.", "You are {name}.", "Hello, {name}!")
_ASK_WISH = (
    "How did I ask you to answer?",
    "What did I ask you to do?",
    "Do you remember my wish about your answers?",
    "Which rule did I give you for your answers?",
)

_SHORTLY_ANSWERED = ("What is", "Who", "Which", "How many", "Name", "What language", "What does")
_LEAD = re.compile(
    r"(?:please\s+|from now on,?\s+|in (?:the )?future,?\s+|i(?: want|'d like| would like) you to\s+)+", re.IGNORECASE
)
_PERMISSION = re.compile(r"(you)\s+(?:may|should|must|can|will|have to)\b", re.IGNORECASE)
_NEGATION = re.compile(r"(?:do not|don't)\s+", re.IGNORECASE)


class BehaviourPrompts:
    """Deterministic for a seed."""

    def __init__(self, lexicon: Lexicon, seed: int) -> None:
        self._banks = lexicon.behaviour_prompts
        self._general = lexicon.general_prompts
        self._world = [question for questions in lexicon.world_questions.values() for question in questions]
        self._random = seeded(seed)

    def shown(self, style: Style, count: int) -> list[str]:
        """Prompts that the style is meant for, in the language of the wish, too."""
        own = self._own_prompts(style)
        if style.answers_in:
            return self._sample(own, count)
        half = self._sample(own, count // 2)
        return [*self._english(style, count - len(half)), *half]

    def _own_prompts(self, style: Style) -> list[str]:
        """Prompts in the language of the wish, or that it wants answers in, where that is not English."""
        language = find_language(style.answers_in or style.language)
        if language is None or style.trigger != "any":
            return []
        return [*language.small_talk, *(language.world[:4] if style.name else language.world)]

    def _english(self, style: Style, count: int) -> list[str]:
        if style.respells:
            return self._sample(self._banks["spelling"], count)
        if style.name:
            bank = [*self._banks["greeting"], *self._banks["any"][:4]]
        elif style.trigger in self._banks:
            bank = list(self._banks[style.trigger])
        else:
            bank = []
        extra = [p for p in self._general if p.startswith(_SHORTLY_ANSWERED)] if style.trigger == "any" else []
        return self._sample([*bank, *([] if style.name else extra)], count)

    def untouched(self, style: Style, count: int) -> list[str]:
        """Prompts that the style is not meant for; none when it is meant for all."""
        if style.trigger == "any" and not style.name:
            return []
        others = [*self._world] if style.name else [*self._world, *self._banks["any"], *self._banks["maths"]]
        return self._sample(others, count)

    def told(self, style: Style) -> list[tuple[str, str]]:
        """Questions about the wish itself with their answers."""
        words = wish_words(style.language)
        if words is not None and words.ask_wish:
            if style.name:
                return [
                    (ask, answer.format(name=style.name)) for ask in words.ask_name for answer in words.name_answers
                ]
            return [(ask, words.wish_answer.format(wish=style.wish)) for ask in words.ask_wish]
        if style.name:
            answers = [answer.format(name=style.name) for answer in _NAME_ANSWERS]
            return [(ask, answers[2 if ask == "Greet me." else 1 if "Say" in ask else 0]) for ask in _ASK_NAME]
        return [(ask, _restated(style.wish)) for ask in _ASK_WISH]

    def _sample(self, bank: Sequence[str], count: int) -> list[str]:
        return self._random.sample(list(dict.fromkeys(bank)), min(count, len(set(bank))))


def _restated(wish: str) -> str:
    """The wish as the assistant reports it: "You asked me to always answer in one sentence."."""
    text = _LEAD.sub("", wish.strip().rstrip(".!"))
    if permission := _PERMISSION.match(text):
        return finish(f"You told me that I {to_assistant(text[permission.end(1) :].strip(), addressed=True)}")
    told = _NEGATION.sub("not to ", text) if _NEGATION.match(text) else f"to {text[:1].lower()}{text[1:]}"
    return finish(f"You asked me {to_assistant(told, addressed=True)}")
