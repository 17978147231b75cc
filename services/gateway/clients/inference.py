"""Generates and manages resident adapters by calling inference."""

import json
from collections.abc import AsyncGenerator

import grpc

from lorelei.inference.v1 import inference_pb2 as pb
from lorelei.inference.v1 import inference_pb2_grpc as rpc
from lorelei.types.v1 import types_pb2
from services.common.rpc import calling
from services.gateway.conversations import Message
from services.gateway.serving import (
    AdapterVersion,
    BaseModel,
    ChosenToken,
    GenerationEnd,
    SamplingChoice,
    TaggedText,
    TextPiece,
    TokenLogprob,
)

_FINISH_REASONS = {pb.FINISH_REASON_STOP: "stop", pb.FINISH_REASON_LENGTH: "length"}


class InferenceClient:
    """The Inference that runs in the inference service."""

    def __init__(self, channel: grpc.aio.Channel, generate_timeout_seconds: float, call_timeout_seconds: float) -> None:
        self._stub = rpc.InferenceServiceStub(channel)
        self._generate_timeout_seconds = generate_timeout_seconds
        self._call_timeout_seconds = call_timeout_seconds

    async def generate(
        self, request_id: str, messages: list[Message], adapter: AdapterVersion | None, sampling: SamplingChoice
    ) -> AsyncGenerator[TextPiece | GenerationEnd, None]:
        """Yield the text of every choice piece by piece, then the GenerationEnd; leaving early aborts them all."""
        request = pb.GenerateRequest(
            request_id=request_id,
            messages=[types_pb2.ChatMessage(role=turn.role, content=turn.content) for turn in messages],
            adapter=_ref(adapter) if adapter else None,
            sampling=_sampling(sampling),
        )
        call = self._stub.Generate(request, timeout=self._generate_timeout_seconds)
        try:
            with calling("inference"):
                async for reply in call:
                    yield _end(reply.finish) if reply.HasField("finish") else _piece(reply)
        finally:
            call.cancel()

    async def load(self, adapter: AdapterVersion) -> None:
        """Make the version resident; raises FailedPrecondition that says why it must not be."""
        with calling("inference"):
            await self._stub.LoadAdapter(
                pb.LoadAdapterRequest(adapter=_ref(adapter)), timeout=self._call_timeout_seconds
            )

    async def unload(self, adapter: AdapterVersion) -> None:
        """Remove the version as soon as no stream uses it."""
        with calling("inference"):
            await self._stub.UnloadAdapter(
                pb.UnloadAdapterRequest(adapter=_ref(adapter)), timeout=self._call_timeout_seconds
            )

    async def base_model(self) -> BaseModel:
        """The model that is served."""
        with calling("inference"):
            model = await self._stub.GetModel(pb.GetModelRequest(), timeout=self._call_timeout_seconds)
        return BaseModel(model.name, model.weights_sha256)


def _ref(adapter: AdapterVersion) -> types_pb2.AdapterRef:
    return types_pb2.AdapterRef(tenant=adapter.tenant, user=adapter.user, version=adapter.version)


def _sampling(choice: SamplingChoice) -> pb.Sampling:
    return pb.Sampling(
        max_tokens=choice.max_tokens or 0,
        temperature=choice.temperature,
        top_p=choice.top_p,
        seed=choice.seed,
        stop=choice.stop,
        json_schema=choice.json_schema,
        presence_penalty=choice.presence_penalty,
        frequency_penalty=choice.frequency_penalty,
        logit_bias=choice.logit_bias,
        top_logprobs=choice.top_logprobs,
        choices=choice.choices,
        tagged_text=_tagged_text(choice.tagged_text) if choice.tagged_text else None,
    )


def _tagged_text(text: TaggedText) -> pb.TaggedText:
    tags = [pb.TaggedJson(begin=tag.begin, schema=json.dumps(tag.schema), end=tag.end) for tag in text.tags]
    return pb.TaggedText(tags=tags, trigger=text.trigger, required=text.required, single=text.single)


def _piece(reply: pb.GenerateResponse) -> TextPiece:
    return TextPiece(reply.text_delta, reply.choice, tuple(_chosen_token(token) for token in reply.tokens))


def _chosen_token(token: pb.ChosenToken) -> ChosenToken:
    return ChosenToken(_token_logprob(token.chosen), tuple(_token_logprob(one) for one in token.top))


def _token_logprob(token: pb.TokenLogprob) -> TokenLogprob:
    return TokenLogprob(token.token, token.logprob)


def _end(finish: pb.GenerateFinish) -> GenerationEnd:
    return GenerationEnd(
        finish_reasons=tuple(_FINISH_REASONS.get(reason, "stop") for reason in finish.reasons),
        prompt_tokens=finish.usage.prompt_tokens,
        completion_tokens=finish.usage.completion_tokens,
        version=finish.adapter_version or None,
    )
