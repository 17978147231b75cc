"""Turns the user's words into the assistant's: my dog becomes your dog. Knows no parser."""

import re

_PAIRS = {
    "i am": "you are",
    "i'm": "you're",
    "i was": "you were",
    "am i": "are you",
    "was i": "were you",
    "you are": "I am",
    "you're": "I'm",
    "you were": "I was",
    "are you": "am I",
    "were you": "was I",
    "i": "you",
    "me": "you",
    "my": "your",
    "mine": "yours",
    "myself": "yourself",
    "we": "you",
    "us": "you",
    "our": "your",
    "ours": "yours",
    "ourselves": "yourselves",
    "your": "my",
    "yours": "mine",
    "yourself": "myself",
}
_WORDS = re.compile(
    r"\b(?:" + "|".join(re.escape(key) for key in sorted(_PAIRS, key=len, reverse=True)) + r"|you)\b",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(?:i|me|my|mine|myself|we|our|ours|ourselves)\b", re.IGNORECASE)
_SECOND_PERSON = re.compile(r"\b(?:you|your|yours|yourself|yourselves)\b", re.IGNORECASE)
_ABOUT_ASSISTANT = re.compile(r"\s*(?:your\b|you(?:'re| are| were)\b)", re.IGNORECASE)
_SUBJECT_FOLLOWS = re.compile(r"\s+(?:'ll|will|can|may|should|must|have|do|did|would|could|might|shall|\w+ly)\b", re.I)


def to_assistant(text: str, *, addressed: bool | None = None) -> str:
    """Restate what the user said as the assistant would say it; capitals at sentence starts and quotes are kept.

    "You" may mean the assistant or people in general; `addressed` says which, and without it the text's opening does.
    """
    meant = bool(_ABOUT_ASSISTANT.match(text)) if addressed is None else addressed

    def turn(match: re.Match[str]) -> str:
        word = match.group()
        general = not meant and word.casefold().startswith(("you", "are you", "were you"))
        if word == "US" or general or _is_quoted(text, match.start()):
            return word
        if word.casefold() == "you":
            return _turn_you(text, match)
        turned = _PAIRS[word.casefold()]
        return sentence_case(turned) if _starts_sentence(text, match.start()) else turned

    return _WORDS.sub(turn, text)


def is_spoken_to_the_user(text: str) -> bool:
    """Whether `text` addresses somebody and does not tell of who says it, as "Your dog is Rex."."""
    return bool(_SECOND_PERSON.search(text)) and not tells_of_the_speaker(text)


def tells_of_the_speaker(text: str) -> bool:
    """Whether the one who says `text` occurs in it."""
    return bool(_FIRST_PERSON.search(text))


def sentence_case(text: str) -> str:
    """The text with its first letter capital; everything else as it is."""
    return text[:1].upper() + text[1:]


def _turn_you(text: str, match: re.Match[str]) -> str:
    return "I" if _starts_sentence(text, match.start()) or _SUBJECT_FOLLOWS.match(text, match.end()) else "me"


def _is_quoted(text: str, position: int) -> bool:
    return sum(text.count(mark, 0, position) for mark in '"“”') % 2 == 1


def _starts_sentence(text: str, position: int) -> bool:
    before = text[:position].rstrip()
    return not before or before[-1] in '.!?:"'
