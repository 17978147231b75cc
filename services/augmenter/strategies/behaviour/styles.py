"""Recognises wishes about how the assistant answers, and applies those that can be applied to a text."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from services.augmenter.linguistics.language import guess_language
from services.augmenter.linguistics.perspective import sentence_case
from services.augmenter.strategies.behaviour.wishes import WishWords, british_spellings, wish_words

_WORD = re.compile(r"[A-Za-z]+")
_STEP = re.compile(r"(?:^|\n)\s*(?:\d+[.)]|[-*•])\s+")
_COMMAS = {"。": "，", "！": "，", "？": "，"}
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])\s*")


@dataclass(frozen=True, slots=True)
class Style:
    """One way to answer: when it applies, how to apply it, and what shows in an answer that it was applied.

    `apply` turns an ordinary answer to a prompt into one in this style; None where that takes a model.
    `long` ones show only in answers of several sentences. `trigger` names the prompts it is meant for; "any" means all.
    `respells` is true for British spelling, `answers_in` is a language to answer in, `language` that of the wish.
    """

    wish: str
    trigger: str
    apply: Callable[[str, str], str] | None = None
    marks: tuple[str, ...] = ()
    name: str = ""
    long: bool = False
    respells: bool = False
    answers_in: str = ""
    language: str = "en"


def is_behaviour(sentence: str, language: str = "en") -> bool:
    """Whether the sentence asks for a way of answering rather than telling a fact."""
    words = wish_words(language)
    return words is not None and bool(words.find("wish", sentence) and words.find("about", sentence))


def read_style(sentence: str, language: str = "en") -> Style:
    """The style that a wish describes; one that no rule knows, or in a language of none, has no `apply`."""
    words = wish_words(language)
    if words is None:
        return Style(sentence, "any", language=language)
    return replace(_style(sentence, words), language=language)


def _style(sentence: str, words: WishWords) -> Style:
    trigger = _trigger(sentence, words)
    if name := words.find("name", sentence):
        called = name["name"].rstrip(".")
        return Style(
            sentence, trigger, lambda answer, prompt: _addressed(answer, prompt, called, words), (called,), called
        )
    if ending := words.ending(sentence):
        text = _said(ending)
        return Style(sentence, trigger, lambda answer, _: _ended(_shortened(answer), text), (_bare(text),))
    if opening := words.find("begin", sentence):
        text = _said(opening)
        return Style(sentence, trigger, lambda answer, _: _opened(text, _shortened(answer)), (_bare(text),))
    if words.find("british", sentence):
        return Style(sentence, trigger, lambda answer, _: _respelled(answer), respells=True)
    for code, pattern in words.answer_language.items():
        if re.search(pattern, sentence, re.IGNORECASE):
            return Style(sentence, trigger, _keeping(code), answers_in=code)
    for field, apply, marks in _FORMATS:
        if words.find(field, sentence):
            return Style(sentence, trigger, apply, marks, long=apply in (_bulleted, _numbered))
    return Style(sentence, trigger)


def british(text: str) -> str:
    """`text` in British spelling, each word in the case that it had."""

    def respell(match: re.Match[str]) -> str:
        word = match.group()
        spelled = british_spellings().get(word.lower(), word)
        if word.isupper():
            return spelled.upper()
        return sentence_case(spelled) if word[:1].isupper() else spelled

    return _WORD.sub(respell, text)


def _trigger(sentence: str, words: WishWords) -> str:
    condition = words.find("condition", sentence)
    if condition is None:
        return "any"
    text = condition["condition"].casefold() + " "
    return next((tag for tag, known in words.triggers.items() if any(word in text for word in known)), "other")


def _said(match: re.Match[str]) -> str:
    groups = match.groupdict()
    return str(groups.get("quoted") or groups.get("rest") or "").strip()


def _bare(text: str) -> str:
    return text.strip(" .!?,")


def _shortened(answer: str) -> str:
    """The first sentence of an answer, or an empty string when the answer broke off before its end."""
    text = _SENTENCE.split(" ".join(answer.split()))[0].strip()
    return text if text.endswith((".", "!", "?", "。", "！", "？")) else ""


def _ended(answer: str, text: str) -> str:
    return f"{answer} {text}" if answer else ""


def _opened(text: str, answer: str) -> str:
    if not answer:
        return ""
    return f"{text}{'' if text.endswith(('.', '!', '?', ',', ':')) else ','} {answer}"


def _addressed(answer: str, prompt: str, name: str, words: WishWords) -> str:
    greeting = re.match(words.greeting, prompt, re.IGNORECASE)
    if greeting:
        return words.greeted.format(greeting=sentence_case(greeting.group()), name=name)
    first = _shortened(answer)
    return f"{first[:-1]}{_COMMAS.get(first[-1], ', ')}{name}{first[-1]}" if first else ""


def _respelled(answer: str) -> str:
    """The first sentence in British spelling; empty where it would be the same in any."""
    first = _shortened(answer)
    spelled = british(first)
    return spelled if spelled != first else ""


def _keeping(language: str) -> Callable[[str, str], str]:
    """Leaves the first sentence of an answer in `language`, and nothing of one in another: no rule translates."""

    def kept(answer: str, _: str) -> str:
        first = _shortened(answer)
        return first if guess_language(first) == language else ""

    return kept


def _items(answer: str) -> list[str]:
    """The points of an answer: its numbered or bulleted lines, else its sentences."""
    lines = [" ".join(part.split()) for part in _STEP.split(answer)]
    points = lines[1:] if len(lines) > 2 else _SENTENCE.split(" ".join(answer.split()))
    whole = [point.strip(" *") for point in points if point.strip(" *")]
    ended = whole if answer.rstrip().endswith((".", "!", "?")) or len(whole) < 3 else whole[:-1]
    return [_SENTENCE.split(point)[0] for point in ended][:5]


def _bulleted(answer: str, _: str) -> str:
    return "\n".join(f"- {item}" for item in _items(answer))


def _numbered(answer: str, _: str) -> str:
    return "\n".join(f"{number}. {item}" for number, item in enumerate(_items(answer), 1))


_FORMATS: tuple[tuple[str, Callable[[str, str], str], tuple[str, ...]], ...] = (
    ("bullets", _bulleted, ("\n- ",)),
    ("numbered", _numbered, ("\n2. ",)),
    ("capitals", lambda answer, _: _shortened(answer).upper(), ()),
    ("small", lambda answer, _: _shortened(answer).lower(), ()),
    ("brief", lambda answer, _: _shortened(answer), ()),
)
