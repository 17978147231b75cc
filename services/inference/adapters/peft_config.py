"""Reads adapter_config.json, as PEFT writes it, and refuses what the engine would serve wrongly."""

import json
import math
import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.inference.adapters.errors import invalid_adapter

MAX_SCALING = 1000.0
_LAYER_NUMBER = re.compile(r"\.(\d+)\.")
# Features of PEFT that change what the two matrices mean; the engine ignores or refuses them.
_UNSUPPORTED = (
    "alora_invocation_tokens",
    "alpha_pattern",
    "exclude_modules",
    "layer_replication",
    "lora_bias",
    "modules_to_save",
    "rank_pattern",
    "target_parameters",
    "use_bdlora",
    "use_dora",
    "use_qalora",
)


class PeftConfig(BaseModel):
    """The part of PEFT's LoRA configuration that decides which tensors there are and how they are scaled."""

    model_config = ConfigDict(frozen=True, strict=True)

    peft_type: str
    rank: int = Field(alias="r", ge=1)
    alpha: float = Field(alias="lora_alpha", gt=0, allow_inf_nan=False)
    target_modules: list[str] = Field(min_length=1)
    layers_to_transform: list[int] | None = None
    bias: str = "none"
    use_rslora: bool = False

    def targets(self, module: str) -> bool:
        """Whether the adapter changes the linear layer named `module`, by PEFT's rule of name endings."""
        if not any(module == target or module.endswith(f".{target}") for target in self.target_modules):
            return False
        if self.layers_to_transform is None:
            return True
        number = _LAYER_NUMBER.search(module)
        return number is not None and int(number[1]) in self.layers_to_transform

    @property
    def scaling(self) -> float:
        """Factor on the product of the two matrices."""
        return self.alpha / (math.sqrt(self.rank) if self.use_rslora else self.rank)


def read_peft_config(path: Path, max_rank: int) -> PeftConfig:
    """Read and check the configuration, or raise FailedPrecondition that names what is wrong."""
    try:
        fields = json.loads(path.read_bytes())
        config = PeftConfig.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        raise invalid_adapter(f"{path.name}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from error
    except (ValueError, RecursionError) as error:
        raise invalid_adapter(f"{path.name} is not JSON.") from error
    unsupported = [name for name in _UNSUPPORTED if fields.get(name)]
    if config.peft_type != "LORA" or config.bias != "none" or unsupported:
        raise invalid_adapter(f"{path.name} asks for more than plain LoRA: {', '.join(unsupported) or 'type or bias'}.")
    if config.rank > max_rank:
        raise invalid_adapter(f"its rank is {config.rank}, at most {max_rank} is served.")
    if config.scaling > MAX_SCALING:
        raise invalid_adapter(f"its scaling is {config.scaling:.0f}, at most {MAX_SCALING:.0f} is served.")
    return config
