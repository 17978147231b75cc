"""Which versions hold slots: single flight, counting, retirement, eviction, restoration."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from services.common.errors import FailedPrecondition, NotFound, ResourceExhausted, Unavailable
from services.inference.adapters.key import AdapterKey
from services.inference.adapters.local_copy import LocalCopy
from services.inference.adapters.residency import ResidentAdapters
from services.inference.adapters.slots import SlotAdapter
from tests.unit.inference.manifests import manifest


def key(number: int) -> AdapterKey:
    return AdapterKey("acme", "ada", f"v-{number:012x}-00000000")


@dataclass
class FakeSource:
    """Hands out copies; waits for `gate` when a test closes it."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    errors: dict[AdapterKey, Exception] = field(default_factory=dict)
    obtained: list[str] = field(default_factory=list)
    kept: set[Path] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.gate.set()

    async def obtain(self, key: AdapterKey, folder_name: str) -> LocalCopy:
        self.obtained.append(folder_name)
        await self.gate.wait()
        if error := self.errors.get(key):
            raise error
        folder = Path(folder_name)
        self.kept.add(folder)
        return LocalCopy(folder, manifest(key))

    async def discard(self, copy: LocalCopy) -> None:
        self.kept.discard(copy.folder)


@dataclass
class FakeEngine:
    """Slots that break the promises of the real one loudly: no number, name or folder twice, no file missing."""

    slots: int
    source: FakeSource
    inside: dict[int, SlotAdapter] = field(default_factory=dict)
    seen: set[object] = field(default_factory=set)
    down: bool = False
    refused: set[Path] = field(default_factory=set)

    async def add_adapter(self, adapter: SlotAdapter) -> None:
        await asyncio.sleep(0)
        if self.down:
            raise Unavailable("down")
        if adapter.folder in self.refused:
            raise FailedPrecondition("refused", reason="ADAPTER_INVALID")
        marks = {adapter.number, adapter.name, adapter.folder}
        assert not marks & self.seen
        assert adapter.folder in self.source.kept
        self.seen |= marks
        self.inside[adapter.number] = adapter
        assert len(self.inside) <= self.slots

    async def remove_adapter(self, adapter: SlotAdapter) -> None:
        await asyncio.sleep(0)
        if self.down:
            raise Unavailable("down")
        self.inside.pop(adapter.number, None)


@dataclass
class Room:
    """Two slots with everything around them."""

    source: FakeSource = field(default_factory=FakeSource)
    engine: FakeEngine = field(init=False)
    adapters: ResidentAdapters = field(init=False)

    def __post_init__(self) -> None:
        self.engine = FakeEngine(2, self.source)
        self.adapters = ResidentAdapters(self.source, self.engine, slots=2, slot_wait_seconds=0.05)

    def serving(self) -> dict[AdapterKey, int]:
        return {version.key: version.streams for version in self.adapters.listing()}


@pytest.fixture
def room() -> Room:
    return Room()


async def test_a_version_is_loaded_by_its_first_lease_and_stays(room: Room) -> None:
    async with room.adapters.lease(key(1)) as first:
        assert room.serving() == {key(1): 1}
    async with room.adapters.lease(key(1)) as second:
        assert second is first
    assert len(room.source.obtained) == 1
    assert room.serving() == {key(1): 0}


async def test_many_who_want_one_version_share_one_load(room: Room) -> None:
    room.source.gate.clear()
    loads = [asyncio.create_task(room.adapters.load(key(1))) for _ in range(5)]
    await asyncio.sleep(0)
    room.source.gate.set()
    await asyncio.gather(*loads)
    assert len(room.source.obtained) == 1


