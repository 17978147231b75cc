"""Starts the inference service: settings, signals, exit status. Decides nothing about serving."""

import asyncio
import os
import signal

import structlog

from services.common.service_settings import read_settings
from services.common.telemetry import configure_logging
from services.inference.engine.process import EngineContext, start_warm_process
from services.inference.settings import InferenceSettings
from services.inference.wiring import running_service

_log = structlog.get_logger(__name__)


async def serve(settings: InferenceSettings, context: EngineContext) -> None:
    """Serve until SIGTERM or SIGINT, then drain; raises what makes serving impossible."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running_service(settings, context) as service:
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({service.supervision, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        _log.info("inference_stopping")
    if not service.supervision.cancelled():
        service.supervision.result()


def main() -> int:
    """Run the service; return the process's exit status."""
    configure_logging("inference")
    settings = read_settings(InferenceSettings)
    # First of all, because its imports take as long as ours, on another core.
    context = start_warm_process(settings.cpu_threads)
    try:
        asyncio.run(serve(settings, context))
    except Exception as error:
        _log.error("inference_failed", reason=str(error), exc_info=error)
        return 1
    return 0


if __name__ == "__main__":
    # Everything is closed by now; vLLM's finalisers would fail in an interpreter that is being taken down.
    os._exit(main())
