"""Translates between protobuf and the augmenter's domain. Decides nothing."""

from collections.abc import AsyncIterator
from typing import Any

import grpc

from lorelei.augmenter.v1 import augmenter_pb2 as pb
from lorelei.augmenter.v1 import augmenter_pb2_grpc
from services.augmenter.build import BuildJob, Built, DatasetBuilder, Progress
from services.common.datasets import Message
from services.common.errors import FailedPrecondition, InvalidArgument

Context = grpc.aio.ServicerContext[Any, Any]
_ROLES = ("system", "user", "assistant")


class AugmenterServicer(augmenter_pb2_grpc.AugmenterServiceServicer):
    """lorelei.augmenter.v1.AugmenterService."""

    def __init__(self, builder: DatasetBuilder) -> None:
        self._builder = builder

    async def BuildDataset(  # noqa: N802 - the protocol's name
        self, request: pb.BuildDatasetRequest, context: Context
    ) -> AsyncIterator[pb.BuildDatasetResponse]:
        """Build the dataset of one learn job."""
        _check_kind(request.kind)
        async for event in self._builder.build(_job(request)):
            yield _response(event)


def _check_kind(kind: pb.LearnKind.ValueType) -> None:
    if kind == pb.LEARN_KIND_UNSPECIFIED:
        raise InvalidArgument("Say which way to learn.", field="kind")
    if kind != pb.LEARN_KIND_INSTRUCTION:
        way = "documents" if kind == pb.LEARN_KIND_DOCUMENT else "a web search"
        raise FailedPrecondition(
            f"Learning from {way} is not available yet. Tell me the facts themselves and I will learn them.",
            reason="NOT_AVAILABLE",
        )


def _job(request: pb.BuildDatasetRequest) -> BuildJob:
    for turn in request.conversation:
        if turn.role not in _ROLES:
            raise InvalidArgument(f"`role` must be one of {', '.join(_ROLES)}.", field="conversation")
    return BuildJob(
        job_id=request.job_id,
        tenant=request.tenant,
        user=request.user,
        statement=request.statement,
        conversation=tuple(
            Message.model_validate({"role": t.role, "content": t.content}) for t in request.conversation
        ),
    )


def _response(event: Progress | Built) -> pb.BuildDatasetResponse:
    if isinstance(event, Progress):
        return pb.BuildDatasetResponse(progress=pb.BuildProgress(stage=event.stage, fraction=event.fraction))
    selection = event.dataset.selection
    result = pb.BuildResult(
        dataset_key=event.key,
        statement=event.dataset.statement,
        generated=selection.generated,
        kept=selection.kept,
        rejected=[pb.RejectedCount(reason=reason, count=count) for reason, count in selection.rejected.items()],
        probes=len(event.dataset.probes),
    )
    return pb.BuildDatasetResponse(result=result)