async def test_a_caller_who_gives_up_does_not_stop_the_load_for_others(room: Room) -> None:
    room.source.gate.clear()
    impatient, patient = (asyncio.create_task(room.adapters.load(key(1))) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    room.source.gate.set()
    await patient
    assert room.serving() == {key(1): 0}


async def test_a_failed_load_reaches_every_waiter_and_costs_no_slot(room: Room) -> None:
    room.source.errors[key(1)] = NotFound("no such version")
    results = await asyncio.gather(*(room.adapters.load(key(1)) for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [NotFound] * 3
    for number in (2, 3):
        await room.adapters.load(key(number))
    assert len(room.engine.inside) == 2


async def test_what_the_engine_refuses_is_deleted_and_costs_no_slot(room: Room) -> None:
    room.engine.refused.add(Path(f"{key(1).version}.1"))
    with pytest.raises(FailedPrecondition):
        await room.adapters.load(key(1))
    assert room.source.kept == set()
    await room.adapters.load(key(2))
    await room.adapters.load(key(3))


async def test_the_least_recently_used_idle_version_makes_room(room: Room) -> None:
    for number in (1, 2, 1, 3):
        await room.adapters.load(key(number))
    assert list(room.serving()) == [key(3), key(1)]
    assert len(room.source.kept) == 2


async def test_a_version_in_use_is_never_evicted(room: Room) -> None:
    async with room.adapters.lease(key(1)):
        for number in (2, 3, 4):
            await room.adapters.load(key(number))
        assert key(1) in room.serving()


async def test_a_load_waits_for_a_slot_and_gives_up_after_a_while(room: Room) -> None:
    async with room.adapters.lease(key(1)):
        async with room.adapters.lease(key(2)):
            with pytest.raises(ResourceExhausted):
                await room.adapters.load(key(3))
            load = asyncio.create_task(room.adapters.load(key(3)))
            await asyncio.sleep(0)
        await load
        assert set(room.serving()) == {key(1), key(3)}


async def test_an_unloaded_version_leaves_at_once_when_idle(room: Room) -> None:
    await room.adapters.load(key(1))
    assert await room.adapters.unload(key(1)) == 0
    assert (room.engine.inside, room.source.kept, room.serving()) == ({}, set(), {})


async def test_an_unloaded_version_stays_until_its_last_stream_ends(room: Room) -> None:
    async with room.adapters.lease(key(1)) as adapter:
        async with room.adapters.lease(key(1)):
            assert await room.adapters.unload(key(1)) == 2
        assert await room.adapters.unload(key(1)) == 1
        assert room.engine.inside == {adapter.number: adapter}
        assert adapter.folder in room.source.kept
    assert (room.engine.inside, room.source.kept) == ({}, set())


async def test_a_retired_version_and_its_new_load_live_side_by_side(room: Room) -> None:
    async with room.adapters.lease(key(1)) as old:
        await room.adapters.unload(key(1))
        async with room.adapters.lease(key(1)) as new:
            assert {old.number, new.number} == set(room.engine.inside)
    assert set(room.engine.inside) == {new.number}


async def test_unloading_what_is_not_resident_is_fine(room: Room) -> None:
    assert await room.adapters.unload(key(1)) == 0


async def test_unloading_during_the_load_takes_effect_after_it(room: Room) -> None:
    room.source.gate.clear()
    load = asyncio.create_task(room.adapters.load(key(1)))
    await asyncio.sleep(0)
    unload = asyncio.create_task(room.adapters.unload(key(1)))
    await asyncio.sleep(0)
    room.source.gate.set()
    await unload
    await load
    # Whoever waited for the load may have brought it back; either way the book and the engine agree.
    assert len(room.engine.inside) == len(room.serving())


async def test_a_cancelled_stream_still_gives_its_retired_version_back(room: Room) -> None:
    inside = asyncio.Event()

    async def stream() -> None:
        async with room.adapters.lease(key(1)):
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(stream())
    await inside.wait()
    await room.adapters.unload(key(1))
    task.cancel()
    await asyncio.wait({task})
    await room.adapters.load(key(2))
    await room.adapters.load(key(3))
    assert len(room.engine.inside) == 2


async def test_a_new_engine_gets_what_takes_requests_and_nothing_else(room: Room) -> None:
    async with room.adapters.lease(key(1)):
        await room.adapters.load(key(2))
        await room.adapters.unload(key(1))
        room.engine.down = True
        successor = FakeEngine(2, room.source)
        await room.adapters.restore(successor)
    assert [adapter.name for adapter in successor.inside.values()] == [f"{key(2).version}.2"]
    assert list(room.serving()) == [key(2)]


async def test_what_a_new_engine_refuses_is_dropped(room: Room) -> None:
    await room.adapters.load(key(1))
    await room.adapters.load(key(2))
    room.engine.down = True
    successor = FakeEngine(2, room.source, refused={Path(f"{key(1).version}.1")})
    await room.adapters.restore(successor)
    assert list(room.serving()) == [key(2)]
    assert room.source.kept == {Path(f"{key(2).version}.2")}


async def test_versions_unloaded_while_a_new_engine_is_filled_are_taken_out_again(room: Room) -> None:
    class Unloading(FakeEngine):
        async def add_adapter(self, adapter: SlotAdapter) -> None:
            await super().add_adapter(adapter)
            if len(self.inside) == 2:
                await room.adapters.unload(key(1))
                await room.adapters.unload(key(2))

    await room.adapters.load(key(1))
    await room.adapters.load(key(2))
    room.engine.down = True
    successor = Unloading(2, room.source)
    await room.adapters.restore(successor)
    assert (successor.inside, room.serving()) == ({}, {})


async def test_while_the_engine_is_down_loads_fail_and_removals_do_not(room: Room) -> None:
    await room.adapters.load(key(1))
    room.engine.down = True
    with pytest.raises(Unavailable):
        await room.adapters.load(key(2))
    assert await room.adapters.unload(key(1)) == 0
    room.engine.down = False
    room.engine.inside.clear()
    await room.adapters.load(key(2))
    await room.adapters.load(key(3))
