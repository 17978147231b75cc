"""Lets one request at a time go to a host, with a pause after each. Knows nothing of requests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0
    free_at: float = 0.0


class HostTurns:
    """The turns of all hosts; one that rests and that nobody waits for is forgotten."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}

    def __len__(self) -> int:
        return len(self._hosts)

    @asynccontextmanager
    async def turn(self, host: str, pause_seconds: float) -> AsyncIterator[None]:
        """Wait for the turn at `host`, and make the next one wait `pause_seconds` after it."""
        clock = asyncio.get_running_loop().time
        self._forget_rested(clock())
        state = self._hosts.setdefault(host, _Host())
        state.users += 1
        try:
            async with state.lock:
                if (rest := state.free_at - clock()) > 0:
                    await asyncio.sleep(rest)
                try:
                    yield
                finally:
                    state.free_at = clock() + pause_seconds
        finally:
            state.users -= 1

    def _forget_rested(self, now: float) -> None:
        rested = [host for host, state in self._hosts.items() if not state.users and state.free_at <= now]
        for host in rested:
            del self._hosts[host]
