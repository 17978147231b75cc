"""What callers may know of the served base model."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BaseModel:
    """The served base model."""

    name: str
    weights_sha256: str
    max_model_len: int
    max_lora_rank: int
