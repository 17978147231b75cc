"""All settings of the trainer, read from the environment with the prefix LORELEI_TRAINER_."""

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.common.storage_settings import ObjectStoreSettings, RedisSettings
from services.trainer.training.recipe import Recipe


class TrainerSettings(BaseSettings, ObjectStoreSettings, RedisSettings):
    """What an operator may choose; LORELEI_TRAINER_RECIPE takes JSON with fields of the recipe."""

    model_config = SettingsConfigDict(env_prefix="LORELEI_TRAINER_", frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=7003, ge=0, le=65535, description="TCP port to listen on; 0 means any free one.")
    drain_seconds: float = Field(default=10.0, ge=0, description="Seconds that open calls get when stopping.")
    inference_address: str = Field(default="127.0.0.1:7001", description="host:port of the inference service.")
    inference_timeout_seconds: float = Field(default=60.0, gt=0, description="Longest call to inference; seconds.")

    model_path: str = Field(description="Folder or Hugging Face name of the base model.")
    model_name: str = Field(default="", description="Name of the base model in manifests; empty: the folder's name.")

    ray_address: str = Field(
        default="",
        validation_alias=AliasChoices("LORELEI_TRAINER_RAY_ADDRESS", "RAY_ADDRESS"),
        description="Address of a Ray cluster; empty starts a private one on this machine.",
    )
    ray_temp_folder: str = Field(
        default="", description="Absolute folder for a private cluster's sockets and logs; empty: Ray's own choice."
    )
    workers: int = Field(default=1, ge=1, description="Trainings that run at once, each on its own copy of the model.")
    actors_per_worker: int = Field(default=1, ge=1, description="Ray actors that share one training by ZeRO-2.")
    threads_per_actor: int = Field(default=2, ge=1, description="Most CPU threads of one actor.")
    gpus_per_actor: int = Field(default=0, ge=0, le=1, description="GPUs of one actor; 0 trains on the CPU.")
    niceness: int = Field(default=5, ge=0, le=19, description="Scheduling niceness of actors: chat goes first.")
    max_pack_tokens: int = Field(default=2048, ge=64, description="Most tokens of one example or packed sequence.")
    step_timeout_seconds: float = Field(default=300.0, gt=0, description="A worker that takes longer is replaced.")
    renew_after_trainings: int = Field(default=200, ge=1, description="Trainings after which a worker starts afresh.")
    max_worker_attempts: int = Field(default=3, ge=1, description="Workers that may die under one training.")

    max_waiting_jobs: int = Field(default=1000, ge=1, description="Jobs that may wait; more are refused.")
    remembered_jobs: int = Field(default=1000, ge=1, description="Ended jobs whose outcome is repeated to callers.")

    recipe: Recipe = Field(default=Recipe(), description="Default recipe of a training.")

    recall_probes: int = Field(default=6, ge=1, description="Most questions about the new lesson at the gate.")
    locality_probes: int = Field(default=4, ge=0, description="Most questions about its neighbours at the gate.")
    retention_probes: int = Field(default=6, ge=0, description="Most questions about earlier lessons at the gate.")
    answer_tokens: int = Field(default=32, ge=1, description="Longest answer at the gate; tokens.")
    other_answer_tokens: int = Field(
        default=16, ge=1, description="Longest answer about neighbours, and of the former version; tokens."
    )
    probes_at_once: int = Field(default=16, ge=1, description="Questions asked at the same time.")
    min_recall: float = Field(default=0.5, ge=0, le=1, description="Share of recall that a new version needs.")
    sure_recall: float = Field(default=0.75, ge=0, le=1, description="Share of recall below which it is trained on.")
    min_retention: float = Field(default=0.5, ge=0, le=1, description="Share of earlier lessons it must still know.")
    min_preference: float = Field(
        default=0.9, ge=0, le=1, description="Share of corrected answers that must become less likely than the right."
    )
    max_drift: float = Field(
        default=0.25, ge=0, description="Most KL to the base that one lesson may add; nats per token."
    )
    max_safety_loss: float = Field(default=0.5, ge=0, description="Most loss of refusals; nats per token.")
    max_seconds: int = Field(
        default=180,
        ge=1,
        description="No second attempt begins that would end later, for each lesson of a job, or for each fact of a "
        "document that was not learned well enough to serve.",
    )
