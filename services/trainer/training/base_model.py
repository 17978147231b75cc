"""Loads the base model with LoRA on its upper layers, and reads and writes the LoRA weights. Trains nothing."""

import json
import math

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from peft.tuners.lora import LoraLayer
from peft.utils import get_peft_model_state_dict
from safetensors.torch import load, save
from torch import nn
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from services.common.errors import FailedPrecondition
from services.trainer.training.contract import AdapterFiles, LoraShape


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


def attach_lora(base: PreTrainedModel, shape: LoraShape) -> PeftModel:
    """Freeze `base` and put float32 LoRA on all linear layers inside its upper decoder layers."""
    layers = decoder_layers(base)
    config = LoraConfig(
        r=shape.rank,
        lora_alpha=shape.rank,
        target_modules=sorted({name.rpartition(".")[2] for name, part in layers.named_modules() if _is_linear(part)}),
        layers_to_transform=list(range(first_trained_layer(base, shape), len(layers))),
        bias="none",
        task_type="CAUSAL_LM",
    )
    return get_peft_model(base, config)


def _is_linear(module: nn.Module) -> bool:
    return isinstance(module, nn.Linear)


def lora_parameters(model: PeftModel) -> list[tuple[str, torch.nn.Parameter]]:
    """All LoRA matrices by name, in the model's order."""
    return [(name, parameter) for name, parameter in model.named_parameters() if "lora_" in name]


def initialise_lora(model: PeftModel, seed: int, weights: bytes | None) -> None:
    """Put `weights` (adapter_model.safetensors) in, or fresh ones: uniform A drawn from `seed`, zero B.

    Raises FailedPrecondition when `weights` do not fit this model.
    """
    if weights is not None:
        _fill(model, load(weights))
        return
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in lora_parameters(model):
            if "lora_B" in name:
                parameter.zero_()
                continue
            fresh = torch.empty(parameter.shape)
            torch.nn.init.kaiming_uniform_(fresh, a=math.sqrt(5), generator=generator)
            parameter.copy_(fresh)


def _fill(model: PeftModel, tensors: dict[str, torch.Tensor]) -> None:
    parameters = {name.replace(".default.", "."): parameter for name, parameter in lora_parameters(model)}
    if {name: tensor.shape for name, tensor in tensors.items()} != {n: p.shape for n, p in parameters.items()}:
        raise FailedPrecondition("The former version's weights do not fit the base model.", reason="ADAPTER_INVALID")
    with torch.no_grad():
        for name, tensor in tensors.items():
            parameters[name].copy_(tensor)


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
    tensors = {name: tensor.detach().float().cpu().contiguous() for name, tensor in _state(model).items()}
    return AdapterFiles(
        config=json.dumps(_plain(config), indent=2, sort_keys=True).encode(),
        weights=save(tensors, metadata={"format": "pt"}),
    )


def _state(model: PeftModel) -> dict[str, torch.Tensor]:
    return dict(get_peft_model_state_dict(model))


def _plain(value: object) -> object:
    """Turn PEFT's enums and sets into what JSON knows."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, set):
        return sorted(value)
    return getattr(value, "value", value)
