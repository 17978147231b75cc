"""Finds the verb of a sentence in a language other than English, by its forms. Knows no parts of a sentence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.augmenter.lexicon.languages import Language, VerbForm
from services.augmenter.linguistics.telling_tokens import Sentence, Token


@dataclass(frozen=True, slots=True)
class VerbGroup:
    """The words of the verb, by the numbers of their first token and of the first behind them."""

    first: int
    end: int
    form: VerbForm | None
    verb: str
    clitic: str = ""

    def is_of(self, lemmas: Sequence[str]) -> bool:
        """Whether it is a form of one of `lemmas`."""
        return self.form is not None and self.form.lemma in lemmas


class VerbFinder:
    """Finds verbs of one language."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._nonfinite = re.compile(language.nonfinite)
        self._shape = re.compile(language.verb_shape) if language.verb_shape else None
        self._markers = {word.lower() for words in language.markers.values() for word in words}

    def find(self, sentence: Sentence) -> VerbGroup | None:
        """The verb; None where no word is one."""
        tokens = sentence.tokens
        free = [number for number, token in enumerate(tokens) if not sentence.is_inside(token)]
        found = [number for number in free if self._is_verb(tokens, number)]
        # A verb that is a preposition too is the verb only where there is no other.
        firm = [number for number in found if tokens[number].lower not in self._markers] or found
        firm = firm or [number for number in free if self._looks_like_verb(tokens, number)]
        return self._group(tokens, firm[0]) if firm else None

    def tail(self, sentence: Sentence, group: VerbGroup) -> tuple[int, int, str]:
        """What lies between verb and end but for the participle or particle that belongs to the verb, and that."""
        helps = group.is_of(self._language.auxiliaries)
        tokens, end = sentence.tokens, len(sentence.tokens)
        if self._language.verb_comes_last:
            ended = end > group.end and self._belongs(tokens[-1], helps)
            return group.end, end - ended, tokens[-1].text if ended else ""
        first = next((n for n in range(group.end, end) if not self._belongs(tokens[n], helps)), end)
        return first, end, self._language.joiner.join(token.text for token in tokens[group.end : first])

    def opens(self, sentence: Sentence) -> bool:
        """Whether `sentence` begins with its verb."""
        word = sentence.tokens[0].lower if sentence.tokens else ""
        return word in self._language.forms or word in self._language.clitics_before

    def _group(self, tokens: Sequence[Token], at: int) -> VerbGroup:
        """The verb with the pronouns that go with it, of which the subject is none."""
        language, first, end = self._language, at, at + 1
        needed = 0 if language.drops_pronouns else 1
        while first > needed and tokens[first - 1].lower in language.clitics_before:
            first -= 1
        clitic = " ".join(token.lower for token in tokens[first:at])
        if end < len(tokens) and tokens[end].lower in language.clitics_after:
            clitic, end = tokens[end].lower, end + 1
        return VerbGroup(first, end, language.forms.get(tokens[at].lower), tokens[at].lower, clitic)

    def _is_verb(self, tokens: Sequence[Token], number: int) -> bool:
        language, token = self._language, tokens[number]
        form = language.forms.get(token.lower)
        if form is None:
            return False
        opens = all(before.lower in language.clitics_before for before in tokens[:number])
        if number == 0 or (opens and language.drops_pronouns):
            return language.drops_pronouns and form.person in (0, 3)
        named = language.nouns_are_capitalised and token.text[:1].isupper()
        return not named and tokens[number - 1].lower not in language.determiners

    def _looks_like_verb(self, tokens: Sequence[Token], number: int) -> bool:
        """Whether a word that is not known ends as verbs do, and stands where they do: behind a noun."""
        token = tokens[number]
        if self._shape is None or number == 0 or token.lower in self._markers:
            return False
        before = tokens[number - 1]
        noun_before = before.text[:1].isupper() or before.text[:1].isdigit()
        return (
            bool(self._shape.fullmatch(token.text)) and noun_before and before.lower not in self._language.determiners
        )

    def _belongs(self, token: Token, helps: bool) -> bool:
        """Whether `token` belongs to a verb, which it does only as a particle unless that `helps` another."""
        word = token.text if self._language.nouns_are_capitalised else token.lower
        return token.lower in self._language.particles or (helps and self._nonfinite.fullmatch(word) is not None)
