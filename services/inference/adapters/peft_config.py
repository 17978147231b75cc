"""Reads adapter_config.json, as PEFT writes it, and refuses what the engine would serve wrongly."""

import json
from pathlib import Path

from pydantic import ValidationError

from services.common.peft_config import PeftConfig
from services.inference.adapters.errors import invalid_adapter

MAX_SCALING = 1000.0
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
