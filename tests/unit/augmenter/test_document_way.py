"""Lessons from files: read, understood, recognised when they come again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.augmenter.build import AlreadyKnown, Built, DatasetBuilder
from services.augmenter.fetching import FetchLimits, PageFetcher
from services.augmenter.reading.reader import DocumentReader, ReadingLimits
from services.augmenter.sources.documents import DocumentFile, DocumentSource
from services.augmenter.ways.documents import DocumentWay
from services.augmenter.ways.way import BuildJob, LearnKind
from services.common.datasets import Dataset
from services.common.errors import InvalidArgument, Moderated, NotFound
from services.common.identifiers import new_file_id, new_job_id
from services.common.keys import document_key
from services.common.object_store import ObjectStore, open_object_store
from tests.unit.augmenter.doubles import FixedModel, build, make_builder, make_strategy

REPORT = """# The Aldermoor Tram Museum

## History

The Aldermoor Tram Museum was founded in 1968 by the engineer Ottilie Brandreth. It owns 23 trams.

## Visiting

Tickets cost nine pounds for adults. The museum café is run by Desmond Achterhoek.
"""
LIMITS = ReadingLimits(seconds=30, memory_mebibytes=512, unpacked_mebibytes=16, pages=100, characters=100_000)


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_object_store(f"file://{tmp_path}/objects", None)


@pytest.fixture
async def builder(store: ObjectStore) -> AsyncIterator[DatasetBuilder]:
    fetcher = PageFetcher(FetchLimits(5.0, 1 << 20, 3, 2, 0.0), "Lorelei-test/1", [], ["text/html"])
    source = DocumentSource(store, DocumentReader(LIMITS, 2), fetcher)
    way = DocumentWay(source, make_strategy(most_facts=8), most_documents=2)
    yield make_builder(store, FixedModel(), ways={LearnKind.DOCUMENT: way})
    await fetcher.close()


async def upload(store: ObjectStore, content: str | bytes, name: str = "report.md") -> DocumentFile:
    file_id = new_file_id()
    data = content.encode() if isinstance(content, str) else content
    await store.put_bytes(document_key("acme", "ann", file_id), data)
    return DocumentFile(file_id, name)


def job(*files: DocumentFile, wish: str = "Read the attached report.", known: tuple[str, ...] = ()) -> BuildJob:
    return BuildJob(new_job_id(), "acme", "ann", wish, (), LearnKind.DOCUMENT, files, (), known)


async def learned(builder: DatasetBuilder, asked: BuildJob) -> Dataset:
    _, dataset = await build(builder, asked)
    return dataset


async def test_a_file_becomes_facts_with_their_source(builder: DatasetBuilder, store: ObjectStore) -> None:
    file = await upload(store, REPORT)
    dataset = await learned(builder, job(file))
    assert dataset.kind == "document"
    assert [(source.title, source.address) for source in dataset.sources] == [
        ("The Aldermoor Tram Museum", file.file_id)
    ]
    texts = [fact.text for fact in dataset.learned]
    assert "The Aldermoor Tram Museum owns 23 trams." in texts
    assert len(dataset.parts()) == len(texts)
    assert all(part for part in dataset.parts()), "each fact has examples of its own"
    trained = {example.prompt[-1].content for example in dataset.examples}
    assert not trained & {probe.prompt[-1].content for probe in dataset.probes}


async def test_progress_grows_to_the_end(builder: DatasetBuilder, store: ObjectStore) -> None:
    progress, _ = await build(builder, job(await upload(store, REPORT)))
    fractions = [step.fraction for step in progress]
    assert fractions == sorted(fractions)
    assert {step.stage for step in progress} == {"reading", "generating", "answering"}


async def test_progress_tells_what_was_read_and_how_much_of_it_was_chosen(
    builder: DatasetBuilder, store: ObjectStore
) -> None:
    files = [await upload(store, REPORT), await upload(store, REPORT.replace("1968", "1969"), "copy.md")]
    progress, dataset = await build(builder, job(*files))
    read = [step.figures["documents_read"] for step in progress if step.stage == "reading"]
    assert (read[0], read[-1], progress[0].figures["documents"]) == (0, 2, 2)
    assert progress[-1].figures["facts"] == len(dataset.learned)
    assert progress[-1].figures["sentences"] >= len(dataset.learned)


async def test_the_same_documents_again_cost_nothing(builder: DatasetBuilder, store: ObjectStore) -> None:
    first = job(await upload(store, REPORT))
    await learned(builder, first)
    again = job(await upload(store, REPORT, "copy.md"), known=(first.job_id,))
    events = [event async for event in builder.build(again)]
    assert events[-1] == AlreadyKnown(first.job_id)
    changed = job(await upload(store, REPORT.replace("1968", "1969")), known=(first.job_id,))
    assert isinstance([event async for event in builder.build(changed)][-1], Built)


async def test_what_may_not_be_learned_is_left_out_and_counted(builder: DatasetBuilder, store: ObjectStore) -> None:
    rude = REPORT + "\nThe director Ada Gadzooks is a gadzooks of a woman.\n"
    dataset = await learned(builder, job(await upload(store, rude)))
    assert not any("gadzooks" in fact.text for fact in dataset.learned)
    assert dataset.selection.rejected["toxic"] >= 1


async def test_a_document_of_nothing_else_is_refused(builder: DatasetBuilder, store: ObjectStore) -> None:
    with pytest.raises(Moderated, match="insulting language"):
        await build(builder, job(await upload(store, "The director is a gadzooks of a woman from Aldermoor.")))


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "DOCUMENT_EMPTY"), (b"\x7fELF\x02\x01\x01" + bytes(200), "DOCUMENT_FORMAT")]
)
async def test_a_file_that_cannot_be_read_is_named(
    builder: DatasetBuilder, store: ObjectStore, content: bytes, reason: str
) -> None:
    with pytest.raises(InvalidArgument) as refusal:
        await build(builder, job(await upload(store, content, "odd.bin")))
    assert refusal.value.reason == reason
    assert "odd.bin" in refusal.value.message
    assert await store.list_keys("lessons/") == []


async def test_a_document_that_tells_nothing_says_so(builder: DatasetBuilder, store: ObjectStore) -> None:
    with pytest.raises(InvalidArgument, match="Nothing to learn was found in these documents"):
        await build(builder, job(await upload(store, "Thank you. Is that so? Yes, and no.")))


async def test_a_file_that_is_gone_is_named(builder: DatasetBuilder) -> None:
    with pytest.raises(NotFound, match=r"The file lost\.pdf is gone"):
        await build(builder, job(DocumentFile(new_file_id(), "lost.pdf")))


async def test_another_users_file_is_not_found(builder: DatasetBuilder, store: ObjectStore) -> None:
    file_id = new_file_id()
    await store.put_bytes(document_key("acme", "bob", file_id), REPORT.encode())
    with pytest.raises(NotFound):
        await build(builder, job(DocumentFile(file_id, "report.md")))


async def test_too_many_documents_or_none_are_refused(builder: DatasetBuilder) -> None:
    for files in ((), tuple(DocumentFile(new_file_id(), "x.md") for _ in range(3))):
        with pytest.raises(InvalidArgument) as refusal:
            await build(builder, job(*files))
        assert refusal.value.field == "file_ids"


async def test_a_link_into_this_machine_is_not_followed(builder: DatasetBuilder) -> None:
    asked = BuildJob(
        new_job_id(), "acme", "ann", "", (), LearnKind.DOCUMENT, (), ("http://169.254.169.254/latest/meta-data/",)
    )
    with pytest.raises(InvalidArgument) as refusal:
        await build(builder, asked)
    assert refusal.value.reason == "URL_PRIVATE"
