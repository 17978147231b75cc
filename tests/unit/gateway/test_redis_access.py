"""What the gateway's connections to Redis do that redis-py's own do not."""

import asyncio
from typing import Any

import pytest

from services.gateway.redis_access import keeping_cancels


class Sending:
    """Sends as redis-py's connections do; `on_sent` happens when all is sent."""

    def __init__(self, on_sent: Any) -> None:
        self.on_sent = on_sent
        self.connected = True

    async def send_packed_command(self, command: bytes) -> None:
        async def send() -> None:
            self.on_sent()

        await asyncio.wait_for(send(), 5)

    async def disconnect(self, nowait: bool = False) -> None:
        self.connected = False


async def test_a_cancel_that_comes_when_all_is_sent_is_not_lost() -> None:
    connection: Any = keeping_cancels(Sending)(lambda: sending.cancel())  # type: ignore[arg-type]
    sending = asyncio.create_task(connection.send_packed_command(b"PING"))
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert not connection.connected


async def test_what_is_sent_while_a_task_ends_is_sent() -> None:
    connection: Any = keeping_cancels(Sending)(lambda: None)  # type: ignore[arg-type]

    async def end() -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await connection.send_packed_command(b"RELEASE")
        return "released"

    ending = asyncio.create_task(end())
    await asyncio.sleep(0)
    ending.cancel()
    assert await ending == "released"
    assert connection.connected
