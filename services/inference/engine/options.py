"""What an engine is to be: plain values, read from the settings by the wiring. Knows nothing of vLLM."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class EngineOptions:
    """One base model and the room for requests and adapters."""

    model_folder: Path
    # Where the engine's sockets go; the path must be short.
    socket_folder: Path
    # "auto": float32 on CPUs, the model's own type on GPUs.
    dtype: str
    # Most tokens of prompt and reply together.
    max_model_len: int
    # Requests computed at once; more wait.
    max_running_requests: int
    # Bytes of keys and values; None: sized by vLLM on GPUs, a fixed room on CPUs.
    kv_cache_bytes: int | None
    adapter_slots: int
    max_lora_rank: int
    # Linear layers that adapters may change, by the last part of their names.
    lora_targets: tuple[str, ...]
