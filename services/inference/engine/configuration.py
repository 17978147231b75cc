"""Turns engine options into a vLLM configuration for the platform at hand. Starts nothing."""

from typing import Any

from vllm import AsyncEngineArgs
from vllm.config import VllmConfig
from vllm.platforms import current_platform

from services.inference.engine.environment import environment
from services.inference.engine.options import EngineOptions

# Bounds how long a prompt being read holds up everybody's next token: half a second instead of 2.6 with the default.
_CPU_BATCHED_TOKENS = 128
# The CPU kernels want multiples of 32; small blocks let short prompts share their cached beginnings.
_CPU_BLOCK_TOKENS = 32
_CPU_KV_CACHE_BYTES = 512 * 2**20
_SAFE_CPU_WORKER = "services.inference.engine.cpu_lora_worker.SafeLoRAWorker"


def build_config(options: EngineOptions) -> VllmConfig:
    """Build the configuration; raises ValueError when the model folder or an option does not fit vLLM."""
    if not current_platform.is_cpu():
        return AsyncEngineArgs(**_common(options)).create_engine_config()
    # Without this vLLM moves the CPU worker to a process of its own and binds its threads to cores.
    with environment({"VLLM_ENABLE_V1_MULTIPROCESSING": "0"}):
        return AsyncEngineArgs(**_common(options) | _for_cpu(options)).create_engine_config()


def _common(options: EngineOptions) -> dict[str, Any]:
    return {
        "model": str(options.model_folder),
        "dtype": options.dtype,
        "max_model_len": options.max_model_len,
        "max_num_seqs": options.max_running_requests,
        "kv_cache_memory_bytes": options.kv_cache_bytes,
        "enable_prefix_caching": True,
        "enable_lora": True,
        "max_loras": options.adapter_slots,
        "max_cpu_loras": options.adapter_slots,
        "max_lora_rank": options.max_lora_rank,
        "lora_target_modules": list(options.lora_targets),
        "disable_log_stats": True,
        "use_tqdm_on_load": False,
    }


def _for_cpu(options: EngineOptions) -> dict[str, Any]:
    return {
        # bfloat16 takes six times as long where the CPU has no instructions for it.
        "dtype": "float32" if options.dtype == "auto" else options.dtype,
        "kv_cache_memory_bytes": options.kv_cache_bytes or _CPU_KV_CACHE_BYTES,
        "max_num_batched_tokens": max(_CPU_BATCHED_TOKENS, options.max_running_requests),
        "block_size": _CPU_BLOCK_TOKENS,
        "distributed_executor_backend": "uni",
        "worker_cls": _SAFE_CPU_WORKER,
    }
