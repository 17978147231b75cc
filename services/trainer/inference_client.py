"""Speaks to the inference service for the gate. Knows nothing of probes or training."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from lorelei.inference.v1 import inference_pb2, inference_pb2_grpc
from lorelei.types.v1 import types_pb2
from services.common.datasets import Message
from services.common.errors import Unavailable
from services.common.rpc import calling, connect
from services.trainer.gate.serving import AdapterVersion

_SERVICE = "inference"
_SCORED_AT_ONCE = 32
Result = TypeVar("Result")


class InferenceClient:
    """The gate's `Serving` over gRPC; raises what the inference service raises, Unavailable when out of reach."""

    def __init__(self, address: str, timeout_seconds: float) -> None:
        self._channel = connect(address)
        self._stub = inference_pb2_grpc.InferenceServiceStub(self._channel)
        self._timeout_seconds = timeout_seconds

    async def load(self, adapter: AdapterVersion) -> None:
        """Make a version resident."""
        request = inference_pb2.LoadAdapterRequest(adapter=_reference(adapter))

        async def call() -> None:
            with calling(_SERVICE):
                await self._stub.LoadAdapter(request, timeout=self._timeout_seconds, wait_for_ready=True)

        await self._patiently(call)

    async def unload(self, adapter: AdapterVersion) -> None:
        """Remove a version."""
        request = inference_pb2.UnloadAdapterRequest(adapter=_reference(adapter))
        with calling(_SERVICE):
            await self._stub.UnloadAdapter(request, timeout=self._timeout_seconds)

    async def answer(
        self, adapter: AdapterVersion | None, prompt: list[Message], max_tokens: int, enough: Callable[[str], bool]
    ) -> str:
        """The greedy answer up to where `enough` is true of it."""
        messages = _turns(prompt)
        reference = _reference(adapter) if adapter else None
        sampling = inference_pb2.Sampling(max_tokens=max_tokens, temperature=0.0)

        async def call() -> str:
            request = inference_pb2.GenerateRequest(
                request_id=f"probe-{uuid.uuid4().hex}", messages=messages, adapter=reference, sampling=sampling
            )
            return await self._generate(request, enough)

        return await self._patiently(call)

    async def token_logprobs(
        self, adapter: AdapterVersion | None, replies: Sequence[tuple[list[Message], str]]
    ) -> list[list[float]]:
        """Of each token of each reply to its prompt, in nats."""
        found: list[list[float]] = []
        for start in range(0, len(replies), _SCORED_AT_ONCE):
            items = [
                inference_pb2.ScoreItem(messages=_turns(prompt), completion=reply)
                for prompt, reply in replies[start : start + _SCORED_AT_ONCE]
            ]
            found += await self._score(
                inference_pb2.ScoreRequest(items=items, adapter=_reference(adapter) if adapter else None)
            )
        return found

    async def _score(self, request: inference_pb2.ScoreRequest) -> list[list[float]]:
        async def call() -> list[list[float]]:
            with calling(_SERVICE):
                reply = await self._stub.Score(request, timeout=self._timeout_seconds, wait_for_ready=True)
            return [list(score.token_logprobs) for score in reply.scores]

        return await self._patiently(call)

    async def _generate(self, request: inference_pb2.GenerateRequest, enough: Callable[[str], bool]) -> str:
        text = ""
        with calling(_SERVICE):
            stream = self._stub.Generate(request, timeout=self._timeout_seconds, wait_for_ready=True)
            async for response in stream:
                text += response.text_delta
                if enough(text):
                    stream.cancel()
                    break
        return text

    async def _patiently(self, call: Callable[[], Awaitable[Result]]) -> Result:
        """Repeat `call` while inference is out of reach, say because its engine restarts, for up to the timeout."""
        deadline = time.monotonic() + self._timeout_seconds
        while True:
            try:
                return await call()
            except Unavailable as error:
                if time.monotonic() >= deadline:
                    raise
                await asyncio.sleep(error.retry_after_seconds or 1.0)

    async def close(self) -> None:
        """Close the channel."""
        await self._channel.close(None)


def _turns(prompt: Sequence[Message]) -> list[types_pb2.ChatMessage]:
    return [types_pb2.ChatMessage(role=turn.role, content=turn.content) for turn in prompt]


def _reference(adapter: AdapterVersion) -> types_pb2.AdapterRef:
    return types_pb2.AdapterRef(tenant=adapter.tenant, user=adapter.user, version=adapter.version)
