"""What adapter_config.json, as PEFT writes it, says of a LoRA adapter. Knows no limits and no weights."""

import math
import re

from pydantic import BaseModel, ConfigDict, Field

# Far beyond what is served, but small enough to calculate with.
_MAX_RANK = 1 << 16
_MAX_ALPHA = 1e9
_LAYER_NUMBER = re.compile(r"\.(\d+)\.")


class PeftConfig(BaseModel):
    """The part of PEFT's LoRA configuration that decides which tensors there are and how they are scaled."""

    model_config = ConfigDict(frozen=True, strict=True)

    peft_type: str
    rank: int = Field(alias="r", ge=1, le=_MAX_RANK)
    alpha: float = Field(alias="lora_alpha", gt=0, le=_MAX_ALPHA, allow_inf_nan=False)
    target_modules: list[str] = Field(min_length=1)
    layers_to_transform: list[int] | None = None
    bias: str = "none"
    use_rslora: bool = False
    base_model_name_or_path: str | None = None

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
