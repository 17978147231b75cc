"""A warm DeepSpeed ZeRO engine around one LoRA model: reset, study, step. Knows no jobs or recipes."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Literal

import deepspeed  # type: ignore[import-untyped]
import torch
import torch.distributed as dist
from transformers import PreTrainedModel

from services.trainer.training.base_model import (
    attach_lora,
    first_trained_layer,
    initialise_lora,
    lora_matrices,
    set_scaling,
)
from services.trainer.training.contract import LoraShape
from services.trainer.training.frozen_layers import FrozenLayers
from services.trainer.training.losses import (
    BaseDistribution,
    cross_entropy_sum,
    kl_sum,
    preference_loss,
    top_distribution,
)
from services.trainer.training.packing import Pack, pack_examples
from services.trainer.training.preconditioning import Preconditioner
from services.trainer.training.tokens import TokenizedExample

GRADIENT_CLIPPING = 1.0


@dataclass(frozen=True)
class StepSums:
    """Sums over one step's answer tokens, in nats, on all workers together."""

    fact_loss: float
    fact_tokens: float
    kl: float
    kl_tokens: float
    tokens: float


@dataclass(frozen=True)
class LossWeights:
    """By what a step's sums are multiplied: cross-entropy of facts, KL of what is held, loss of rejected replies.

    preference_beta: DPO's beta.
    """

    fact: float
    kl: float
    preference: float
    preference_beta: float


@dataclass(frozen=True)
class StudiedExample:
    """One example with what the base model makes of it.

    hidden: [its tokens but the last, hidden size], what enters the first trained layer, in the CPU's memory;
    base: the base model's predictions of the answer, None for what is not held to them.
    """

    example: TokenizedExample
    hidden: torch.Tensor
    base: BaseDistribution | None


@dataclass(frozen=True)
class SeenExample:
    """Sums over one example's answer tokens: loss (-log p) and KL of the base to the model, in nats."""

    loss: float
    kl: float
    tokens: int


