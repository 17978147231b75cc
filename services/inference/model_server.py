"""Answers requests with the running engine and the adapter version they name. Knows nothing of gRPC or vLLM."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext

from services.common.errors import AlreadyExists, InvalidArgument
from services.inference.adapters.key import AdapterKey
from services.inference.adapters.residency import ResidentAdapters
from services.inference.adapters.slots import SlotAdapter
from services.inference.engine.protocol import Engine
from services.inference.engine.requests import (
    Finish,
    Message,
    Piece,
    Sampling,
    ScoreItem,
    check_messages,
    check_sampling,
    check_score_items,
)

MAX_REQUEST_ID_LENGTH = 128


class ModelServer:
    """Generates and scores; a request that names an adapter version holds it in its slot until it ends."""

    def __init__(self, engine: Callable[[], Engine], adapters: ResidentAdapters) -> None:
        self._engine = engine
        self._adapters = adapters
        self._running: set[str] = set()

    async def generate(
        self, request_id: str, messages: Sequence[Message], sampling: Sampling, adapter: AdapterKey | None
    ) -> AsyncGenerator[Piece | Finish, None]:
        """Yield pieces of text, then how it ended.

        Raises InvalidArgument, AlreadyExists for the id of a running request, what loading the adapter raises, and
        Unavailable when the engine is down or dies meanwhile.
        """
        check_messages(messages)
        check_sampling(sampling)
        self._admit(request_id)
        try:
            async with (
                self._lease(adapter) as slot,
                aclosing(self._engine().generate(request_id, messages, sampling, slot)) as events,
            ):
                async for event in events:
                    yield event
        finally:
            self._running.discard(request_id)

    async def score(self, items: Sequence[ScoreItem], adapter: AdapterKey | None) -> list[list[float]]:
        """Return the log-probabilities of each item's completion tokens; raises like `generate`."""
        check_score_items(items)
        async with self._lease(adapter) as slot:
            engine = self._engine()
            try:
                async with asyncio.TaskGroup() as group:
                    scores = [
                        group.create_task(engine.score(f"score-{index}", item, slot, f"items[{index}]"))
                        for index, item in enumerate(items)
                    ]
            except ExceptionGroup as failures:
                raise failures.exceptions[0] from failures
        return [score.result() for score in scores]

    def _admit(self, request_id: str) -> None:
        if not 0 < len(request_id) <= MAX_REQUEST_ID_LENGTH:
            raise InvalidArgument(
                f"`request_id` must have 1 to {MAX_REQUEST_ID_LENGTH} characters.", field="request_id"
            )
        if request_id in self._running:
            raise AlreadyExists(f"The request {request_id} is running already.", field="request_id")
        self._running.add(request_id)

    def _lease(self, adapter: AdapterKey | None) -> AbstractAsyncContextManager[SlotAdapter | None]:
        # Asked first, so that a request fails at once while the engine is down, and fetches nothing.
        self._engine()
        return nullcontext() if adapter is None else self._adapters.lease(adapter)
