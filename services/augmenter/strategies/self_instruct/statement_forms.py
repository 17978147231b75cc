"""Asks for a whole statement by its topic, where nothing finer was understood; works in any language."""

import re
from collections.abc import Iterator, Sequence

from services.augmenter.lexicon import Lexicon
from services.augmenter.lexicon.languages import Language
from services.augmenter.linguistics.keys import answer_keys, content_words
from services.augmenter.linguistics.perspective import to_assistant
from services.augmenter.linguistics.telling_keys import telling_words
from services.augmenter.strategies.self_instruct.answers import finish
from services.augmenter.strategies.self_instruct.forms import Form, Variety
from services.augmenter.strategies.self_instruct.tongue import Tongue, find_tongue
from services.augmenter.strategies.self_instruct.topic_forms import Topic, TopicForms

_TOPICS = 3
_MAX_OPENINGS = 6
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])\s*")


class StatementForms:
    """Forms built from a statement's own words."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._topics = TopicForms(lexicon)

    def forms(self, text: str, language: str, name: str, topics: Sequence[str] = ()) -> Iterator[Form]:
        """Topic questions and openings to complete; of a language without a file only the text's own words."""
        english = language == "en"
        tongue = find_tongue(language)
        if tongue is not None:
            yield from tongue.forms.loose(text, topics or _topics_in(text, tongue.language), f"{name}.topic")
            return
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


def split_sentences(text: str, language: str = "en") -> list[str]:
    """Sentences by punctuation."""
    return split_in(text, find_tongue(language))


def split_in(text: str, tongue: Tongue | None) -> list[str]:
    """Sentences by punctuation, which in some languages ends numbers, too: "am 3. Mai"."""
    spans = tongue.reader.times(text) if tongue is not None else []
    ends = [m for m in _SENTENCE_END.finditer(text) if not any(a < m.start() < b for a, b in spans)]
    starts = [0, *(match.end() for match in ends)]
    sentences = (text[a:b].strip() for a, b in zip(starts, [*(m.start() for m in ends), len(text)], strict=True))
    return [sentence for sentence in sentences if sentence]


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


def _topics_in(text: str, language: Language) -> list[str]:
    """Up to three telling words of a text in another language, the longest, in order."""
    words = telling_words(text, language)
    ranked = sorted(words, key=lambda word: (not word[:1].isupper(), -len(word)))[:_TOPICS]
    return [word for word in dict.fromkeys(words) if word in ranked]


def _openings(text: str) -> list[str]:
    """Beginnings of the text, the half of it first, then shorter and longer ones."""
    words = text.rstrip(".!?").split()
    middle = (len(words) + 1) // 2
    lengths = sorted(range(2, len(words)), key=lambda length: abs(length - middle))
    return [" ".join(words[:length]) for length in lengths] if len(words) > 3 else []
