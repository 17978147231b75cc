"""Turns our sampling parameters into vLLM's."""

import json
from collections.abc import Mapping
from typing import Any

from vllm import SamplingParams
from vllm.exceptions import VLLMClientError
from vllm.sampling_params import RequestOutputKind, StructuredOutputsParams
from vllm.v1.structured_output.backend_xgrammar import has_xgrammar_unsupported_json_features

from services.common.errors import InvalidArgument
from services.inference.engine.requests import Sampling, TaggedText

# Below this vLLM takes the likeliest token, and refuses to do so more than once.
_GREEDY_TEMPERATURE = 1e-5


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
    if sampling.choices > 1 and values.get("temperature", 1.0) < _GREEDY_TEMPERATURE:
        raise InvalidArgument(
            "With temperature 0 all choices are the same: ask for one, or for a temperature above 0.",
            field="sampling.choices",
        )
    try:
        return SamplingParams(
            **values,
            n=sampling.choices,
            stop=list(sampling.stop),
            presence_penalty=sampling.presence_penalty,
            frequency_penalty=sampling.frequency_penalty,
            logit_bias=dict(sampling.logit_bias) or None,
            logprobs=sampling.top_logprobs,
            output_kind=RequestOutputKind.DELTA,
            structured_outputs=_structure(sampling),
        )
    except (VLLMClientError, ValueError) as error:
        raise InvalidArgument("The engine refuses the sampling parameters.", field="sampling") from error


def _structure(sampling: Sampling) -> StructuredOutputsParams | None:
    if sampling.tagged_text:
        return StructuredOutputsParams(structural_tag=_structural_tag(sampling.tagged_text))
    return StructuredOutputsParams(json=sampling.json_schema) if sampling.json_schema else None


def _structural_tag(text: TaggedText) -> str:
    """The text's form in xgrammar's own words."""
    try:
        schemas = [json.loads(tag.schema) for tag in text.tags]
    except ValueError as error:
        raise InvalidArgument("A schema is not valid JSON.", field="sampling.tagged_text") from error
    if any(has_xgrammar_unsupported_json_features(schema) for schema in schemas):
        # It would be followed in part only.
        raise InvalidArgument(
            "A schema asks for what the engine cannot enforce, such as uniqueItems, multipleOf or some formats.",
            field="sampling.tagged_text",
        )
    tags = [
        {"begin": tag.begin, "content": _json_content(schema), "end": tag.end}
        for tag, schema in zip(text.tags, schemas, strict=True)
    ]
    triggered = {
        "type": "triggered_tags",
        "triggers": [text.trigger],
        "tags": tags,
        "at_least_one": text.required,
        "stop_after_first": text.single,
    }
    return json.dumps({"type": "structural_tag", "format": triggered})


def _json_content(schema: object) -> dict[str, Any]:
    # Small models would go on with spaces and line breaks for ever.
    return {"type": "json_schema", "json_schema": schema, "max_whitespace_cnt": 1}
