"""Builds datasets by calling the augmenter."""

from collections.abc import AsyncGenerator, Sequence

import grpc

from lorelei.augmenter.v1 import augmenter_pb2 as pb
from lorelei.augmenter.v1 import augmenter_pb2_grpc as rpc
from lorelei.types.v1 import types_pb2
from services.common.rpc import calling
from services.gateway.conversations import Message
from services.gateway.learning.jobs import JobKind, JobState, LearnedSource, LearnJob, Preference
from services.gateway.learning.steps import DatasetBuilt, StepProgress

_KINDS = {
    JobKind.INSTRUCTION: pb.LEARN_KIND_INSTRUCTION,
    JobKind.DOCUMENT: pb.LEARN_KIND_DOCUMENT,
    JobKind.WEB: pb.LEARN_KIND_WEB,
    JobKind.WRITING: pb.LEARN_KIND_WRITING,
    JobKind.FEEDBACK: pb.LEARN_KIND_FEEDBACK,
    JobKind.EXAMPLES: pb.LEARN_KIND_EXAMPLES,
}


class AugmenterClient:
    """A DatasetBuilder that runs in the augmenter service."""

    def __init__(self, channel: grpc.aio.Channel, timeout_seconds: float) -> None:
        self._stub = rpc.AugmenterServiceStub(channel)
        self._timeout_seconds = timeout_seconds

    async def build(
        self, job: LearnJob, known_lessons: Sequence[str]
    ) -> AsyncGenerator[StepProgress | DatasetBuilt, None]:
        """Build the dataset of `job`; the last item is DatasetBuilt."""
        call = self._stub.BuildDataset(_build_request(job, known_lessons), timeout=self._timeout_seconds)
        try:
            with calling("augmenter"):
                async for reply in call:
                    if reply.HasField("result"):
                        yield _built(reply.result)
                    else:
                        yield _progress(reply.progress)
        finally:
            call.cancel()


def _build_request(job: LearnJob, known_lessons: Sequence[str]) -> pb.BuildDatasetRequest:
    return pb.BuildDatasetRequest(
        job_id=job.id,
        tenant=job.tenant,
        user=job.user,
        kind=_KINDS[job.kind],
        statement=job.statement,
        conversation=_turns(job.conversation),
        files=[pb.DocumentFile(file_id=file.id, name=file.name, media_type=file.media_type) for file in job.files],
        urls=job.urls,
        known_lessons=known_lessons,
        writings=[pb.Writing(title=writing.title, text=writing.text) for writing in job.writings],
        preferences=map(_preference, job.preferences),
    )


def _preference(preference: Preference) -> pb.Preference:
    return pb.Preference(
        prompt=_turns(preference.prompt),
        rejected=preference.rejected,
        chosen=preference.chosen,
        version=preference.version,
    )


def _turns(turns: Sequence[Message]) -> list[types_pb2.ChatMessage]:
    return [types_pb2.ChatMessage(role=turn.role, content=turn.content) for turn in turns]


def _progress(progress: pb.BuildProgress) -> StepProgress:
    return StepProgress(JobState.PREPARING, progress.fraction, dict(progress.figures), progress.stage)


def _built(result: pb.BuildResult) -> DatasetBuilt:
    sources = (
        LearnedSource(one.title, one.address, one.pages, tuple(one.represented_pages), one.facts)
        for one in result.sources
    )
    return DatasetBuilt(result.dataset_key, tuple(sources), result.known_lesson)
