"""Starts the augmenter: wiring, signals, and an orderly end. Decides nothing about datasets."""

import asyncio
import signal
import sys

import structlog

from lorelei.augmenter.v1 import augmenter_pb2, augmenter_pb2_grpc
from services.augmenter.linguistics.parser import load_parser
from services.augmenter.servicer import AugmenterServicer
from services.augmenter.settings import AugmenterSettings
from services.augmenter.wiring import make_parts
from services.common.errors import LoreleiError
from services.common.rpc import RpcServer
from services.common.scratch import temporary_files_in_scratch
from services.common.service_settings import read_settings
from services.common.telemetry import configure_logging

_log = structlog.get_logger()


async def serve(settings: AugmenterSettings) -> None:
    """Serve until SIGTERM or SIGINT, then drain; raise LoreleiError when it cannot start."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    parts = make_parts(settings)
    server = RpcServer()
    name = augmenter_pb2.DESCRIPTOR.services_by_name["AugmenterService"].full_name
    servicer = AugmenterServicer(parts.builder)
    server.add(name, augmenter_pb2_grpc.add_AugmenterServiceServicer_to_server, servicer)
    port = await server.start(settings.host, settings.port)
    _log.info("augmenter_started", port=port)
    try:
        await asyncio.to_thread(load_parser)
        await parts.moderator.prepare()
        await server.set_serving(True)
        _log.info("augmenter_ready", port=port)
        await stop.wait()
        _log.info("augmenter_stopping")
        await server.drain(settings.drain_seconds)
    finally:
        await parts.close()


def main() -> int:
    """Run the service; return the process's exit status."""
    configure_logging("augmenter")
    settings = read_settings(AugmenterSettings)
    try:
        with temporary_files_in_scratch(settings.scratch_folder, "augmenter"):
            asyncio.run(serve(settings))
    except LoreleiError as error:
        _log.error("augmenter_failed", reason=str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
