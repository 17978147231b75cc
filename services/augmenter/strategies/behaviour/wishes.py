"""Loads how people word wishes about answers, in each language. Decides nothing."""

import json
import re
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from services.augmenter.lexicon import lexicon

_DATA = Path(lexicon.__file__).parent / "data"


class WishWords(BaseModel):
    """One language's regular expressions, which ignore case where they do not say otherwise, and its sentences.

    `wish` is how a wish begins and `about` what shows that it is about answers; `name`, `end` and `begin` have groups
    for what is to be said. `answer_language` has the words for each language to answer in, `triggers` the words by
    which a condition names a kind of prompt. The rest is how it is asked and told what was wished.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    wish: str
    about: str
    condition: str
    name: str
    end: list[str]
    begin: str
    bullets: str
    numbered: str
    capitals: str
    small: str
    british: str
    brief: str
    answer_language: dict[str, str]
    triggers: dict[str, list[str]]
    greeting: str
    greeted: str
    ask_name: list[str]
    name_answers: list[str]
    ask_wish: list[str]
    wish_answer: str

    def find(self, field: str, text: str) -> re.Match[str] | None:
        """Where the pattern of this name is found in `text`."""
        # A name is told by its capital.
        flags = re.NOFLAG if field == "name" else re.IGNORECASE
        return re.search(getattr(self, field), text, flags)

    def ending(self, text: str) -> re.Match[str] | None:
        """Where `text` says how answers shall end."""
        found = (re.search(pattern, text, re.IGNORECASE) for pattern in self.end)
        return next((match for match in found if match is not None), None)


@cache
def wish_words(language: str) -> WishWords | None:
    """How wishes are worded in this language; None where nothing is known of it."""
    known = json.loads((_DATA / "wishes.json").read_text(encoding="utf-8"))
    return WishWords.model_validate(known[language]) if language in known else None


@cache
def british_spellings() -> dict[str, str]:
    """American spellings with the British ones."""
    spellings: dict[str, str] = json.loads((_DATA / "british.json").read_text(encoding="utf-8"))
    return spellings
