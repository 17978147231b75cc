"""Imports what an engine needs, so that the fork server has it ready. Must start no threads and touch no device."""

import vllm.lora.worker_manager
import vllm.model_executor.model_loader
import vllm.model_executor.models.llama
import vllm.v1.attention.backends.registry
import vllm.v1.engine.core
import vllm.v1.executor.uniproc_executor
import vllm.v1.worker.gpu_worker  # noqa: F401
