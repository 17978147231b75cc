"""Keeps one engine running: starts it, gives it its adapters back, and starts another when it dies."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from services.common.errors import Unavailable
from services.inference.adapters.slots import SlotAdapter
from services.inference.engine.protocol import Engine

_log = structlog.get_logger(__name__)

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
# An engine that ran this long was sound; the next start need not wait.
_SOUND_AFTER_SECONDS = 60.0


class EngineSupervisor:
    """Holds the current engine; `announce(ready)` is called whenever there begins or ceases to be one."""

    def __init__(self, start: Callable[[], Awaitable[Engine]], announce: Callable[[bool], Awaitable[None]]) -> None:
        self._start = start
        self._announce = announce
        self._engine: Engine | None = None

    def engine(self) -> Engine:
        """The running engine, or Unavailable while it starts."""
        if self._engine is None:
            raise Unavailable("The model is being loaded. Try again in a moment.", retry_after_seconds=5.0)
        return self._engine

    async def add_adapter(self, adapter: SlotAdapter) -> None:
        """Put the adapter into a slot of the running engine; raises like it."""
        await self.engine().add_adapter(adapter)

    async def remove_adapter(self, adapter: SlotAdapter) -> None:
        """Empty the adapter's slot in the running engine; raises like it."""
        await self.engine().remove_adapter(adapter)

    async def run(self, restore: Callable[[Engine], Awaitable[None]]) -> None:
        """Serve until cancelled; `restore(engine)` gives a new engine its adapters before it gets requests.

        Raises what the very first start raises: then the model or the settings are wrong.
        """
        pause_seconds = _FIRST_PAUSE_SECONDS
        await self._serve_once(restore)
        while True:
            started = time.monotonic()
            try:
                await self._serve_once(restore)
            except Exception as error:
                _log.error("engine_start_failed", exc_info=error)
            if time.monotonic() - started > _SOUND_AFTER_SECONDS:
                pause_seconds = _FIRST_PAUSE_SECONDS
            await asyncio.sleep(pause_seconds)
            pause_seconds = min(2 * pause_seconds, _LONGEST_PAUSE_SECONDS)

    async def _serve_once(self, restore: Callable[[Engine], Awaitable[None]]) -> None:
        """Start an engine, serve until it dies, and clear it away."""
        started = time.monotonic()
        engine = await self._start()
        try:
            await restore(engine)
            self._engine = engine
            _log.info("engine_ready", seconds=round(time.monotonic() - started, 1))
            await self._announce(True)
            await engine.wait_until_dead()
            _log.error("engine_died")
        finally:
            self._engine = None
            await self._announce(False)
            await engine.close()
