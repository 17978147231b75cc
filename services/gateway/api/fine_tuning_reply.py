"""How a fine-tuning job and its events look to OpenAI's clients."""

from services.gateway.api.fine_tuning_bodies import (
    ChosenHyperparametersBody,
    FineTuningErrorBody,
    FineTuningEventBody,
    FineTuningJobBody,
    Level,
    MetricsBody,
    Status,
)
from services.gateway.api.fine_tuning_request import AUTO, SUPERVISED
from services.gateway.learning.jobs import JobState, LearnEvent, LearnJob
from services.gateway.learning.wording import closing_sentence
from services.gateway.models import PERSONAL, model_of

_STATUSES: dict[JobState, Status] = {
    JobState.QUEUED: "queued",
    JobState.LIVE: "succeeded",
    JobState.REJECTED: "failed",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
}
_LEVELS: dict[JobState, Level] = {JobState.REJECTED: "error", JobState.FAILED: "error", JobState.CANCELLED: "warn"}
_HYPERPARAMETERS: ChosenHyperparametersBody = {
    "batch_size": AUTO,
    "learning_rate_multiplier": AUTO,
    "n_epochs": AUTO,
}


def fine_tuning_job_body(job: LearnJob) -> FineTuningJobBody:
    """The job in OpenAI's shape. Nobody is billed, so no tokens are counted; examples are all that is learned by."""
    return {
        "id": job.id,
        "object": "fine_tuning.job",
        "created_at": int(job.created_at),
        "finished_at": int(job.finished_at) if job.finished_at is not None else None,
        "estimated_finish": None,
        "status": _STATUSES.get(job.state, "running"),
        "error": _error(job),
        "model": PERSONAL,
        "fine_tuned_model": model_of(job.version) if job.state is JobState.LIVE else None,
        "organization_id": job.tenant,
        "training_file": job.files[0].id,
        "validation_file": None,
        "result_files": [],
        "trained_tokens": None,
        "hyperparameters": _HYPERPARAMETERS,
        "method": {"type": SUPERVISED, "supervised": {"hyperparameters": _HYPERPARAMETERS}},
        "integrations": [],
        "seed": job.seed,
        "metadata": dict(job.metadata),
        "user_provided_suffix": job.title or None,
    }


def fine_tuning_event_body(event_id: str, event: LearnEvent) -> FineTuningEventBody:
    """The event in OpenAI's shape; its id begins with the time, in milliseconds since the epoch."""
    is_step = "step" in event.detail
    return {
        "id": event_id,
        "object": "fine_tuning.job.event",
        "created_at": int(event_id.partition("-")[0]) // 1000,
        "level": _LEVELS.get(event.state, "info"),
        "message": _message(event),
        "type": "metrics" if is_step else "message",
        "data": _metrics(event) if is_step else None,
    }


def _error(job: LearnJob) -> FineTuningErrorBody | None:
    match job.state:
        case JobState.REJECTED:
            return {"code": "lesson_rejected", "message": " ".join(job.reasons), "param": None}
        case JobState.FAILED:
            return {"code": "lesson_failed", "message": job.error, "param": None}
        case _:
            return None


def _metrics(event: LearnEvent) -> MetricsBody:
    return {
        "step": int(event.detail["step"]),
        "total_steps": int(event.detail["total_steps"]),
        "train_loss": event.detail["loss"],
    }


def _message(event: LearnEvent) -> str:
    if event.is_last:
        return closing_sentence(event)
    detail = {name: f"{value:g}" for name, value in event.detail.items()}
    match event.state:
        case JobState.QUEUED:
            return f"Created fine-tuning job: {event.job_id}"
        case JobState.PREPARING:
            return f"Preparing the examples, {event.stage or 'reading'}: {event.progress}% of the job"
        case JobState.TRAINING if "step" in detail:
            return f"Step {detail['step']}/{detail['total_steps']}: training loss={detail['loss']}"
        case JobState.EVALUATING:
            return f"Held-out questions answered: {detail.get('done', 0)}/{detail.get('total', 0)}"
        case JobState.ACTIVATING:
            return "The fine-tuned model goes live"
        case _:
            return "Waiting for the trainer"
