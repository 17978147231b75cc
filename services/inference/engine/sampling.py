"""Turns our sampling parameters into vLLM's."""

from collections.abc import Mapping
from typing import Any

from vllm import SamplingParams
from vllm.exceptions import VLLMClientError
from vllm.sampling_params import RequestOutputKind, StructuredOutputsParams

from services.common.errors import InvalidArgument
from services.inference.engine.requests import Sampling


def sampling_params(sampling: Sampling, model_defaults: Mapping[str, Any], room: int) -> SamplingParams:
    """Build vLLM's parameters: what the caller chose, else the model's own defaults, at most `room` new tokens.

    Raises InvalidArgument when vLLM refuses them.
    """
    chosen = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "seed": sampling.seed,
    }
    values = {**model_defaults, **{name: value for name, value in chosen.items() if value is not None}}
    values["max_tokens"] = min(sampling.max_tokens or room, room)
    try:
        return SamplingParams(
            **values,
            stop=list(sampling.stop),
            output_kind=RequestOutputKind.DELTA,
            structured_outputs=StructuredOutputsParams(json=sampling.json_schema) if sampling.json_schema else None,
        )
    except (VLLMClientError, ValueError) as error:
        raise InvalidArgument("The engine refuses the sampling parameters.", field="sampling") from error
