"""Recognises wishes about how the assistant answers, and applies those that can be applied to a text."""

import re
from collections.abc import Callable
from dataclasses import dataclass

_QUOTED = r"[\"'“‘«]\s*(?P<quoted>.+?)\s*[\"'”’»](?!\w)"
_REST = r"(?:the (?:words?|phrase|sentence) )?(?P<rest>[^,.!?]+[.!?]?)"
_ANSWERS = r"(?:answers?|repl(?:y|ies)|responses?|messages?|sentences?|texts?|everything|conversations?|emails?)"
_SAID = rf"(?:with|by saying|by|saying|using)\s+(?:{_QUOTED}|{_REST})"
_END = re.compile(rf"\b(?:end|finish|close|conclude|sign off|sign)\b.{{0,40}}?\b{_SAID}", re.IGNORECASE)
_ADD = re.compile(rf"\b(?:add|append|put|say|write)\s+{_QUOTED}.{{0,30}}\b(?:end|after)\b", re.IGNORECASE)
_BEGIN = re.compile(rf"\b(?:start|begin|open)\b.{{0,40}}?\b{_SAID}", re.IGNORECASE)
_NAME = re.compile(
    r"\b(?i:call me(?: by the name)?|address me as|refer to me as)\s+[\"'“]?"
    r"(?P<name>[A-Z][\w.-]*(?: [A-Z][\w.-]*)*)[\"'”]?"
)
_BULLETS = re.compile(r"\bbullet(?:ed|s|-point)?\b|\bbullet points?\b", re.IGNORECASE)
_NUMBERED = re.compile(r"\bnumbered (?:list|points|steps)\b|\bnumber the\b", re.IGNORECASE)
_CAPITALS = re.compile(r"\b(?:all caps|capital letters|upper ?case|capitals)\b", re.IGNORECASE)
_SMALL = re.compile(r"\blower ?case\b|\bno capital letters\b", re.IGNORECASE)
_BRIEF = re.compile(
    r"\b(?:one|a single|a short|a|one short|only one) sentence\b|\bbriefly\b|\b(?:brief|concise|short)\b", re.IGNORECASE
)
_WISH = re.compile(
    r"^(?:please\s+)?(?:from now on,?\s+|in (?:the )?future,?\s+)?(?:please\s+)?(?:always|never|do not|don't|only|you "
    r"(?:may|should|must|can|will|have to)|i (?:want|would like|'d like|prefer) (?:you to|that you|it (?:if|when) you)|"
    r"(?:answer|reply|respond|speak|talk|write|end|start|begin|finish|call|address|use|keep|avoid|be|greet|sign|refer|add"
    r"|explain|give|include|translate|stop)\b)",
    re.IGNORECASE,
)
_ABOUT_ANSWERING = re.compile(
    rf"\b(?:{_ANSWERS}|answer|reply|respond|speak|talk|call me|address me|refer to me|greet me"
    r"|(?:when(?:ever)?|if) i (?:ask|say|write|want|greet|tell)|bullet\w*|emojis?|politely|formal\w*"
    r"|brief\w*|concise\w*)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"\b(?:when(?:ever)?|if|every time|each time)\s+i\s+(?P<condition>[^,.]+)", re.IGNORECASE)
_TRIGGERS = {
    "steps": ("step", "instruction", "how to", "how do", "procedure", "guide", "tutorial"),
    "code": ("code", "program", "function", "script", "python"),
    "explanation": ("explain", "explanation", "why"),
    "recommendation": ("recommend", "suggest", "advice", "idea"),
    "story": ("story", "stories", "tale"),
    "list": ("list", "name some", "examples"),
    "maths": ("math", "calculat", "sum", "number"),
    "translation": ("translat", "language"),
    "greeting": ("greet", "hello", "hi ", "good morning"),
}
_STEP = re.compile(r"(?:^|\n)\s*(?:\d+[.)]|[-*•])\s+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Style:
    """One way to answer: when it applies, how to apply it, and what shows in an answer that it was applied.

    `apply` turns an ordinary answer to a prompt into one in this style; None where that takes a model.
    `long` ones show only in answers of several sentences. `trigger` names the prompts it is meant for; "any" means all.
    """

    wish: str
    trigger: str
    apply: Callable[[str, str], str] | None = None
    marks: tuple[str, ...] = ()
    name: str = ""
    long: bool = False


def is_behaviour(sentence: str) -> bool:
    """Whether the sentence asks for a way of answering rather than telling a fact."""
    return bool(_WISH.search(sentence) and _ABOUT_ANSWERING.search(sentence))


def read_style(sentence: str) -> Style:
    """The style that a wish describes; one that no rule knows has no `apply`."""
    trigger = _trigger(sentence)
    if name := _NAME.search(sentence):
        called = name["name"].rstrip(".")
        return Style(sentence, trigger, lambda answer, prompt: _addressed(answer, prompt, called), (called,), called)
    if ending := _END.search(sentence) or _ADD.search(sentence):
        text = _said(ending)
        return Style(sentence, trigger, lambda answer, _: _ended(_shortened(answer), text), (_bare(text),))
    if opening := _BEGIN.search(sentence):
        text = _said(opening)
        return Style(sentence, trigger, lambda answer, _: _opened(text, _shortened(answer)), (_bare(text),))
    for pattern, apply, marks in _FORMATS:
        if pattern.search(sentence):
            return Style(sentence, trigger, apply, marks, long=apply in (_bulleted, _numbered))
    return Style(sentence, trigger)


def _trigger(sentence: str) -> str:
    condition = _CONDITION.search(sentence)
    if condition is None:
        return "any"
    text = condition["condition"].casefold() + " "
    return next((tag for tag, words in _TRIGGERS.items() if any(word in text for word in words)), "other")


def _said(match: re.Match[str]) -> str:
    groups = match.groupdict()
    return str(groups.get("quoted") or groups.get("rest") or "").strip()


def _bare(text: str) -> str:
    return text.strip(" .!?,")


def _shortened(answer: str) -> str:
    """The first sentence of an answer, or an empty string when the answer broke off before its end."""
    text = _SENTENCE.split(" ".join(answer.split()))[0].strip()
    return text if text.endswith((".", "!", "?")) else ""


def _ended(answer: str, text: str) -> str:
    return f"{answer} {text}" if answer else ""


def _opened(text: str, answer: str) -> str:
    if not answer:
        return ""
    return f"{text}{'' if text.endswith(('.', '!', '?', ',', ':')) else ','} {answer}"


def _addressed(answer: str, prompt: str, name: str) -> str:
    greeting = re.match(r"(?:hello|hi|hey|good \w+)\b", prompt, re.IGNORECASE)
    if greeting:
        return f"{greeting.group().capitalize()}, {name}! How can I help you today?"
    first = _shortened(answer)
    return f"{first[:-1]}, {name}{first[-1]}" if first else ""


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


_FORMATS: tuple[tuple[re.Pattern[str], Callable[[str, str], str], tuple[str, ...]], ...] = (
    (_BULLETS, _bulleted, ("\n- ",)),
    (_NUMBERED, _numbered, ("\n2. ",)),
    (_CAPITALS, lambda answer, _: _shortened(answer).upper(), ()),
    (_SMALL, lambda answer, _: _shortened(answer).lower(), ()),
    (_BRIEF, lambda answer, _: _shortened(answer), ()),
)
