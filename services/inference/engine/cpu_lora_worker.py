"""A vLLM worker for CPUs whose LoRA layers keep users apart. Knows nothing of who the users are.

The stock operations gather LoRA matrices per token and take the index -1, "no adapter", for the last slot: a request
for the base model was answered with another user's adapter, even after that one's removal. Here each run of
neighbouring tokens is multiplied with its own slot only, which is faster, too, and tokens without an adapter are left
alone.
"""

from typing import Any

import torch
from vllm.config import VllmConfig
from vllm.lora.model_manager import LRUCacheLoRAModelManager
from vllm.lora.punica_wrapper.punica_cpu import PunicaWrapperCPU
from vllm.lora.worker_manager import LRUCacheWorkerLoRAManager
from vllm.v1.worker.cpu_worker import CPUWorker


class SafePunicaWrapper(PunicaWrapperCPU):
    """The LoRA operations of linear layers, run by run."""

    # (slot, first token, token after the last) of every run of tokens with one adapter in the present step.
    _runs: tuple[tuple[int, int, int], ...] = ()

    def _update_prefill_metadata(self, token_lora_tensor: torch.Tensor) -> None:
        """Find the step's runs; vLLM calls this before decoding steps, too.

        token_lora_tensor: [tokens], the slot of each token or -1.
        """
        super()._update_prefill_metadata(token_lora_tensor)
        runs, start, count = [], 0, self.batch_size
        slots = self._lora_indices_per_batch[:count].tolist()
        lengths = self._seq_lengths[:count].tolist()
        for slot, length in zip(slots, lengths, strict=True):
            if slot >= 0:
                runs.append((slot, start, start + length))
            start += length
        self._runs = tuple(runs)

    def add_lora_linear(
        self,
        y: torch.Tensor,
        x: torch.Tensor,
        lora_a_stacked: tuple[torch.Tensor, ...],
        lora_b_stacked: tuple[torch.Tensor, ...],
        scale: float,
        output_slices: tuple[int, ...],
        *,
        buffer: tuple[torch.Tensor, ...] | None = None,
        **kwargs: Any,
    ) -> None:
        """y += scale * (x @ A^T) @ B^T, for each run of tokens with the matrices of its slot.

        x: [tokens, inputs]; y: [tokens, sum of output_slices], changed in place;
        lora_a_stacked: per slice [slots, 1, rank, inputs]; lora_b_stacked: per slice [slots, 1, outputs, rank].
        """
        y, x = y.view(-1, y.shape[-1]), x.view(-1, x.shape[-1])
        for slot, start, end in self._runs:
            offset = 0
            for lora_a, lora_b, width in zip(lora_a_stacked, lora_b_stacked, output_slices, strict=True):
                hidden = torch.mm(x[start:end], lora_a[slot, 0].t())
                y[start:end, offset : offset + width].addmm_(hidden, lora_b[slot, 0].t(), alpha=scale)
                offset += width


class SafeLoRAModelManager(LRUCacheLoRAModelManager):
    """The stock slots with safe operations, zeroed when they are freed."""

    def _init_punica_wrapper(self, max_num_batched_tokens: int, vllm_config: VllmConfig) -> None:
        super()._init_punica_wrapper(max_num_batched_tokens, vllm_config)
        for wrapper in self.punica_wrapper_mapping.values():
            wrapper.__class__ = SafePunicaWrapper

    def _deactivate_adapter(self, lora_id: int) -> None:
        slot = self.lora_index_to_id.index(lora_id) if lora_id in self.lora_index_to_id else None
        super()._deactivate_adapter(lora_id)
        if slot is not None:
            for module in self.modules.values():
                module.reset_lora(slot)


class RewindableGenerator(torch.Generator):
    """A seeded generator that vLLM may rewind on CPUs too.

    After each but the last part of a prompt vLLM takes back the token it drew, by offsets that only CUDA's generators
    have; on CPUs that ended the engine for everybody. Nothing else has been drawn by then, so the start is the place.
    """

    def get_offset(self) -> int:
        """Offsets mean nothing here."""
        return 0

    def set_offset(self, offset: int) -> torch.Generator:
        """Go back to the seed."""
        return self.manual_seed(self.initial_seed())


class SafeLoRAWorker(CPUWorker):
    """The stock CPU worker with safe slots, put in place in the engine's own process only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        torch.Generator = RewindableGenerator  # type: ignore[misc]
        LRUCacheWorkerLoRAManager._manager_cls = SafeLoRAModelManager
        # vLLM compiles a helper of prompt scoring with a C++ compiler, which takes 30 s and may not be there.
        torch.compiler.set_stance("force_eager")
        super().__init__(*args, **kwargs)
