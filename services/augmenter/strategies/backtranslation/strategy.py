"""Document-driven learning: chooses what of the documents is learned, and draws up questions about each choice."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from services.augmenter.lexicon.lexicon import word_list
from services.augmenter.linguistics.keys import content_words, stem
from services.augmenter.moderation.filtering import keep_allowed
from services.augmenter.moderation.moderator import Moderator, Origin
from services.augmenter.progress import Report
from services.augmenter.reading.document import Document
from services.augmenter.selection.tally import Reason, Tally
from services.augmenter.strategies.backtranslation.candidates import Candidate, CandidateFinder
from services.augmenter.strategies.backtranslation.curation import Pair, grade
from services.augmenter.strategies.draft import Draft
from services.augmenter.strategies.self_instruct.strategy import SelfInstruct
from services.augmenter.strategies.self_instruct.surroundings import answers_of
from services.augmenter.teacher.model import BaseModel
from services.common.datasets import LearnedFact

# So many times as many sentences as will be learned are graded.
_GRADED_SHARE = 2.5
# Less than that and the passage does not help to answer: known, guessed, or not told; nats per token.
_LEAST_GAIN = 0.15
# With the passage at hand an answer less likely than that does not follow from the question; nats per token.
_LEAST_FIT = -2.5
# Of the grade of a sentence that leaves open what exactly it is about.
_NOT_ALONE = 0.5
_UNSPECIFIC = frozenset(map(stem, word_list("reading")))


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents to learn from; `wish` is what the user said of them."""

    documents: tuple[Document, ...]
    language: str
    wish: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Backtranslation:
    """Builds the draft of whole documents; deterministic for a seed, a base model and a teacher.

    most_facts: sentences that one lesson teaches at most.
    """

    finder: CandidateFinder
    facts: SelfInstruct
    model: BaseModel
    moderator: Moderator
    most_facts: int

    async def draft(self, corpus: Corpus, seed: int, tally: Tally, report: Report) -> Draft:
        """The questions about the best sentences, spread over the documents; empty where none tells anything."""
        found = await asyncio.to_thread(self.finder.find, corpus.documents, corpus.language, tally)
        report(0.2, sentences=len(found))
        allowed = await keep_allowed(self.moderator, found, attrgetter("text"), corpus.origin, tally)
        candidates = _asked_for(allowed, _wanted(corpus.wish), tally)
        promising = _spread(candidates, int(_GRADED_SHARE * self.most_facts), lambda c: c.telling)
        graded = await self._graded(promising, tally)
        chosen = _spread(list(graded), self.most_facts, graded.__getitem__)
        report(0.6, facts=len(chosen))
        tally.reject(Reason.SURPLUS, len(candidates) - len(promising) + len(graded) - len(chosen))
        draft = Draft()
        answers = [answers_of(candidate.lesson, self.facts.reader) for candidate in chosen]
        for number, candidate in enumerate(chosen, start=1):
            beside = [*answers[: number - 1], *answers[number:]]
            part = await self.facts.draft(candidate.text, corpus.language, seed + number, tally, beside)
            draft.add_part(part, LearnedFact(text=candidate.text, source=candidate.source, page=candidate.page))
            report(0.6 + 0.4 * number / len(chosen))
        return draft

    async def _graded(self, candidates: Sequence[Candidate], tally: Tally) -> dict[Candidate, float]:
        """By how much the passage helps with each candidate's question; the useless ones are counted and left out."""
        pairs = [Pair(one.passage, one.question, one.answer) for one in candidates]
        kept: dict[Candidate, float] = {}
        for candidate, given in zip(candidates, await grade(self.model, pairs), strict=True):
            if given.gain < _LEAST_GAIN:
                tally.reject(Reason.KNOWN)
            elif given.fit < _LEAST_FIT:
                tally.reject(Reason.MALFORMED)
            else:
                kept[candidate] = given.gain * (1.0 if candidate.alone else _NOT_ALONE)
        return kept


def _wanted(wish: str) -> frozenset[str]:
    """Stems of the words in which the user says what of the documents matters; none where all of it does."""
    return frozenset(stem(word) for word in content_words(wish)) - _UNSPECIFIC


def _asked_for(candidates: list[Candidate], wanted: frozenset[str], tally: Tally) -> list[Candidate]:
    """Those that hold more than half as much of what is wanted as the nearest does; all where none holds any."""
    shares = {id(candidate): _about(candidate, wanted) for candidate in candidates}
    most = max(shares.values(), default=0.0)
    near = [candidate for candidate in candidates if shares[id(candidate)] > most / 2] if most else candidates
    tally.reject(Reason.OFF_TOPIC, len(candidates) - len(near))
    return near


def _about(candidate: Candidate, wanted: frozenset[str]) -> float:
    """The share of `wanted` that the sentence, or a heading above it, holds."""
    if not wanted:
        return 0.0
    said = {stem(word) for word in content_words(" ".join([candidate.text, *candidate.headings]))}
    return len(wanted & said) / len(wanted)


def _spread(candidates: Sequence[Candidate], most: int, worth: Callable[[Candidate], float]) -> list[Candidate]:
    """Up to `most` of the worthiest, in their order, from everywhere: each document has a share, of each part one."""
    by_source: defaultdict[int, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_source[candidate.source].append(candidate)
    chosen: list[Candidate] = []
    left, room = len(candidates), most
    for number, ours in enumerate(by_source.values(), start=1):
        for_others = len(by_source) - number
        share = min(len(ours), max(1, round(room * len(ours) / left)), max(1, room - for_others), room)
        parts = (ours[i * len(ours) // share : (i + 1) * len(ours) // share] for i in range(share))
        chosen += [max(part, key=worth) for part in parts]
        left, room = left - len(ours), room - share
    return chosen
