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
from services.inference.engine.requests import Finish, Message, Sampling, ScoreItem, StopReason
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
    )


def _response(event: str | Finish, adapter: AdapterKey | None) -> pb.GenerateResponse:
    if isinstance(event, str):
        return pb.GenerateResponse(text_delta=event)
    return pb.GenerateResponse(
        finish=pb.GenerateFinish(
            reason=_FINISH_REASONS[event.reason],
            usage=types_pb2.Usage(prompt_tokens=event.prompt_tokens, completion_tokens=event.completion_tokens),
            adapter_version=adapter.version if adapter else "",
        )
    )


def _resident(version: ResidentVersion) -> pb.ResidentAdapter:
    key = version.key
    return pb.ResidentAdapter(
        adapter=types_pb2.AdapterRef(tenant=key.tenant, user=key.user, version=key.version),
        size_bytes=version.copy.manifest.size_bytes,
        streams_in_flight=version.streams,
    )
