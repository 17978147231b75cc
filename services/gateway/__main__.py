"""Starts the gateway: python -m services.gateway."""

import asyncio
import socket
import sys
from types import FrameType

import structlog
import uvicorn

from services.common.errors import LoreleiError
from services.common.scratch import temporary_files_in_scratch
from services.common.service_settings import read_settings
from services.common.telemetry import configure_logging
from services.gateway.api.app import create_app
from services.gateway.listening import listen
from services.gateway.settings import GatewaySettings
from services.gateway.wiring import Gateway, open_gateway

_log = structlog.get_logger(__name__)

_KEEP_ALIVE_SECONDS = 30


class _Server(uvicorn.Server):
    """Uvicorn, but a signal first tells long replies to end, and the process then exits with code 0."""

    def __init__(self, config: uvicorn.Config, draining: asyncio.Event) -> None:
        super().__init__(config)
        self._draining = draining
        self._loop = asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to drain; a second signal ends at once."""
        self._loop.call_soon_threadsafe(self._draining.set)
        self.force_exit = self.should_exit
        self.should_exit = True


async def serve(settings: GatewaySettings) -> None:
    """Serve until a signal arrives, then drain. Raises LoreleiError when it cannot start."""
    listener = listen(settings.host, settings.port)
    async with open_gateway(settings) as gateway:
        background = [
            asyncio.create_task(gateway.runner.run()),
            asyncio.create_task(gateway.writer.run()),
            asyncio.create_task(gateway.consolidator.run()),
            asyncio.create_task(gateway.batches.run()),
            asyncio.create_task(gateway.parts.presence.run()),
        ]
        try:
            await _serve_http(settings, gateway, listener)
        finally:
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)


async def _serve_http(settings: GatewaySettings, gateway: Gateway, listener: socket.socket) -> None:
    config = uvicorn.Config(
        create_app(gateway.parts),
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=max(1, round(settings.drain_seconds)),
    )
    host, port = listener.getsockname()[:2]
    _log.info("gateway_listening", host=host, port=port)
    await _Server(config, gateway.parts.draining).serve(sockets=[listener])
    _log.info("gateway_stopped")


def main() -> None:
    """Run the gateway; exits with code 1 and one clear line when it cannot start."""
    configure_logging("gateway")
    settings = read_settings(GatewaySettings)
    try:
        with temporary_files_in_scratch(settings.scratch_folder, "gateway"):
            asyncio.run(serve(settings))
    except LoreleiError as error:
        _log.error("gateway_cannot_start", why=error.message)
        sys.exit(1)


if __name__ == "__main__":
    main()
