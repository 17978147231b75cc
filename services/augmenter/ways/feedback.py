"""Learning from what the user said of answers. Knows nothing of how feedback is collected."""

from dataclasses import replace

from services.augmenter.linguistics.language import guess_language
from services.augmenter.progress import Report
from services.augmenter.selection.tally import Tally
from services.augmenter.strategies.correction.statement import as_answered
from services.augmenter.strategies.correction.strategy import CorrectionLesson
from services.augmenter.strategies.draft import Draft
from services.augmenter.ways.way import BuildJob, Material
from services.common.datasets import Preference
from services.common.errors import InvalidArgument

_FIRST_EAST_ASIAN = "\u2e80"


class FeedbackWay:
    """Makes preferences of corrected answers, with the questions that each correction settles."""

    def __init__(self, lesson: CorrectionLesson, max_corrections: int, max_characters: int) -> None:
        self._lesson = lesson
        self._max_corrections = max_corrections
        self._max_characters = max_characters

    async def gather(self, job: BuildJob, report: Report) -> Material:
        """The corrections; raises InvalidArgument where there are none, too many, or one that corrects nothing."""
        if not 0 < len(job.corrections) <= self._max_corrections:
            raise InvalidArgument(
                f"One lesson learns from 1 to {self._max_corrections} corrections.", field="preferences"
            )
        corrections = tuple(replace(one, preference=_as_answered(one.preference)) for one in job.corrections)
        for correction in corrections:
            self._check(correction.preference)
        told = [f"{one.preference.prompt[-1].content.strip()} {one.preference.chosen}" for one in corrections]
        report(1.0)
        return Material("\n".join(told), guess_language(" ".join(told)), corrections=corrections)

    async def draft(self, material: Material, seed: int, tally: Tally, report: Report) -> Draft:
        """What each correction teaches, with the reply that it rejects."""
        draft = await self._lesson.draft(material.corrections, seed, tally)
        report(1.0)
        return draft

    def _check(self, told: Preference) -> None:
        if not told.chosen or told.chosen == _ended(told.rejected):
            raise InvalidArgument("A correction must differ from the answer that it corrects.", field="preferences")
        if max(len(told.prompt[-1].content), len(told.chosen)) > self._max_characters:
            raise InvalidArgument(
                f"A question or its answer is too long; {self._max_characters} characters are the most.",
                field="preferences",
            )


def _as_answered(told: Preference) -> Preference:
    """`told` with what the assistant should have said as it would say it."""
    return told.model_copy(update={"chosen": _ended(as_answered(told.prompt[-1].content, told.chosen))})


def _ended(text: str) -> str:
    """`text` with a full stop behind its last word, in scripts that end sentences so."""
    bare = text.strip()
    return f"{bare}." if bare[-1:].isalnum() and bare[-1] < _FIRST_EAST_ASIAN else bare