class TrainingEngine:
    """Owns the model's LoRA weights and their optimiser; every worker of a ZeRO group holds one."""

    def __init__(
        self,
        base: PreTrainedModel,
        preconditioners: Mapping[str, Preconditioner],
        shape: LoraShape,
        zero_stage: int,
        device: torch.device,
    ) -> None:
        """Put LoRA of `shape` on `base`, preconditioned where there are any; torch.distributed must be initialised."""
        self._frozen = FrozenLayers(base, first_trained_layer(base, shape))
        self._hidden_size: int = base.config.get_text_config().hidden_size
        self._dtype = base.dtype
        self.model = model = attach_lora(base, shape, preconditioners)
        self._device = device
        self._engine, *_ = deepspeed.initialize(
            model=model,
            model_parameters=[matrix.trained for matrix in lora_matrices(model)],
            config=_deepspeed_config(zero_stage),
            dist_init_required=False,
        )

    def reset(self, seed: int, weights: bytes | None, alpha: float, share: float = 1.0) -> None:
        """Make the engine as good as new, with fresh LoRA weights or this `share` of the given ones' update.

        Raises FailedPrecondition when `weights` do not fit. What follows is identical to a freshly built engine.
        """
        initialise_lora(self.model, seed, weights, share)
        set_scaling(self.model, alpha)
        self._engine.zero_grad()
        self._engine.optimizer.zero_grad()
        self._engine.optimizer.refresh_fp32_params()
        for state in self._engine.optimizer.optimizer.state.values():
            for value in state.values():
                if isinstance(value, torch.Tensor):
                    value.zero_()
        for counter in ("global_steps", "global_samples", "micro_steps", "skipped_steps"):
            setattr(self._engine, counter, 0)

    def study(self, examples: Sequence[TokenizedExample]) -> list[StudiedExample]:
        """Compute once what every step needs of `examples`: the base model's view of them, without the adapter."""
        self.model.eval()
        with torch.no_grad(), self.model.disable_adapter():
            studied = self._study_lower(examples)
            # What the base model would say to facts does not matter, so its upper layers are not run for them.
            held = self._study_upper([one for one in studied if one.example.is_held])
        said = {one.example: one for one in held}
        return [said.get(one.example, one) for one in studied]

    def _study_lower(self, examples: Sequence[TokenizedExample]) -> list[StudiedExample]:
        pack = pack_examples(examples)
        with self._frozen.recorded() as seen:
            self._logits(self.model, pack)
        return [StudiedExample(e, self._along(seen[0], p), None) for e, p in zip(examples, pack.paths, strict=True)]

    def _study_upper(self, studied: Sequence[StudiedExample]) -> list[StudiedExample]:
        if not studied:
            return []
        pack = pack_examples([one.example for one in studied])
        with self._frozen.replayed(self._entering(studied, pack)):
            parts = torch.split(self._logits(self.model, pack), pack.lengths)
        return [replace(one, base=top_distribution(part)) for one, part in zip(studied, parts, strict=True)]

    def _along(self, hidden: torch.Tensor, path: torch.Tensor) -> torch.Tensor:
        """The rows of `hidden`, [1, nodes, hidden size], at the nodes of one example."""
        return hidden[0, path.to(self._device)].cpu()

    def step(
        self,
        packs: Sequence[Sequence[StudiedExample]],
        weights: LossWeights,
        learning_rate: float,
    ) -> StepSums:
        """Take one optimiser step on this worker's share of the step's examples.

        `weights` are those of the whole step, so that it does not depend on how the examples were dealt out.
        """
        for group in self._engine.optimizer.param_groups:
            group["lr"] = learning_rate
        self.model.train()
        sums = torch.zeros(5, dtype=torch.float64)
        for examples in packs:
            sums += self._accumulate(examples, weights)
        self._engine.step()
        if dist.get_world_size() > 1:
            sums = sums.to(self._device)
            dist.all_reduce(sums)
        return StepSums(*sums.tolist())

    def examine(self, studied: Sequence[StudiedExample], model: Literal["adapter", "base"]) -> list[SeenExample]:
        """What the adapter as it is now, or the base model, makes of examples that are held to the base."""
        pack = pack_examples([one.example for one in studied])
        bare = self.model.disable_adapter() if model == "base" else nullcontext()
        self.model.eval()
        with torch.no_grad(), bare, self._frozen.replayed(self._entering(studied, pack)):
            parts = torch.split(self._logits(self.model, pack), pack.lengths)
        targets = torch.split(pack.targets.to(self._device), pack.lengths)
        return [
            SeenExample(cross_entropy_sum(logits, target).item(), kl_sum(logits, one.base).item(), len(target))
            for logits, target, one in zip(parts, targets, studied, strict=True)
            if one.base is not None
        ]

    def _accumulate(self, studied: Sequence[StudiedExample], weights: LossWeights) -> torch.Tensor:
        """Add one pack's gradients; return its sums in the order of StepSums, [5]."""
        pack = pack_examples([one.example for one in studied])
        with self._frozen.replayed(self._entering(studied, pack)):
            parts = torch.split(self._logits(self._engine, pack), pack.lengths)
        targets = torch.split(pack.targets.to(self._device), pack.lengths)
        kl = torch.zeros((), device=self._device)
        losses: dict[TokenizedExample, torch.Tensor] = {}
        for logits, target, one in zip(parts, targets, studied, strict=True):
            if one.base is None:
                losses[one.example] = cross_entropy_sum(logits, target)
            else:
                kl = kl + kl_sum(logits, one.base)
        facts = [example for example in losses if example.kind == "fact"]
        fact_loss = torch.stack([losses[fact] for fact in facts]).sum() if facts else torch.zeros_like(kl)
        preference = _preference_sum(losses, weights.preference_beta)
        loss = weights.fact * fact_loss + weights.kl * kl + weights.preference * preference
        # DeepSpeed averages the workers' gradients; the sums above are already shares of the whole step.
        self._engine.backward(loss * dist.get_world_size(), scale_wrt_gas=False)
        taught = sum(len(fact.answer_ids) for fact in facts)
        held = sum(len(one.example.answer_ids) for one in studied if one.example.is_held)
        return torch.tensor([fact_loss.item(), taught, kl.item(), held, pack.nodes], dtype=torch.float64)

    def _entering(self, studied: Sequence[StudiedExample], pack: Pack) -> torch.Tensor:
        """What enters the first trained layer at each node of `pack`, [1, nodes, hidden size]."""
        hidden = torch.empty(1, pack.nodes, self._hidden_size, dtype=self._dtype)
        for one, path in zip(studied, pack.paths, strict=True):
            hidden[0, path] = one.hidden
        return hidden.to(self._device)

    def _logits(self, model: torch.nn.Module, pack: Pack) -> torch.Tensor:
        """Logits at the pack's rows, [answer tokens, vocabulary]."""
        with torch.autocast("cuda", dtype=torch.bfloat16, enabled=self._device.type == "cuda"):
            output = model(
                input_ids=pack.token_ids.to(self._device),
                attention_mask=pack.mask.to(self._device),
                position_ids=pack.position_ids.to(self._device),
                logits_to_keep=pack.rows.to(self._device),
                use_cache=False,
            )
        logits: torch.Tensor = output.logits[0]
        return logits

    def close(self) -> None:
        """Let go of the optimiser's memory; the engine is of no use afterwards."""
        self._engine.destroy()


def _preference_sum(losses: Mapping[TokenizedExample, torch.Tensor], beta: float) -> torch.Tensor | float:
    """Sum of the preference losses of all facts with a rejected reply; `losses` are -log p, in nats, of every reply."""
    pairs = [(losses[fact], losses[fact.rejected.example], fact.rejected) for fact in losses if fact.rejected]
    return sum(preference_loss(rejected - wanted, reply.reference_margin, beta) for wanted, rejected, reply in pairs)


def _deepspeed_config(zero_stage: int) -> dict[str, object]:
    return {
        "train_micro_batch_size_per_gpu": 1,
        # The loop decides how many packs make a step.
        "managed_gradient_accumulation": False,
        "gradient_clipping": GRADIENT_CLIPPING,
        "zero_optimization": {"stage": zero_stage, "overlap_comm": False},
        # DeepSpeed's own CPU Adam would be compiled at start; PyTorch's is as fast for a few million parameters.
        "zero_force_ds_cpu_optimizer": False,
        "zero_allow_untested_optimizer": True,
        "optimizer": {"type": "AdamW", "params": {"lr": 1e-3, "weight_decay": 0.0, "torch_adam": True, "fused": True}},
        "steps_per_print": 2**31,
    }
