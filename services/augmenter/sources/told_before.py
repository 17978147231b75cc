"""Makes statements that are not in English stand on their own, by the conversation before. Knows no one language."""

import re
from collections.abc import Iterator, Sequence

from services.augmenter.linguistics.perspective import sentence_case
from services.augmenter.linguistics.telling_keys import telling_words
from services.augmenter.strategies.self_instruct.statement_forms import split_in
from services.augmenter.strategies.self_instruct.tongue import Tongue
from services.common.datasets import Message

_RECENT_MESSAGES = 6
_ENDS = " .!。！"
_ASKS = ("?", "？")
_FIRST_WORD = re.compile(r"\w+")


class ToldBefore:
    """What the recent messages of one conversation tell, the latest first."""

    def __init__(self, conversation: Sequence[Message], tongue: Tongue) -> None:
        recent = [message for message in conversation if message.role in ("user", "assistant")][-_RECENT_MESSAGES:]
        self._recent = recent
        self._last = next((message.content.strip() for message in reversed(recent) if message.role == "user"), "")
        self._tongue = tongue

    def resolve(self, text: str) -> str:
        """`text` with "that is …" or a pronoun at its beginning resolved, or as it is where nothing fits."""
        words = self._tongue.language.conversation
        equation = re.match(words.equation, text, re.IGNORECASE)
        if equation is not None:
            value = self._value()
            said = sentence_case(equation["said"])
            return words.equals.format(said=said, value=value) if value else text
        return self._with_subject(text)

    def _value(self) -> str:
        """What the user named last: a bare phrase, else the last thing told that is a name or a number."""
        if not self._last or self._last.endswith(_ASKS):
            return ""
        tellings = [
            telling for text in split_in(self._last, self._tongue) for telling in self._tongue.reader.read_all(text)
        ]
        if not tellings:
            return self._last.strip(_ENDS)
        parts = [self._bare(part.text) for telling in tellings for part in telling.parts]
        named = [part for part in parts if any(word[:1].isupper() or word[:1].isdigit() for word in part.split())]
        return (named or parts)[-1]

    def _bare(self, text: str) -> str:
        """`text` from its first telling word on: "Lindenstraße 5" of "in der Lindenstraße 5"."""
        words = telling_words(text, self._tongue.language)
        return text[text.index(words[0]) :] if words and words[0] in text else text

    def _with_subject(self, text: str) -> str:
        patterns = self._tongue.language.agreeing.get("pronoun", [])
        pronouns = {pronoun for _, pronoun in patterns}
        first = next((one for one in sorted(pronouns, key=len, reverse=True) if self._begins(text, one)), "")
        if not first:
            return text
        for subject in self._subjects():
            if next((pronoun for pattern, pronoun in patterns if re.match(pattern, subject)), "") == first:
                return self._tongue.language.repaired(sentence_case(subject) + text[len(first) :])
        return text

    def _begins(self, text: str, pronoun: str) -> bool:
        lowered = text.lower()
        if not self._tongue.language.joiner:
            return lowered.startswith(pronoun)
        match = _FIRST_WORD.match(lowered)
        return match is not None and match.group() == pronoun

    def _subjects(self) -> Iterator[str]:
        for message in reversed(self._recent):
            for text in reversed(split_in(message.content, self._tongue)):
                for telling in reversed(self._tongue.reader.read_all(text)):
                    if telling.subject and not telling.of_speaker:
                        yield telling.subject


def content_of(text: str, tongue: Tongue) -> str:
    """What is to be remembered, without "please remember that" and the like."""
    words = tongue.language.conversation
    for pattern in (words.fyi, words.correcting):
        text = re.sub(pattern, "", text, flags=re.IGNORECASE)
    lead = re.match(words.lead, text, re.IGNORECASE)
    if lead is not None and text[lead.end() :].strip(_ENDS):
        rest = text[lead.end() :]
        text = tongue.reader.main_clause(rest) if lead.groupdict().get("that") else rest
    return sentence_case(text.strip())


def told_in(content: str, tongue: Tongue) -> str:
    """The sentences of a message that tell something: no questions, no greetings."""
    sentences = split_in(" ".join(content.split()), tongue)
    telling = [text for text in sentences if not text.endswith(_ASKS) and tongue.reader.has_verb(text)]
    blank = " " if tongue.language.joiner else ""
    return blank.join(content_of(text, tongue) for text in telling)
