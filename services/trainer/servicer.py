"""Translates between protobuf and the trainer's domain. Decides nothing."""

from collections.abc import AsyncIterator
from typing import Any

import grpc

from lorelei.trainer.v1 import trainer_pb2, trainer_pb2_grpc
from services.common.identifiers import check_job_id, check_tenant, check_user
from services.common.manifest import GateSummary
from services.trainer.events import Activating, Evaluating, Event, Published, Queued, Rejected, Stepped
from services.trainer.jobs import TrainingJob
from services.trainer.service import Trainer

Context = grpc.aio.ServicerContext[Any, Any]


class TrainerServicer(trainer_pb2_grpc.TrainerServiceServicer):
    """lorelei.trainer.v1.TrainerService."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer

    async def Train(  # noqa: N802 - the protocol's name
        self, request: trainer_pb2.TrainRequest, context: Context
    ) -> AsyncIterator[trainer_pb2.TrainResponse]:
        """Follow the training of one job to its end."""
        async for event in self._trainer.train(_job(request)):
            yield _response(event)

    async def CancelTraining(  # noqa: N802 - the protocol's name
        self, request: trainer_pb2.CancelTrainingRequest, context: Context
    ) -> trainer_pb2.CancelTrainingResponse:
        """Stop one job before it is published."""
        return trainer_pb2.CancelTrainingResponse(cancelled=self._trainer.cancel(check_job_id(request.job_id)))

    async def GetStatus(  # noqa: N802 - the protocol's name
        self, request: trainer_pb2.GetStatusRequest, context: Context
    ) -> trainer_pb2.GetStatusResponse:
        """Describe workers and queue."""
        status = self._trainer.status()
        return trainer_pb2.GetStatusResponse(
            workers=status.warm_workers, busy_workers=status.busy_workers, queued_jobs=status.waiting_jobs
        )


def _job(request: trainer_pb2.TrainRequest) -> TrainingJob:
    """Check the request's names and take over the recipe's fields that are present."""
    return TrainingJob(
        job_id=check_job_id(request.job_id),
        tenant=check_tenant(request.tenant),
        user=check_user(request.user),
        dataset_key=request.dataset_key,
        lessons=tuple(map(check_job_id, request.composition.lessons)),
        forgotten=_optional_job_id(request.composition.forgotten_lesson),
        max_seconds=request.max_seconds,
        recipe_overrides={field.name: value for field, value in request.recipe.ListFields()},
    )


def _optional_job_id(text: str) -> str:
    return check_job_id(text) if text else ""


def _response(event: Event) -> trainer_pb2.TrainResponse:
    match event:
        case Queued(position):
            return trainer_pb2.TrainResponse(queued=trainer_pb2.Queued(position=position))
        case Stepped(step, total, loss, speed):
            message = trainer_pb2.Step(step=step, total_steps=total, loss=loss, tokens_per_second=speed)
            return trainer_pb2.TrainResponse(step=message)
        case Evaluating(done, total):
            return trainer_pb2.TrainResponse(evaluating=trainer_pb2.Evaluating(done=done, total=total))
        case Activating():
            return trainer_pb2.TrainResponse(activating=trainer_pb2.Activating())
        case Published(version, gate):
            return trainer_pb2.TrainResponse(published=trainer_pb2.Published(version=version, gate=_gate(gate)))
        case Rejected(reasons, gate):
            return trainer_pb2.TrainResponse(rejected=trainer_pb2.Rejected(reasons=reasons, gate=_gate(gate)))


def _gate(gate: GateSummary | None) -> trainer_pb2.GateReport | None:
    return trainer_pb2.GateReport(**gate.model_dump(exclude={"answers"})) if gate else None
