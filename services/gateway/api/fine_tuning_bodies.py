"""What fine-tuning jobs and their events look like to OpenAI's clients; fine_tuning_reply.py builds them."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

Status = Literal["queued", "running", "succeeded", "failed", "cancelled"]
Level = Literal["info", "warn", "error"]


class ChosenHyperparametersBody(TypedDict):
    """How long and how fast is trained: Lorelei chooses all of it."""

    batch_size: Literal["auto"]
    learning_rate_multiplier: Literal["auto"]
    n_epochs: Literal["auto"]


class SupervisedBody(TypedDict):
    """Learning by example."""

    hyperparameters: ChosenHyperparametersBody


class MethodBody(TypedDict):
    """How is learned; there is one way."""

    type: Literal["supervised"]
    supervised: SupervisedBody


class FineTuningErrorBody(TypedDict):
    """Why a job did not succeed."""

    code: Literal["lesson_rejected", "lesson_failed"]
    message: str
    param: None


class FineTuningJobBody(TypedDict):
    """A fine-tuning job as OpenAI's clients know it; times are in seconds since the epoch."""

    id: str
    object: Literal["fine_tuning.job"]
    created_at: int
    finished_at: int | None
    estimated_finish: None
    status: Status
    error: FineTuningErrorBody | None
    model: str
    fine_tuned_model: str | None
    organization_id: str
    training_file: str
    validation_file: None
    result_files: list[str]
    trained_tokens: None
    hyperparameters: ChosenHyperparametersBody
    method: MethodBody
    integrations: list[Any]
    seed: int | None
    metadata: dict[str, str]
    user_provided_suffix: str | None


class FineTuningJobListBody(TypedDict):
    """Fine-tuning jobs, newest first, and whether there are more."""

    object: Literal["list"]
    data: list[FineTuningJobBody]
    has_more: bool


class MetricsBody(TypedDict):
    """A step of training; the loss is in nats per token of the answers."""

    step: int
    total_steps: int
    train_loss: float


class FineTuningEventBody(TypedDict):
    """An event of a fine-tuning job; `created_at` is in seconds since the epoch, `data` is there where `type` says."""

    id: str
    object: Literal["fine_tuning.job.event"]
    created_at: int
    level: Level
    message: str
    type: Literal["metrics", "message"]
    data: MetricsBody | None


class FineTuningEventListBody(TypedDict):
    """Events of a fine-tuning job, newest first, and whether there are more."""

    object: Literal["list"]
    data: list[FineTuningEventBody]
    has_more: bool


class CheckpointListBody(TypedDict):
    """Checkpoints of a fine-tuning job: there are none."""

    object: Literal["list"]
    data: Annotated[list[Any], Field(max_length=0)]
    first_id: None
    last_id: None
    has_more: Literal[False]
