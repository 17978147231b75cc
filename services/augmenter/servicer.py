"""Translates between protobuf and the augmenter's domain. Decides nothing."""

from collections.abc import AsyncIterator
from typing import Any

import grpc

from lorelei.augmenter.v1 import augmenter_pb2 as pb
from lorelei.augmenter.v1 import augmenter_pb2_grpc
from services.augmenter.build import AlreadyKnown, Built, DatasetBuilder
from services.augmenter.progress import Progress
from services.augmenter.sources.documents import DocumentFile
from services.augmenter.ways.way import BuildJob, LearnKind
from services.common.datasets import Dataset, Message
from services.common.errors import InvalidArgument
from services.common.identifiers import check_file_id

Context = grpc.aio.ServicerContext[Any, Any]
_KINDS = {
    pb.LEARN_KIND_INSTRUCTION: LearnKind.INSTRUCTION,
    pb.LEARN_KIND_DOCUMENT: LearnKind.DOCUMENT,
    pb.LEARN_KIND_WEB: LearnKind.WEB,
}
_ROLES = ("system", "user", "assistant")


class AugmenterServicer(augmenter_pb2_grpc.AugmenterServiceServicer):
    """lorelei.augmenter.v1.AugmenterService."""

    def __init__(self, builder: DatasetBuilder) -> None:
        self._builder = builder

    async def BuildDataset(  # noqa: N802 - the protocol's name
        self, request: pb.BuildDatasetRequest, context: Context
    ) -> AsyncIterator[pb.BuildDatasetResponse]:
        """Build the dataset of one learn job."""
        async for event in self._builder.build(_job(request)):
            yield _response(event)


def _kind(kind: pb.LearnKind.ValueType) -> LearnKind:
    if kind not in _KINDS:
        raise InvalidArgument("Say which way to learn.", field="kind")
    return _KINDS[kind]


def _job(request: pb.BuildDatasetRequest) -> BuildJob:
    for turn in request.conversation:
        if turn.role not in _ROLES:
            raise InvalidArgument(f"`role` must be one of {', '.join(_ROLES)}.", field="conversation")
    return BuildJob(
        job_id=request.job_id,
        tenant=request.tenant,
        user=request.user,
        kind=_kind(request.kind),
        statement=request.statement,
        conversation=tuple(
            Message.model_validate({"role": t.role, "content": t.content}) for t in request.conversation
        ),
        files=tuple(DocumentFile(check_file_id(file.file_id), file.name, file.media_type) for file in request.files),
        urls=tuple(request.urls),
        known_lessons=tuple(request.known_lessons),
    )


def _response(event: Progress | Built | AlreadyKnown) -> pb.BuildDatasetResponse:
    if isinstance(event, Progress):
        return pb.BuildDatasetResponse(
            progress=pb.BuildProgress(stage=event.stage, fraction=event.fraction, figures=event.figures)
        )
    if isinstance(event, AlreadyKnown):
        return pb.BuildDatasetResponse(result=pb.BuildResult(known_lesson=event.lesson))
    selection = event.dataset.selection
    result = pb.BuildResult(
        dataset_key=event.key,
        statement=event.dataset.statement,
        generated=selection.generated,
        kept=selection.kept,
        rejected=[pb.RejectedCount(reason=reason, count=count) for reason, count in selection.rejected.items()],
        probes=len(event.dataset.probes),
        sources=[_source(event.dataset, number) for number in range(len(event.dataset.sources))],
    )
    return pb.BuildDatasetResponse(result=result)


def _source(dataset: Dataset, number: int) -> pb.Source:
    source = dataset.sources[number]
    facts = [fact for fact in dataset.learned if fact.source == number]
    return pb.Source(
        title=source.title,
        address=source.address,
        pages=source.pages,
        represented_pages=sorted({fact.page for fact in facts if fact.page}),
        facts=len(facts),
    )
