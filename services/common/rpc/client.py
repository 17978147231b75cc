"""Calls other services: opens channels and turns their statuses back into Lorelei's errors."""

from collections.abc import Iterator
from contextlib import contextmanager

import grpc

from services.common.rpc.statuses import error_from_call

_OPTIONS = (
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 2_000),
)


def connect(address: str) -> grpc.aio.Channel:
    """Open a channel to `host:port`; it reconnects by itself."""
    return grpc.aio.insecure_channel(address, options=_OPTIONS)


@contextmanager
def calling(service: str) -> Iterator[None]:
    """Inside, a failed call to `service` raises the LoreleiError that it stands for."""
    try:
        yield
    except grpc.aio.AioRpcError as error:
        raise error_from_call(error, service) from error
