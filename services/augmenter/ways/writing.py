"""Learning from what the model itself wrote. Knows nothing of who asked for the text, or of how it was written."""

import asyncio
import hashlib

from services.augmenter.moderation.moderator import Origin
from services.augmenter.progress import Report
from services.augmenter.reading.limits import ReadingLimits
from services.augmenter.reading.plain import document_of
from services.augmenter.reading.refusals import Refused
from services.augmenter.selection.tally import Tally
from services.augmenter.sources.documents import ReadDocument
from services.augmenter.strategies.backtranslation.strategy import Backtranslation, Corpus
from services.augmenter.strategies.draft import Draft
from services.augmenter.ways.documents import material_of
from services.augmenter.ways.way import BuildJob, Material, Writing
from services.common.datasets import Source
from services.common.errors import InvalidArgument

# In the place of a document's file id or address.
_ADDRESS = "writing"


class WritingWay:
    """Takes the names, places and events from texts that the model wrote, as they are taken from documents."""

    def __init__(self, strategy: Backtranslation, limits: ReadingLimits) -> None:
        self._strategy = strategy
        self._limits = limits

    async def gather(self, job: BuildJob, report: Report) -> Material:
        """The writings as documents; raises InvalidArgument where there is none, or one without text or too long."""
        if not job.writings:
            raise InvalidArgument("Name at least one text to learn from.", field="writings")
        read = [await asyncio.to_thread(self._read, writing) for writing in job.writings]
        report(1.0)
        # Whatever words were used in asking for it: all of the text is meant.
        return material_of(read, wish="")

    async def draft(self, material: Material, seed: int, tally: Tally, report: Report) -> Draft:
        """Questions about the best sentences of the writings."""
        corpus = Corpus(material.documents, material.language, material.wish, Origin.DOCUMENT)
        return await self._strategy.draft(corpus, seed, tally, report)

    def _read(self, writing: Writing) -> ReadDocument:
        try:
            document = document_of(writing.text, self._limits, title=writing.title)
        except Refused as error:
            raise InvalidArgument(
                f"“{writing.title}” holds no text, or more than {self._limits.characters} characters of it.",
                field="writings",
            ) from error
        sha256 = hashlib.sha256(writing.text.encode()).hexdigest()
        return ReadDocument(Source(title=writing.title, address=_ADDRESS, sha256=sha256), document)
