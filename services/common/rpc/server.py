"""A gRPC server with health, resources, reflection, error mapping and a graceful end. Knows no service."""

from collections.abc import Callable
from typing import TypeVar

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from lorelei.resources.v1 import resources_pb2_grpc
from services.common.errors import Unavailable
from services.common.rpc.interceptor import ErrorInterceptor
from services.common.rpc.resources import RESOURCE_SERVICE, ResourceServicer

_Servicer = TypeVar("_Servicer")

_HEALTH_SERVICE = health.SERVICE_NAME
_OPTIONS = (
    # Without this a second server on a taken port starts, and the kernel spreads calls over both.
    ("grpc.so_reuseport", 0),
    # Clients ping every 20 s; by default a server takes that for an attack and breaks streams that are quiet for long.
    # Pings may arrive together where the machine has too much to do, so they are never counted against a client.
    ("grpc.http2.max_ping_strikes", 0),
)
_SERVING = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class RpcServer:
    """Serves gRPC services; health answers NOT_SERVING until `set_serving(True)` and again while draining."""

    def __init__(self) -> None:
        self._server = grpc.aio.server(interceptors=[ErrorInterceptor()], options=_OPTIONS)
        self._health = health.aio.HealthServicer()  # type: ignore[attr-defined]  # its stubs lack aio
        self._names: list[str] = []
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        resources_pb2_grpc.add_ResourceServiceServicer_to_server(ResourceServicer(), self._server)

    def add(
        self, service_name: str, register: Callable[[_Servicer, grpc.aio.Server], None], servicer: _Servicer
    ) -> None:
        """Add one service by its full protobuf name, with its generated `add_…_to_server` function."""
        register(servicer, self._server)
        self._names.append(service_name)

    async def start(self, host: str, port: int) -> int:
        """Listen on `host:port` (0: any free port) and return the port, or raise Unavailable when it is taken."""
        reflection.enable_server_reflection(
            [*self._names, _HEALTH_SERVICE, RESOURCE_SERVICE, reflection.SERVICE_NAME], self._server
        )
        await self.set_serving(False)
        try:
            bound = self._server.add_insecure_port(f"{host}:{port}")
        except RuntimeError as error:
            raise Unavailable(f"Cannot listen on {host}:{port}; the port is taken.", field="port") from error
        await self._server.start()
        return bound

    async def set_serving(self, serving: bool) -> None:
        """Tell health checks whether this server takes requests."""
        status = _SERVING if serving else _NOT_SERVING
        for name in ("", *self._names):
            await self._health.set(name, status)

    async def drain(self, grace_seconds: float) -> None:
        """Refuse new calls, let running ones end for up to `grace_seconds`, then stop."""
        await self._health.enter_graceful_shutdown()
        await self._server.stop(grace_seconds)

    async def wait(self) -> None:
        """Return when the server has stopped."""
        await self._server.wait_for_termination()
