"""Decides which adapter versions stay in the engine's slots, and when they leave. Knows nothing of vLLM or gRPC."""

import asyncio
import itertools
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import structlog

from services.common.errors import FailedPrecondition, ResourceExhausted, Unavailable
from services.inference.adapters.key import AdapterKey
from services.inference.adapters.local_copy import LocalCopy
from services.inference.adapters.slots import AdapterSource, SlotAdapter, SlotEngine

_log = structlog.get_logger(__name__)


@dataclass(eq=False)
class ResidentVersion:
    """A version that holds a slot, and its use."""

    key: AdapterKey
    adapter: SlotAdapter
    copy: LocalCopy
    streams: int = 0


class ResidentAdapters:
    """Loads versions on demand (once, however many ask), counts their streams, and evicts the least recently used.

    Versions are immutable, and every load gets a new number, name and folder: vLLM ignores a known number with a new
    folder, dies of two numbers with one name in a batch, and reads the folder again whenever it pleases.
    """

    def __init__(self, source: AdapterSource, engine: SlotEngine, slots: int, slot_wait_seconds: float) -> None:
        self._source = source
        self._engine = engine
        self._slot_wait_seconds = slot_wait_seconds
        self._free_slots = slots
        self._slot_freed = asyncio.Condition()
        self._numbers = itertools.count(1)
        # Versions that take requests, least recently used first.
        self._serving: OrderedDict[AdapterKey, ResidentVersion] = OrderedDict()
        # Versions that only their last streams still use.
        self._retired: list[ResidentVersion] = []
        self._loads: dict[AdapterKey, asyncio.Task[None]] = {}
        self._background: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def lease(self, key: AdapterKey) -> AsyncIterator[SlotAdapter]:
        """Keep the version in its slot meanwhile, loading it first where needed.

        Raises NotFound, FailedPrecondition (ADAPTER_INVALID), Unavailable, or ResourceExhausted when all slots stay
        in use.
        """
        version = await self._resident(key)
        version.streams += 1
        try:
            yield version.adapter
        finally:
            version.streams -= 1
            if version.streams == 0:
                await self._uncancelled(self._fell_idle(version))

    async def load(self, key: AdapterKey) -> float:
        """Make the version resident; return the seconds that took, 0 when it was already. Raises like `lease`."""
        resident = key in self._serving
        started = time.monotonic()
        await self._resident(key)
        return 0.0 if resident else time.monotonic() - started

    async def unload(self, key: AdapterKey) -> int:
        """Route nothing more to the version and remove it when its last stream ends.

        Returns how many streams still use it. A version that is not resident is fine.
        """
        if load := self._loads.get(key):
            await asyncio.wait({load})
        if version := self._serving.pop(key, None):
            self._retired.append(version)
            if version.streams == 0:
                await self._uncancelled(self._fell_idle(version))
        return sum(retired.streams for retired in self._retired if retired.key == key)

    def listing(self) -> list[ResidentVersion]:
        """Every version that holds a slot, most recently used first, retired ones last."""
        return [*reversed(self._serving.values()), *self._retired]

    async def restore(self, engine: SlotEngine) -> None:
        """Put every version that takes requests into the slots of a new engine; drop those it refuses.

        Raises Unavailable when that engine is down, too.
        """
        added = []
        for version in list(self._serving.values()):
            try:
                await engine.add_adapter(version.adapter)
                added.append(version)
            except FailedPrecondition as error:
                _log.warning("adapter_not_restored", adapter=version.adapter.name, reason=error.message)
                if self._serves(version):
                    del self._serving[version.key]
                    await self._release_slot(version)
        # Some may have been unloaded or evicted in the meantime, when the new engine could not be told.
        while gone := [version for version in added if not self._serves(version)]:
            for version in gone:
                added.remove(version)
                await engine.remove_adapter(version.adapter)

    async def _resident(self, key: AdapterKey) -> ResidentVersion:
        # Loops, because a version may be evicted or unloaded between its load and the moment its waiters run.
        while (version := self._serving.get(key)) is None:
            load = self._loads.get(key)
            if load is None:
                load = self._loads[key] = asyncio.create_task(self._load(key))
            # Shielded: others wait for this load, too, and must not suffer when one of them gives up.
            await asyncio.shield(load)
        self._serving.move_to_end(key)
        return version

    async def _load(self, key: AdapterKey) -> None:
        started = time.monotonic()
        try:
            evicted = await self._take_slot()
            try:
                if evicted is not None:
                    _log.info("adapter_evicted", adapter=evicted.adapter.name)
                    await self._remove(evicted)
                version = await self._fill_slot(key)
            except BaseException:
                await self._give_slot()
                raise
            self._serving[key] = version
        finally:
            del self._loads[key]
        _log.info("adapter_loaded", adapter=version.adapter.name, seconds=round(time.monotonic() - started, 3))

    async def _fill_slot(self, key: AdapterKey) -> ResidentVersion:
        number = next(self._numbers)
        name = f"{key.version}.{number}"
        copy = await self._source.obtain(key, name)
        adapter = SlotAdapter(number, name, copy.folder)
        try:
            await self._engine.add_adapter(adapter)
        except BaseException:
            await self._source.discard(copy)
            raise
        return ResidentVersion(key, adapter, copy)

    async def _take_slot(self) -> ResidentVersion | None:
        """Take a free slot, or that of the least recently used idle version, which is returned, to be removed.

        Waits while there is neither; raises ResourceExhausted when that takes too long.
        """
        try:
            async with asyncio.timeout(self._slot_wait_seconds), self._slot_freed:
                await self._slot_freed.wait_for(lambda: self._free_slots or self._idle())
                evicted = None if self._free_slots else self._idle()
                if evicted is None:
                    self._free_slots -= 1
                else:
                    del self._serving[evicted.key]
                return evicted
        except TimeoutError as error:
            raise ResourceExhausted("All adapter slots are in use; try again in a moment.") from error

    def _serves(self, version: ResidentVersion) -> bool:
        return self._serving.get(version.key) is version

    def _idle(self) -> ResidentVersion | None:
        return next((version for version in self._serving.values() if version.streams == 0), None)

    async def _give_slot(self) -> None:
        async with self._slot_freed:
            self._free_slots += 1
            self._slot_freed.notify_all()

    async def _fell_idle(self, version: ResidentVersion) -> None:
        """A version's last stream has ended: now it can be evicted, or goes at once when it is retired."""
        if version in self._retired:
            self._retired.remove(version)
            _log.info("adapter_removed", adapter=version.adapter.name)
            await self._release_slot(version)
        else:
            async with self._slot_freed:
                self._slot_freed.notify_all()

    async def _release_slot(self, version: ResidentVersion) -> None:
        await self._remove(version)
        await self._give_slot()

    async def _remove(self, version: ResidentVersion) -> None:
        # While the engine is down there is nothing to remove: a new one only gets what takes requests.
        with suppress(Unavailable):
            await self._engine.remove_adapter(version.adapter)
        await self._source.discard(version.copy)

    async def _uncancelled(self, work: Coroutine[object, object, None]) -> None:
        """Run `work` to its end even if the caller is cancelled meanwhile."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        await asyncio.shield(task)
