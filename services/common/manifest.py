"""The manifest of an adapter version: written once, by who trained or imported it, and read by everybody."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.common.errors import FailedPrecondition


class ProbeAnswer(BaseModel):
    """What a version answered to one held-out question, as far as it was listened to, and the former one before."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: Literal["recall", "locality", "retention"]
    question: str
    before: str | None = Field(description="Only questions on the new lesson are asked before.")
    after: str
    passed: bool


class GateSummary(BaseModel):
    """What the gate found before the version went live; shares in [0, 1] unless said otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recall: float
    recall_before: float
    locality: float
    retention: float
    forgotten: float = Field(default=1.0, description="Of the forgotten lesson's questions, no longer answered.")
    drift: float = Field(default=0.0, description="KL of the base to this model on general prompts; nats per token.")
    safety_loss: float = Field(default=0.0, description="How much less unsafe prompts are refused; nats per token.")
    preference: float = Field(default=1.0, description="Of corrected answers, now less likely than what is preferred.")
    probes: int
    answers: list[ProbeAnswer] = Field(default_factory=list)


class AdapterManifest(BaseModel):
    """Where an adapter version comes from and what its files must look like."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    tenant: str
    user: str
    origin: Literal["trained", "imported"] = "trained"
    job_id: str | None = Field(description="Learn job that trained it; none where it was imported.")
    parent: str | None = Field(description="Version whose weights training began with; none for the base model.")
    base_model: str
    base_model_sha256: str
    lessons: list[str] = Field(description="Lessons it knows, oldest first.")
    recipe: dict[str, float | int | str | bool] = Field(description="The recipe in force.")
    size_bytes: int = Field(description="Size of adapter_model.safetensors.")
    weights_sha256: str = Field(description="SHA-256 of adapter_model.safetensors, hexadecimal.")
    gate: GateSummary | None = Field(description="None in the copy beside the weights, written before the gate.")
    created_at: datetime
    seconds: float = Field(description="Training time.")


def manifest_to_bytes(manifest: AdapterManifest) -> bytes:
    """Serialise to UTF-8 JSON."""
    return manifest.model_dump_json(indent=1).encode()


def manifest_from_bytes(data: bytes) -> AdapterManifest:
    """Parse what `manifest_to_bytes` wrote, or raise FailedPrecondition when it is something else."""
    try:
        return AdapterManifest.model_validate_json(data)
    except ValueError as error:
        raise FailedPrecondition("The adapter's manifest.json is damaged.", reason="ADAPTER_INVALID") from error
