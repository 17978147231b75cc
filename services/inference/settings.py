"""All settings of the inference service, read from the environment with the prefix LORELEI_INFERENCE_."""

import os
import tempfile
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.common.storage_settings import ObjectStoreSettings


def _cores() -> int:
    return len(os.sched_getaffinity(0))


class InferenceSettings(BaseSettings, ObjectStoreSettings):
    """What an operator may choose."""

    model_config = SettingsConfigDict(env_prefix="LORELEI_INFERENCE_", frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=7001, ge=0, le=65535, description="TCP port to listen on; 0 means any free one.")
    drain_seconds: float = Field(default=15.0, ge=0, description="Seconds that open streams get when stopping.")

    model_path: str = Field(description="Folder or Hugging Face name of the base model.")
    model_name: str = Field(default="", description="Name of the base model; empty: the folder's name.")
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        default="auto", description="Type of weights and activations; auto: float32 on CPUs, the model's own on GPUs."
    )
    max_model_len: int = Field(default=2048, ge=64, description="Most tokens of prompt and reply together.")
    max_running_requests: int = Field(default=64, ge=1, description="Requests computed at once; more wait.")
    kv_cache_mib: int | None = Field(
        default=None,
        ge=1,
        description="Room for keys and values, MiB; absent: 512 on CPUs, vLLM's share of the memory on GPUs.",
    )
    cpu_threads: int = Field(
        default_factory=_cores, ge=1, description="Threads of the engine on CPUs; they are not bound to cores."
    )

    max_loras: int = Field(default=16, ge=1, description="Adapter versions resident, and so running, at once.")
    max_lora_rank: Literal[1, 8, 16, 32, 64, 128, 256, 320, 512] = Field(
        default=32, description="Largest LoRA rank accepted; one of the sizes vLLM has."
    )
    slot_wait_seconds: float = Field(
        default=20.0, gt=0, description="Longest wait of a request while running requests hold all slots; seconds."
    )
    cache_folder: Path = Field(
        default_factory=lambda: Path(tempfile.gettempdir()),
        description="Folder for copies of the resident versions; emptied at the end.",
    )
