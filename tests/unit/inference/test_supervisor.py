"""The engine's supervision: readiness, restart, and the first start's failure."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from services.common.errors import AlreadyExists, InvalidArgument, Unavailable
from services.inference.adapters.residency import ResidentAdapters
from services.inference.adapters.slots import SlotAdapter
from services.inference.engine import supervisor as supervision
from services.inference.engine.requests import Finish, Message, Piece, Sampling, ScoreItem, StopReason
from services.inference.engine.supervisor import EngineSupervisor
from services.inference.model_server import ModelServer
from tests.unit.inference.test_residency import FakeSource


@dataclass
class FakeEngine:
    """An engine that dies on request."""

    dead: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False
    aborted: list[str] = field(default_factory=list)

    async def generate(
        self, request_id: str, messages: Sequence[Message], sampling: Sampling, adapter: SlotAdapter | None
    ) -> AsyncGenerator[Piece | Finish, None]:
        try:
            yield Piece(0, "Hello")
            yield Finish((StopReason.STOP,), 3, 1)
        except GeneratorExit:
            self.aborted.append(request_id)
            raise

    async def score(self, request_id: str, item: ScoreItem, adapter: SlotAdapter | None, field: str) -> list[float]:
        if item.completion == "long":
            raise InvalidArgument("too long", field=field)
        return [-1.0]

    async def add_adapter(self, adapter: SlotAdapter) -> None:
        pass

    async def remove_adapter(self, adapter: SlotAdapter) -> None:
        pass

    async def wait_until_dead(self) -> None:
        await self.dead.wait()

    async def close(self) -> None:
        self.closed = True


class Stage:
    """A supervisor whose engines, starts and announcements a test can see."""

    def __init__(self) -> None:
        self.engines: list[FakeEngine] = []
        self.failures: list[Exception] = []
        self.restored: list[object] = []
        self.announcements: asyncio.Queue[bool] = asyncio.Queue()
        self.supervisor = EngineSupervisor(self._start, self.announcements.put)

    async def _start(self) -> FakeEngine:
        if self.failures:
            raise self.failures.pop(0)
        self.engines.append(FakeEngine())
        return self.engines[-1]

    async def _restore(self, engine: object) -> None:
        with pytest.raises(Unavailable):
            self.supervisor.engine()
        self.restored.append(engine)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.Task[None]]:
        task = asyncio.create_task(self.supervisor.run(self._restore))
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.wait({task})


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setattr(supervision, "_FIRST_PAUSE_SECONDS", 0.001)
    return Stage()


async def test_before_the_first_engine_is_ready_there_is_none(stage: Stage) -> None:
    with pytest.raises(Unavailable) as failure:
        stage.supervisor.engine()
    assert failure.value.retry_after_seconds


async def test_an_engine_serves_once_it_has_its_adapters(stage: Stage) -> None:
    async with stage.running():
        assert await stage.announcements.get() is True
        assert stage.supervisor.engine() is stage.engines[0]
        assert stage.restored == stage.engines


async def test_a_dead_engine_is_announced_closed_and_replaced(stage: Stage) -> None:
    async with stage.running():
        await stage.announcements.get()
        stage.engines[0].dead.set()
        assert await stage.announcements.get() is False
        assert await stage.announcements.get() is True
        assert stage.engines[0].closed
        assert stage.supervisor.engine() is stage.engines[1]
        assert stage.restored == stage.engines


async def test_a_restart_that_fails_is_tried_again(stage: Stage) -> None:
    async with stage.running():
        await stage.announcements.get()
        stage.failures = [RuntimeError("no memory"), RuntimeError("no memory")]
        stage.engines[0].dead.set()
        assert await stage.announcements.get() is False
        async with asyncio.timeout(10):
            assert await stage.announcements.get() is True
        assert stage.failures == []


async def test_a_first_start_that_fails_ends_the_supervision(stage: Stage) -> None:
    stage.failures = [ValueError("no such model")]
    async with stage.running() as task:
        with pytest.raises(ValueError, match="no such model"):
            await task


async def test_the_end_of_supervision_closes_the_engine(stage: Stage) -> None:
    async with stage.running():
        await stage.announcements.get()
    assert stage.engines[0].closed
    assert await stage.announcements.get() is False
    with pytest.raises(Unavailable):
        stage.supervisor.engine()


@pytest.fixture
async def server(stage: Stage) -> AsyncIterator[ModelServer]:
    source = FakeSource()
    adapters = ResidentAdapters(source, stage.supervisor, slots=1, slot_wait_seconds=1)
    async with stage.running():
        await stage.announcements.get()
        yield ModelServer(stage.supervisor.engine, adapters)


HELLO = [Message("user", "Hi")]


async def test_events_pass_through_and_the_id_is_free_afterwards(server: ModelServer) -> None:
    for _ in range(2):
        events = [event async for event in server.generate("one", HELLO, Sampling(), None)]
        assert events == [Piece(0, "Hello"), Finish((StopReason.STOP,), 3, 1)]


async def test_a_stream_left_early_is_aborted_and_its_id_is_free(server: ModelServer, stage: Stage) -> None:
    events = server.generate("one", HELLO, Sampling(), None)
    await anext(events)
    with pytest.raises(AlreadyExists):
        await anext(server.generate("one", HELLO, Sampling(), None))
    await events.aclose()
    assert stage.engines[0].aborted == ["one"]
    assert await anext(server.generate("one", HELLO, Sampling(), None)) == Piece(0, "Hello")


@pytest.mark.parametrize("request_id", ["", "x" * 129])
async def test_a_request_needs_a_sensible_id(server: ModelServer, request_id: str) -> None:
    with pytest.raises(InvalidArgument) as failure:
        await anext(server.generate(request_id, HELLO, Sampling(), None))
    assert failure.value.field == "request_id"


async def test_the_item_that_cannot_be_scored_is_named(server: ModelServer) -> None:
    items = [ScoreItem(HELLO, "fine"), ScoreItem(HELLO, "long")]
    assert await server.score(items[:1], None) == [[-1.0]]
    with pytest.raises(InvalidArgument) as failure:
        await server.score(items, None)
    assert failure.value.field == "items[1]"
