"""Asks a gRPC server whether it serves; as a program, the health check of a container.

python -m services.common.rpc.probe 127.0.0.1:7001      exits 0 when the server there reports SERVING
"""

import asyncio
import sys

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.common.rpc.client import connect

_TIMEOUT_SECONDS = 2.0


async def is_serving(address: str) -> bool:
    """Whether the gRPC server at `address`, host:port, reports SERVING."""
    async with connect(address) as channel:
        return await reports_serving(channel)


async def reports_serving(channel: grpc.aio.Channel) -> bool:
    """Whether the gRPC server behind `channel` reports SERVING."""
    try:
        reply = await health_pb2_grpc.HealthStub(channel).Check(
            health_pb2.HealthCheckRequest(), timeout=_TIMEOUT_SECONDS
        )
    except grpc.aio.AioRpcError:
        return False
    return bool(reply.status == health_pb2.HealthCheckResponse.SERVING)


if __name__ == "__main__":
    sys.exit(not asyncio.run(is_serving(sys.argv[1])))
