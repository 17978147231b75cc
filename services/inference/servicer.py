"""Translates between protobuf and the inference domain. Decides nothing."""

from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing
from typing import Any

import grpc

from lorelei.inference.v1 import inference_pb2 as pb
from lorelei.inference.v1 import inference_pb2_grpc
from lorelei.types.v1 import types_pb2
from services.common.errors import InvalidArgument
from services.inference.adapters.key import AdapterKey
from services.inference.adapters.residency import ResidentAdapters, ResidentVersion
from services.inference.base_model import BaseModel
from services.inference.engine.requests import (
    ChosenToken,
    Finish,
    Message,
    Piece,
    Sampling,
    ScoreItem,
    StopReason,
    TaggedJson,
    TaggedText,
    TokenLogprob,
)
from services.inference.model_server import ModelServer

Context = grpc.aio.ServicerContext[Any, Any]

_FINISH_REASONS = {StopReason.STOP: pb.FINISH_REASON_STOP, StopReason.LENGTH: pb.FINISH_REASON_LENGTH}


class InferenceServicer(inference_pb2_grpc.InferenceServiceServicer):
    """lorelei.inference.v1.InferenceService."""

    def __init__(self, model: BaseModel, server: ModelServer, adapters: ResidentAdapters) -> None:
        self._model = model
        self._server = server
        self._adapters = adapters

    async def Generate(  # noqa: N802 - the protocol's name
        self, request: pb.GenerateRequest, context: Context
    ) -> AsyncIterator[pb.GenerateResponse]:
        """Stream one reply."""
        adapter = _adapter_or_base(request)
        messages, sampling = _messages(request.messages), _sampling(request.sampling)
        async with aclosing(self._server.generate(request.request_id, messages, sampling, adapter)) as events:
            async for event in events:
                yield _response(event, adapter)

    async def Score(self, request: pb.ScoreRequest, context: Context) -> pb.ScoreResponse:  # noqa: N802
        """Score completions."""
        items = [ScoreItem(_messages(item.messages), item.completion) for item in request.items]
        scores = await self._server.score(items, _adapter_or_base(request))
        return pb.ScoreResponse(scores=[pb.CompletionScore(token_logprobs=logprobs) for logprobs in scores])

    async def LoadAdapter(  # noqa: N802
        self, request: pb.LoadAdapterRequest, context: Context
    ) -> pb.LoadAdapterResponse:
        """Make a version resident."""
        return pb.LoadAdapterResponse(seconds=await self._adapters.load(_adapter(request)))

    async def UnloadAdapter(  # noqa: N802
        self, request: pb.UnloadAdapterRequest, context: Context
    ) -> pb.UnloadAdapterResponse:
        """Remove a version as soon as no stream uses it."""
        return pb.UnloadAdapterResponse(streams_in_flight=await self._adapters.unload(_adapter(request)))

    async def ListAdapters(  # noqa: N802
        self, request: pb.ListAdaptersRequest, context: Context
    ) -> pb.ListAdaptersResponse:
        """List the versions that hold a slot."""
        return pb.ListAdaptersResponse(adapters=[_resident(version) for version in self._adapters.listing()])

    async def GetModel(self, request: pb.GetModelRequest, context: Context) -> pb.GetModelResponse:  # noqa: N802
        """Describe the base model."""
        return pb.GetModelResponse(
            name=self._model.name,
            weights_sha256=self._model.weights_sha256,
            max_model_len=self._model.max_model_len,
            max_lora_rank=self._model.max_lora_rank,
        )


def _adapter(request: pb.LoadAdapterRequest | pb.UnloadAdapterRequest) -> AdapterKey:
    if not request.HasField("adapter"):
        raise InvalidArgument("`adapter` is missing.", field="adapter")
    return _key(request.adapter)


def _adapter_or_base(request: pb.GenerateRequest | pb.ScoreRequest) -> AdapterKey | None:
    return _key(request.adapter) if request.HasField("adapter") else None


def _key(reference: types_pb2.AdapterRef) -> AdapterKey:
    return AdapterKey(reference.tenant, reference.user, reference.version)


def _messages(messages: Iterable[types_pb2.ChatMessage]) -> list[Message]:
    return [Message(message.role, message.content) for message in messages]


def _sampling(sampling: pb.Sampling) -> Sampling:
    return Sampling(
        max_tokens=sampling.max_tokens or None,
        temperature=sampling.temperature if sampling.HasField("temperature") else None,
        top_p=sampling.top_p if sampling.HasField("top_p") else None,
        seed=sampling.seed if sampling.HasField("seed") else None,
        stop=tuple(sampling.stop),
        json_schema=sampling.json_schema,
        presence_penalty=sampling.presence_penalty,
        frequency_penalty=sampling.frequency_penalty,
        logit_bias=dict(sampling.logit_bias),
        top_logprobs=sampling.top_logprobs if sampling.HasField("top_logprobs") else None,
        choices=sampling.choices or 1,
        tagged_text=_tagged_text(sampling.tagged_text) if sampling.HasField("tagged_text") else None,
    )


def _tagged_text(text: pb.TaggedText) -> TaggedText:
    tags = tuple(TaggedJson(tag.begin, tag.schema, tag.end) for tag in text.tags)
    return TaggedText(tags, text.trigger, text.required, text.single)


def _response(event: Piece | Finish, adapter: AdapterKey | None) -> pb.GenerateResponse:
    if isinstance(event, Piece):
        tokens = [_chosen_token(token) for token in event.tokens]
        return pb.GenerateResponse(text_delta=event.text, choice=event.choice, tokens=tokens)
    return pb.GenerateResponse(
        finish=pb.GenerateFinish(
            reasons=[_FINISH_REASONS[reason] for reason in event.reasons],
            usage=types_pb2.Usage(prompt_tokens=event.prompt_tokens, completion_tokens=event.completion_tokens),
            adapter_version=adapter.version if adapter else "",
        )
    )


def _chosen_token(token: ChosenToken) -> pb.ChosenToken:
    return pb.ChosenToken(chosen=_token_logprob(token.chosen), top=[_token_logprob(one) for one in token.top])


def _token_logprob(token: TokenLogprob) -> pb.TokenLogprob:
    return pb.TokenLogprob(token=token.token, logprob=token.logprob)


def _resident(version: ResidentVersion) -> pb.ResidentAdapter:
    key = version.key
    return pb.ResidentAdapter(
        adapter=types_pb2.AdapterRef(tenant=key.tenant, user=key.user, version=key.version),
        size_bytes=version.copy.manifest.size_bytes,
        streams_in_flight=version.streams,
    )
