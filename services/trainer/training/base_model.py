"""Loads the base model with LoRA on its upper layers, and reads and writes the LoRA weights. Trains nothing."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from peft.tuners.lora import LoraLayer
from safetensors.torch import load, save
from torch import nn
from torch.nn.utils import parametrize
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from services.common.errors import FailedPrecondition
from services.trainer.training.contract import AdapterFiles, LoraShape
from services.trainer.training.preconditioning import Preconditioner


def load_tokenizer(model_path: str) -> PreTrainedTokenizerBase:
    """Load the tokenizer with its chat template from a local folder or by Hugging Face name."""
    return AutoTokenizer.from_pretrained(model_path)


def load_base(model_path: str, device: torch.device) -> PreTrainedModel:
    """Load the base model, float32 on CPUs and bfloat16 on GPUs."""
    dtype = torch.float32 if device.type == "cpu" else torch.bfloat16
    model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(model_path, dtype=dtype, device_map=device)
    return model


def decoder_layers(base: PreTrainedModel) -> nn.ModuleList:
    """The decoder's layers, lowest first."""
    layers: nn.ModuleList = base.get_decoder().layers  # type: ignore[no-untyped-call]
    return layers


def first_trained_layer(base: PreTrainedModel, shape: LoraShape) -> int:
    """Number of the lowest decoder layer with LoRA."""
    layers = len(decoder_layers(base))
    return layers - max(1, round(shape.trained_layers * layers))


@dataclass(frozen=True)
class LoraMatrix:
    """One matrix of the adapter: its name in PEFT's files, and the layer that holds it."""

    name: str
    holder: nn.Linear

    @property
    def trained(self) -> nn.Parameter:
        """What the optimiser changes, of the same shape as what is used."""
        if self._is_preconditioned:
            return cast(nn.Parameter, self._parametrization.original)
        return cast(nn.Parameter, self.holder.weight)

    @property
    def used(self) -> torch.Tensor:
        """What the layer multiplies by, and what is stored."""
        return self.holder.weight

    def use(self, matrix: torch.Tensor) -> None:
        """Let the layer multiply by `matrix`."""
        with torch.no_grad():
            self.trained.copy_(self._parametrization[0].undo(matrix) if self._is_preconditioned else matrix)

    @property
    def _is_preconditioned(self) -> bool:
        return parametrize.is_parametrized(self.holder)

    @property
    def _parametrization(self) -> Any:
        return self.holder.parametrizations["weight"]  # type: ignore[index]


def attach_lora(
    base: PreTrainedModel, shape: LoraShape, preconditioners: Mapping[str, Preconditioner] | None = None
) -> PeftModel:
    """Freeze `base` and put float32 LoRA on `lora_layers`; their A are trained behind `preconditioners`, by name."""
    layers = decoder_layers(base)
    config = LoraConfig(
        r=shape.rank,
        lora_alpha=shape.rank,
        target_modules=sorted({name.rpartition(".")[2] for name in lora_layers(base, shape)}),
        layers_to_transform=list(range(first_trained_layer(base, shape), len(layers))),
        bias="none",
        task_type="CAUSAL_LM",
    )
    model = get_peft_model(base, config)
    for name, module in model.get_base_model().named_modules():
        if isinstance(module, LoraLayer) and preconditioners:
            parametrize.register_parametrization(module.lora_A["default"], "weight", preconditioners[name], unsafe=True)
    return model


def lora_layers(base: PreTrainedModel, shape: LoraShape) -> dict[str, nn.Linear]:
    """All linear layers inside the upper decoder layers, by name."""
    upper = decoder_layers(base)[first_trained_layer(base, shape) :]
    inside = {id(part) for layer in upper for part in layer.modules()}
    return {name: part for name, part in base.named_modules() if isinstance(part, nn.Linear) and id(part) in inside}


def lora_matrices(model: PeftModel) -> list[LoraMatrix]:
    """All LoRA matrices, in the model's order."""
    return [
        LoraMatrix(f"{name}.{letter}.weight", getattr(module, letter)["default"])
        for name, module in model.named_modules()
        if isinstance(module, LoraLayer)
        for letter in ("lora_A", "lora_B")
    ]


def initialise_lora(model: PeftModel, seed: int, weights: bytes | None, share: float = 1.0) -> None:
    """Put `weights` (adapter_model.safetensors) in, or fresh ones: uniform A drawn from `seed`, zero B.

    `share` is by how much the update of `weights` is multiplied.

    Raises FailedPrecondition when `weights` do not fit this model.
    """
    if weights is not None:
        _fill(model, load(weights), share)
        return
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for matrix in lora_matrices(model):
            fresh = torch.zeros(matrix.trained.shape)
            if ".lora_A." in matrix.name:
                torch.nn.init.kaiming_uniform_(fresh, a=math.sqrt(5), generator=generator)
            matrix.trained.copy_(fresh)


def _fill(model: PeftModel, tensors: dict[str, torch.Tensor], share: float) -> None:
    matrices = {matrix.name: matrix for matrix in lora_matrices(model)}
    if {n: tensor.shape for n, tensor in tensors.items()} != {n: m.trained.shape for n, m in matrices.items()}:
        raise FailedPrecondition(
            "The version in force cannot be trained on: its LoRA is not on all linear layers of the upper part of the "
            "base model. Activate another one first.",
            reason="ADAPTER_INVALID",
        )
    for name, tensor in tensors.items():
        # Imported versions may be of half precision.
        kept = share if ".lora_B." in name else 1.0
        matrices[name].use(kept * tensor.to(matrices[name].trained))


def set_scaling(model: PeftModel, alpha: float) -> None:
    """Scale the update by `alpha` / rank from now on, also in the exported configuration."""
    config = model.peft_config["default"]
    if not isinstance(config, LoraConfig):
        raise TypeError("The adapter is not LoRA.")
    config.lora_alpha = int(alpha) if alpha.is_integer() else alpha  # type: ignore[assignment]  # PEFT takes both
    for module in model.modules():
        if isinstance(module, LoraLayer):
            module.scaling["default"] = alpha / config.r


def export_adapter(model: PeftModel, base_model_name: str) -> AdapterFiles:
    """Write the adapter in PEFT's own format, without any path of this machine."""
    config = model.peft_config["default"].to_dict()
    config |= {
        "base_model_name_or_path": base_model_name,
        "inference_mode": True,
        "target_modules": sorted(config["target_modules"]),
    }
    tensors = {matrix.name: matrix.used.detach().float().cpu().contiguous() for matrix in lora_matrices(model)}
    return AdapterFiles(
        config=json.dumps(_plain(config), indent=2, sort_keys=True).encode(),
        weights=save(tensors, metadata={"format": "pt"}),
    )


def _plain(value: object) -> object:
    """Turn PEFT's enums and sets into what JSON knows."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, set):
        return sorted(value)
    return getattr(value, "value", value)
