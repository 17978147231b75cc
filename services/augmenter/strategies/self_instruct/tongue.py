"""Everything that teaching in one language other than English takes, made once. Knows no one language."""

from dataclasses import dataclass
from functools import cache

from services.augmenter.lexicon.languages import Language, find_language
from services.augmenter.linguistics.telling import Part, Telling
from services.augmenter.linguistics.telling_keys import taught_words
from services.augmenter.linguistics.telling_reader import TellingReader
from services.augmenter.linguistics.wording import Wording
from services.augmenter.strategies.self_instruct.telling_forms import TellingForms


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language with its reader and writers."""

    language: Language
    reader: TellingReader
    wording: Wording
    forms: TellingForms

    def taught(self, content: Telling | str) -> list[str]:
        """The words that only a lesson with this content can have taught."""
        if isinstance(content, Telling):
            return taught_words(content.parts, content.subject, self.language)
        return taught_words([Part("", content)], "", self.language)


@cache
def find_tongue(code: str) -> Tongue | None:
    """What is needed for the language `code`; None for English and for languages that nothing is known of."""
    language = find_language(code)
    if language is None:
        return None
    return Tongue(language, TellingReader(language), Wording(language), TellingForms(language))
