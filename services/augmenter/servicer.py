"""Translates between protobuf and the augmenter's domain. Decides nothing."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import grpc

from lorelei.augmenter.v1 import augmenter_pb2 as pb
from lorelei.augmenter.v1 import augmenter_pb2_grpc
from lorelei.types.v1 import types_pb2
from services.augmenter.build import AlreadyKnown, Built, DatasetBuilder
from services.augmenter.progress import Progress
from services.augmenter.sources.documents import DocumentFile
from services.augmenter.strategies.correction.strategy import Correction
from services.augmenter.teacher.model import AdapterVersion
from services.augmenter.ways.way import BuildJob, LearnKind, Writing
from services.common.datasets import Dataset, Message, Preference
from services.common.errors import InvalidArgument
from services.common.identifiers import check_file_id

Context = grpc.aio.ServicerContext[Any, Any]
_KINDS = {
    pb.LEARN_KIND_INSTRUCTION: LearnKind.INSTRUCTION,
    pb.LEARN_KIND_DOCUMENT: LearnKind.DOCUMENT,
    pb.LEARN_KIND_WEB: LearnKind.WEB,
    pb.LEARN_KIND_WRITING: LearnKind.WRITING,
    pb.LEARN_KIND_FEEDBACK: LearnKind.FEEDBACK,
    pb.LEARN_KIND_EXAMPLES: LearnKind.EXAMPLES,
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
    return BuildJob(
        job_id=request.job_id,
        tenant=request.tenant,
        user=request.user,
        kind=_kind(request.kind),
        statement=request.statement,
        conversation=_turns(request.conversation, "conversation"),
        files=tuple(DocumentFile(check_file_id(file.file_id), file.name, file.media_type) for file in request.files),
        urls=tuple(request.urls),
        known_lessons=tuple(request.known_lessons),
        writings=tuple(Writing(writing.title, writing.text) for writing in request.writings),
        corrections=tuple(_correction(one, request.tenant, request.user) for one in request.preferences),
    )


def _correction(told: pb.Preference, tenant: str, user: str) -> Correction:
    prompt = _turns(told.prompt, "preferences")
    if not prompt or prompt[-1].role != "user":
        raise InvalidArgument("The prompt of a preference must end with the user's turn.", field="preferences")
    preference = Preference(prompt=list(prompt), chosen=told.chosen, rejected=told.rejected)
    return Correction(preference, AdapterVersion(tenant, user, told.version) if told.version else None)


def _turns(turns: Sequence[types_pb2.ChatMessage], field: str) -> tuple[Message, ...]:
    if any(turn.role not in _ROLES for turn in turns):
        raise InvalidArgument(f"`role` must be one of {', '.join(_ROLES)}.", field=field)
    return tuple(Message.model_validate({"role": turn.role, "content": turn.content}) for turn in turns)


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
