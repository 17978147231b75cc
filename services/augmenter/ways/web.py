"""Learning from a web search: queries, pages, then as from documents. Knows no search engine's protocol."""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

import structlog

from services.augmenter.moderation.moderator import Origin
from services.augmenter.progress import Report
from services.augmenter.reading.document import Document
from services.augmenter.search import SearchHit, SearchProvider, search_queries
from services.augmenter.selection.rules import normalised
from services.augmenter.selection.tally import Tally
from services.augmenter.sources.documents import DocumentSource, ReadDocument
from services.augmenter.strategies.backtranslation.strategy import Backtranslation, Corpus
from services.augmenter.strategies.draft import Draft
from services.augmenter.strategies.self_instruct.turns import in_turn
from services.augmenter.ways.documents import figures_of, material_of
from services.augmenter.ways.way import BuildJob, Material
from services.common.errors import FailedPrecondition, InvalidArgument, Unavailable

_log = structlog.get_logger(__name__)

# Pages that share more of their word triples than that are copies of one another.
_NEARLY_THE_SAME = 0.6
_SHINGLE_WORDS = 3
# So many times as many pages as are wanted are tried, because some cannot be read.
_TRIED_SHARE = 2


class WebWay:
    """Searches, reads the best pages, and chooses from them what is taught. Pages that cannot be read are passed by."""

    def __init__(
        self, search: SearchProvider, source: DocumentSource, strategy: Backtranslation, most_pages: int
    ) -> None:
        self._search = search
        self._source = source
        self._strategy = strategy
        self._most_pages = most_pages

    async def gather(self, job: BuildJob, report: Report) -> Material:
        """Search and read; raises FailedPrecondition when nobody can search, InvalidArgument when nothing is found."""
        queries = search_queries(job.statement)
        if not queries:
            raise InvalidArgument("Say what to search the web for.", field="statement")
        hits = await self._hits(queries)
        report(0.2, documents=len(hits), documents_read=0)
        if not hits:
            raise _nothing_found(f"The web search for “{queries[0]}” found nothing.")
        with tempfile.TemporaryDirectory(prefix="lorelei-web-") as folder:
            read = await self._read(hits, Path(folder))
        report(1.0, **figures_of(read))
        if not read:
            raise _nothing_found(f"None of the {len(hits)} pages found for “{queries[0]}” could be read.")
        return material_of(read, " ".join(queries))

    async def draft(self, material: Material, seed: int, tally: Tally, report: Report) -> Draft:
        """Questions about the sentences of the pages that tell most of what was searched for."""
        corpus = Corpus(material.documents, material.language, material.wish, Origin.WEB)
        return await self._strategy.draft(corpus, seed, tally, report)

    async def _hits(self, queries: Sequence[str]) -> list[SearchHit]:
        """The best of each query in turn, no page twice."""
        wanted = self._most_pages * _TRIED_SHARE
        try:
            found = await asyncio.gather(*(self._search.search(query, wanted) for query in queries))
        except Unavailable as error:
            # Not tried again and again, as what we run ourselves is: the user can do something else meanwhile.
            raise FailedPrecondition(error.message, reason="SEARCH_UNAVAILABLE") from error
        by_url = {hit.url: hit for hit in in_turn(found)}
        return list(by_url.values())[:wanted]

    async def _read(self, hits: Sequence[SearchHit], folder: Path) -> list[ReadDocument]:
        """The first pages that can be read, without copies of one another, in the order of the hits."""
        pages = await asyncio.gather(*(self._page(hit, folder) for hit in hits))
        kept: list[ReadDocument] = []
        shingles: list[frozenset[tuple[str, ...]]] = []
        for page in pages:
            if page is None or len(kept) >= self._most_pages:
                continue
            own = _shingles(page.document)
            if own and not any(_share(own, other) > _NEARLY_THE_SAME for other in shingles):
                kept.append(page)
                shingles.append(own)
        return kept

    async def _page(self, hit: SearchHit, folder: Path) -> ReadDocument | None:
        try:
            page = await self._source.page(hit.url, folder)
        except InvalidArgument as error:
            _log.info("page_passed_by", reason=error.reason)
            return None
        if page.source.date or not hit.date:
            return page
        return ReadDocument(page.source.model_copy(update={"date": hit.date}), page.document)


def _nothing_found(what: str) -> InvalidArgument:
    return InvalidArgument(f"{what} Say it in other words, or paste a link.", field="statement", reason="NOTHING_FOUND")


def _shingles(document: Document) -> frozenset[tuple[str, ...]]:
    words = [word for passage in document.passages for word in normalised(passage.text).split()]
    return frozenset(tuple(words[i : i + _SHINGLE_WORDS]) for i in range(len(words) - _SHINGLE_WORDS + 1))


def _share(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))
