"""The base model behind our own inference service: it answers for the neighbours, and teaches by default."""

import secrets
from collections.abc import Sequence

import grpc

from lorelei.inference.v1 import inference_pb2, inference_pb2_grpc
from lorelei.types.v1 import types_pb2
from services.augmenter.teacher.model import AdapterVersion, Generation, ScoredItem
from services.common.datasets import Message
from services.common.errors import FailedPrecondition, NotFound
from services.common.rpc import calling


class InferenceModel:
    """Calls InferenceService, without an adapter unless one is named; a seed is not passed on."""

    def __init__(self, channel: grpc.aio.Channel, timeout_seconds: float) -> None:
        self._stub = inference_pb2_grpc.InferenceServiceStub(channel)
        self._timeout_seconds = timeout_seconds
        self._weights_sha256 = ""

    async def complete(self, messages: Sequence[Message], generation: Generation) -> str:
        """Collect the stream of one reply."""
        request = inference_pb2.GenerateRequest(
            request_id=f"augmenter-{secrets.token_hex(8)}",
            messages=[types_pb2.ChatMessage(role=message.role, content=message.content) for message in messages],
            sampling=inference_pb2.Sampling(
                max_tokens=generation.max_tokens,
                temperature=generation.temperature,
                json_schema=generation.json_schema,
            ),
        )
        with calling("inference"):
            stream = self._stub.Generate(request, timeout=self._timeout_seconds)
            return "".join([reply.text_delta async for reply in stream]).strip()

    async def score(self, items: Sequence[ScoredItem]) -> list[float]:
        """Mean log-probability of each completion's tokens, in nats; at most 256 items."""
        scores = await self._score(items, None)
        return [sum(one.token_logprobs) / max(len(one.token_logprobs), 1) for one in scores]

    async def log_probabilities(self, items: Sequence[ScoredItem], adapter: AdapterVersion | None) -> list[float]:
        """Of each completion as a whole, in nats; at most 256 items."""
        try:
            scores = await self._score(items, adapter)
        except (NotFound, FailedPrecondition):
            if adapter is None:
                raise
            scores = await self._score(items, None)
        return [sum(one.token_logprobs) for one in scores]

    async def _score(
        self, items: Sequence[ScoredItem], adapter: AdapterVersion | None
    ) -> Sequence[inference_pb2.CompletionScore]:
        request = inference_pb2.ScoreRequest(
            adapter=types_pb2.AdapterRef(tenant=adapter.tenant, user=adapter.user, version=adapter.version)
            if adapter
            else None,
            items=[
                inference_pb2.ScoreItem(
                    messages=[types_pb2.ChatMessage(role=one.role, content=one.content) for one in item.messages],
                    completion=item.completion,
                )
                for item in items
            ],
        )
        with calling("inference"):
            reply = await self._stub.Score(request, timeout=self._timeout_seconds)
        return reply.scores

    async def weights_sha256(self) -> str:
        """Ask once which model is served."""
        if not self._weights_sha256:
            with calling("inference"):
                reply = await self._stub.GetModel(inference_pb2.GetModelRequest(), timeout=self._timeout_seconds)
            self._weights_sha256 = reply.weights_sha256
        return self._weights_sha256
