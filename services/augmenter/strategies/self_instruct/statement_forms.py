"""Asks for a whole statement by its topic, where nothing finer was understood; works in any language."""

import re
from collections.abc import Iterator, Sequence

from services.augmenter.lexicon import Lexicon
from services.augmenter.linguistics.keys import answer_keys, content_words
from services.augmenter.linguistics.perspective import to_assistant
from services.augmenter.strategies.self_instruct.answers import finish
from services.augmenter.strategies.self_instruct.forms import Form, Variety
from services.augmenter.strategies.self_instruct.topic_forms import Topic, TopicForms

_TOPICS = 3
_MAX_OPENINGS = 6
_SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s+")


class StatementForms:
    """Forms built from a statement's own words."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._topics = TopicForms(lexicon)

    def forms(self, text: str, language: str, name: str, topics: Sequence[str] = ()) -> Iterator[Form]:
        """Topic questions and openings to complete; in other languages than English only the statement's own words."""
        english = language == "en"
        answer = finish(to_assistant(text) if english else text)
        part = f"{name}.topic"
        for number, topic in enumerate(topics[:_TOPICS] or _topics(text)):
            keys = tuple(answer_keys(text, topic, self._lexicon))
            if english:
                yield from self._topics.forms([Topic(topic)], self._topics.all_kinds(), answer, keys, f"{part}{number}")
            else:
                yield Form(f"{part}:t{number}", part, Variety.TOPIC, f"{topic}?", answer, keys)
        for number, opening in enumerate(_openings(text)[: 1 if english else _MAX_OPENINGS]):
            question = f'Complete the sentence: "{opening} ..."' if english else f"{opening} …"
            keys = tuple(answer_keys(text[len(opening) :], question, self._lexicon))
            variety = Variety.CLOZE if english else Variety.DIRECT
            yield Form(f"{part}:opening{number}", part, variety, question, answer, keys)


def split_sentences(text: str) -> list[str]:
    """Sentences by punctuation alone."""
    return [sentence.strip() for sentence in _SENTENCE_END.split(text) if sentence.strip()]


def _topics(text: str) -> list[str]:
    """Up to three telling words or runs of capitalised words of `text`, in order."""
    words = content_words(text)
    runs: list[str] = []
    for word in words:
        if runs and word[:1].isupper() and runs[-1].split()[-1][:1].isupper() and f"{runs[-1]} {word}" in text:
            runs[-1] = f"{runs[-1]} {word}"
        else:
            runs.append(word)
    ranked = sorted(runs, key=lambda run: (not run[:1].isupper(), -len(run)))[:_TOPICS]
    return [run for run in runs if run in ranked]


def _openings(text: str) -> list[str]:
    """Beginnings of the text, the half of it first, then shorter and longer ones."""
    words = text.rstrip(".!?").split()
    middle = (len(words) + 1) // 2
    lengths = sorted(range(2, len(words)), key=lambda length: abs(length - middle))
    return [" ".join(words[:length]) for length in lengths] if len(words) > 3 else []
