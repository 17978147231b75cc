"""Trains adapters by calling the trainer."""

from collections.abc import AsyncGenerator, Mapping

import grpc

from lorelei.trainer.v1 import trainer_pb2 as pb
from lorelei.trainer.v1 import trainer_pb2_grpc as rpc
from services.common.rpc import calling
from services.gateway.learning.jobs import JobState, LearnJob
from services.gateway.learning.steps import Published, Refused, StepProgress


class TrainerClient:
    """An AdapterTrainer that runs in the trainer service."""

    def __init__(self, channel: grpc.aio.Channel, train_timeout_seconds: float, call_timeout_seconds: float) -> None:
        self._stub = rpc.TrainerServiceStub(channel)
        self._train_timeout_seconds = train_timeout_seconds
        self._call_timeout_seconds = call_timeout_seconds

    async def train(self, job: LearnJob) -> AsyncGenerator[StepProgress | Published | Refused, None]:
        """Train `job`, or join its training; the last item is Published or Refused."""
        request = pb.TrainRequest(job_id=job.id, tenant=job.tenant, user=job.user, max_seconds=job.max_seconds)
        if job.lessons:
            request.composition.lessons.extend(job.lessons)
            request.composition.forgotten_lesson = job.forgotten
        else:
            request.dataset_key = job.dataset_key
        if job.seed is not None:
            request.recipe.seed = job.seed
        call = self._stub.Train(request, timeout=self._train_timeout_seconds)
        try:
            with calling("trainer"):
                async for reply in call:
                    yield _step(reply)
        finally:
            # Leaves the stream only; the trainer goes on.
            call.cancel()

    async def stop(self, job_id: str) -> bool:
        """Stop the training of a job; False when there is nothing to stop."""
        with calling("trainer"):
            reply = await self._stub.CancelTraining(
                pb.CancelTrainingRequest(job_id=job_id), timeout=self._call_timeout_seconds
            )
        return bool(reply.cancelled)


def _step(reply: pb.TrainResponse) -> StepProgress | Published | Refused:
    match reply.WhichOneof("event"):
        case "published":
            return Published(reply.published.version, _gate(reply.published.gate))
        case "rejected":
            return Refused(tuple(reply.rejected.reasons), _gate(reply.rejected.gate))
        case "step":
            return _training_step(reply.step)
        case "evaluating":
            done, total = reply.evaluating.done, reply.evaluating.total
            return StepProgress(JobState.EVALUATING, done / max(total, 1), {"done": done, "total": total})
        case "activating":
            return StepProgress(JobState.ACTIVATING, 0.0)
        case _:
            return StepProgress(JobState.TRAINING, 0.0, {"jobs_ahead": reply.queued.position})


def _training_step(step: pb.Step) -> StepProgress:
    detail = {
        "step": step.step,
        "total_steps": step.total_steps,
        "loss": round(step.loss, 4),
        "tokens_per_second": round(step.tokens_per_second, 1),
    }
    return StepProgress(JobState.TRAINING, step.step / max(step.total_steps, 1), detail)


def _gate(gate: pb.GateReport) -> Mapping[str, float]:
    return {field.name: getattr(gate, field.name) for field in gate.DESCRIPTOR.fields}
