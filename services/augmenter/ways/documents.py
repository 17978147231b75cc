"""Learning from the user's documents, files and links alike. Knows nothing of their formats."""

import asyncio
import tempfile
from collections.abc import Coroutine, Sequence
from pathlib import Path

from services.augmenter.linguistics.language import guess_language
from services.augmenter.moderation.moderator import Origin
from services.augmenter.progress import Report
from services.augmenter.selection.tally import Tally
from services.augmenter.sources.documents import DocumentSource, ReadDocument
from services.augmenter.strategies.backtranslation.strategy import Backtranslation, Corpus
from services.augmenter.strategies.draft import Draft
from services.augmenter.ways.way import BuildJob, Material
from services.common.errors import InvalidArgument

_LANGUAGE_PASSAGES = 40


class DocumentWay:
    """Reads all documents of a lesson, then chooses from them what is taught. One that cannot be read fails all."""

    def __init__(self, source: DocumentSource, strategy: Backtranslation, most_documents: int) -> None:
        self._source = source
        self._strategy = strategy
        self._most_documents = most_documents

    async def gather(self, job: BuildJob, report: Report) -> Material:
        """Fetch and read the documents; raises InvalidArgument that names the one at fault, or NotFound."""
        count = len(job.files) + len(job.urls)
        if not count:
            raise InvalidArgument("Name at least one file or link to learn from.", field="file_ids")
        if count > self._most_documents:
            raise InvalidArgument(
                f"{count} documents are too many for one lesson; {self._most_documents} are the most.",
                field="file_ids",
            )
        with tempfile.TemporaryDirectory(prefix="lorelei-documents-") as folder:
            read = await self._read(job, Path(folder), report)
        return material_of(read, job.statement)

    async def draft(self, material: Material, seed: int, tally: Tally, report: Report) -> Draft:
        """Questions about the best sentences of the documents."""
        corpus = Corpus(material.documents, material.language, material.wish, Origin.DOCUMENT)
        return await self._strategy.draft(corpus, seed, tally, report)

    async def _read(self, job: BuildJob, folder: Path, report: Report) -> list[ReadDocument]:
        """All documents at once, in the job's order; the first failure ends the others."""
        work = [
            *(self._source.file(job.tenant, job.user, file, folder) for file in job.files),
            *(self._source.page(url, folder) for url in job.urls),
        ]
        done: list[ReadDocument] = []

        async def counted(reading: Coroutine[None, None, ReadDocument]) -> ReadDocument:
            done.append(await reading)
            report(len(done) / len(work), **figures_of(done), documents=len(work))
            return done[-1]

        report(0.0, **figures_of(done), documents=len(work))

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(counted(reading)) for reading in work]
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from failures
        return [task.result() for task in tasks]


def figures_of(read: Sequence[ReadDocument]) -> dict[str, int]:
    """How much was read, to be shown to people."""
    return {
        "documents_read": len(read),
        "pages": sum(one.document.pages for one in read),
        "passages": sum(len(one.document.passages) for one in read),
    }


def material_of(read: Sequence[ReadDocument], wish: str) -> Material:
    """What was read, to be learned as far as it is `wish`ed for."""
    passages = [passage.text for one in read for passage in one.document.passages]
    every = max(1, len(passages) // _LANGUAGE_PASSAGES)
    return Material(
        statement=", ".join(f"“{one.source.title}”" for one in read),
        language=guess_language(" ".join(passages[::every])),
        wish=wish,
        sources=tuple(one.source for one in read),
        documents=tuple(one.document for one in read),
    )
