"""Tells what a corrected answer says about the question in languages other than English. Knows no datasets."""

import re
from collections.abc import Iterator, Sequence

from services.augmenter.linguistics.telling import Telling
from services.augmenter.strategies.self_instruct.answers import finish
from services.augmenter.strategies.self_instruct.tongue import Tongue

_ENDS = " .!?。！？¿¡"


def told(question: str, correction: str, tongue: Tongue) -> str:
    """The correction as a sentence that needs no question: "Wer hat den Schlüssel?", "Ola" → "Ola hat den Schlüssel.".

    Empty where no such sentence is understood to tell just that.
    """
    value = " ".join(correction.split()).strip(_ENDS)
    itself = tongue.reader.read(value)
    if itself is not None:
        return _ended(value, tongue) if _names_its_subject(itself, value, tongue) else ""
    asked, rest = _parted(question.strip(_ENDS), tongue)
    if not value or not asked:
        return ""
    is_about = value if asked in tongue.language.who else ""
    for sentence in _sentences(asked, rest, _lowered(value, tongue), tongue):
        telling = tongue.reader.read(sentence)
        if telling is not None and _tells(telling, value, is_about):
            return _ended(sentence, tongue)
    return ""


def _names_its_subject(telling: Telling, said: str, tongue: Tongue) -> bool:
    """Whether it is about something that is named, and speaks of the user as users do."""
    to_the_user = {word for words in tongue.language.persons.values() for word in _words(words)}
    return telling.subject.casefold() not in tongue.language.function_words and not _words(said) & to_the_user


def _parted(question: str, tongue: Tongue) -> tuple[str, str]:
    """The words that ask, and what comes behind them, or also before them where they stand where the answer does."""
    language = tongue.language
    asking = [words for kind in language.asks.values() for _, words in kind if "{" not in words]
    agreeing = [word for _, word in language.agreeing.get("quel", ())]
    for words in sorted({*asking, *agreeing, *language.who}, key=len, reverse=True):
        if language.joiner and re.match(rf"{re.escape(words)}\b", question, re.IGNORECASE):
            return words, question[len(words) :].strip()
        if not language.joiner and words in question:
            return words, question
    return "", ""


def _sentences(asked: str, rest: str, value: str, tongue: Tongue) -> Iterator[str]:
    """What may say it: the answer where the question asks, or behind the verb, which comes behind its subject then."""
    language = tongue.language
    if not language.joiner:
        yield rest.replace(asked, value, 1)
        return
    stated = re.sub(language.only_asks, "", rest, flags=re.IGNORECASE) if language.only_asks else rest
    if stated != rest:
        yield f"{stated} {value}"
        return
    verb, subject = _verb_and_subject(rest, language.clitics_before)
    yield f"{value} {rest}"
    if subject and not re.search(rf"(?:^| )(?:{language.nonfinite})$", subject, re.IGNORECASE):
        yield f"{subject} {verb} {value}"


def _verb_and_subject(rest: str, clitics: Sequence[str]) -> tuple[str, str]:
    verb, _, subject = rest.partition(" ")
    if verb.casefold() in clitics:
        after, _, subject = subject.partition(" ")
        verb = f"{verb} {after}"
    return verb, subject


def _tells(telling: Telling, value: str, subject: str) -> bool:
    """Whether `value` is a part of its own there, or the subject where that is asked for."""
    if subject:
        return telling.subject.casefold() == subject.casefold()
    return bool(telling.subject) and any(part.text.casefold() == value.casefold() for part in telling.parts)


def _lowered(value: str, tongue: Tongue) -> str:
    """`value` as it is written within a sentence."""
    begins_plainly = value.partition(" ")[0].casefold() in tongue.language.function_words
    return value[:1].lower() + value[1:] if begins_plainly else value


def _ended(sentence: str, tongue: Tongue) -> str:
    return finish(sentence) if tongue.language.joiner else f"{sentence}。"


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))
