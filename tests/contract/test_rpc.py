"""Errors, health and reflection over a real channel."""

import asyncio
import sys
from collections.abc import AsyncIterator

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from lorelei.trainer.v1 import trainer_pb2, trainer_pb2_grpc
from services.common.errors import (
    InternalError,
    InvalidArgument,
    LoreleiError,
    Moderated,
    NotFound,
    ResourceExhausted,
    Unavailable,
)
from services.common.rpc import RpcServer, calling, connect
from tests.contract.conftest import free_port

_NAME = "lorelei.trainer.v1.TrainerService"


class FailingServicer(trainer_pb2_grpc.TrainerServiceServicer):
    """Raises what the test tells it to, before or within a stream."""

    def __init__(self) -> None:
        self.error: Exception = NotFound("unset")

    async def GetStatus(  # noqa: N802
        self, request: trainer_pb2.GetStatusRequest, context: object
    ) -> trainer_pb2.GetStatusResponse:
        raise self.error

    async def Train(  # noqa: N802
        self, request: trainer_pb2.TrainRequest, context: object
    ) -> AsyncIterator[trainer_pb2.TrainResponse]:
        yield trainer_pb2.TrainResponse(queued=trainer_pb2.Queued(position=1))
        raise self.error


@pytest.fixture
async def serving() -> AsyncIterator[tuple[FailingServicer, grpc.aio.Channel, RpcServer]]:
    servicer, server = FailingServicer(), RpcServer()
    server.add(_NAME, trainer_pb2_grpc.add_TrainerServiceServicer_to_server, servicer)
    port = await server.start("127.0.0.1", 0)
    async with connect(f"127.0.0.1:{port}") as channel:
        yield servicer, channel, server
    await server.drain(0)


@pytest.mark.parametrize(
    "error",
    [
        InvalidArgument("`rank` must be at most 32.", field="rank"),
        NotFound("No such thing."),
        Moderated("Refused.", categories={"secret": 2, "toxic": 1}),
        Unavailable("Loading.", retry_after_seconds=2.5),
        ResourceExhausted("The queue is full."),
    ],
)
async def test_an_error_arrives_as_it_was_raised(
    serving: tuple[FailingServicer, grpc.aio.Channel, RpcServer], error: LoreleiError
) -> None:
    servicer, channel, _ = serving
    servicer.error = error
    stub = trainer_pb2_grpc.TrainerServiceStub(channel)
    with pytest.raises(type(error)) as unary, calling("trainer"):
        await stub.GetStatus(trainer_pb2.GetStatusRequest(), timeout=5)
    received = []
    with pytest.raises(type(error)) as streamed, calling("trainer"):
        async for reply in stub.Train(trainer_pb2.TrainRequest(), timeout=5):
            received.append(reply)
    assert len(received) == 1
    for caught in (unary.value, streamed.value):
        assert (caught.message, caught.field, caught.reason) == (error.message, error.field, error.reason)
        assert caught.retry_after_seconds == error.retry_after_seconds
        assert vars(caught) == vars(error)


async def test_an_unexpected_error_tells_nothing(
    serving: tuple[FailingServicer, grpc.aio.Channel, RpcServer],
) -> None:
    servicer, channel, _ = serving
    servicer.error = ValueError("password hunter2")
    with pytest.raises(InternalError) as caught, calling("trainer"):
        await trainer_pb2_grpc.TrainerServiceStub(channel).GetStatus(trainer_pb2.GetStatusRequest(), timeout=5)
    assert caught.value.message == "Internal error."


async def test_nobody_listening_is_unavailable() -> None:
    async with connect(f"127.0.0.1:{free_port()}") as channel:
        with pytest.raises(Unavailable, match="trainer"), calling("trainer"):
            await trainer_pb2_grpc.TrainerServiceStub(channel).GetStatus(trainer_pb2.GetStatusRequest(), timeout=5)


async def test_a_taken_port_is_named(serving: tuple[FailingServicer, grpc.aio.Channel, RpcServer]) -> None:
    first = RpcServer()
    port = await first.start("127.0.0.1", 0)
    second = RpcServer()
    with pytest.raises(Unavailable, match=str(port)):
        await second.start("127.0.0.1", port)
    await first.drain(0)


async def test_health_follows_the_service(serving: tuple[FailingServicer, grpc.aio.Channel, RpcServer]) -> None:
    _, channel, server = serving
    health = health_pb2_grpc.HealthStub(channel)
    status = health_pb2.HealthCheckResponse.ServingStatus
    before = await health.Check(health_pb2.HealthCheckRequest(service=_NAME), timeout=5)
    await server.set_serving(True)
    after = await health.Check(health_pb2.HealthCheckRequest(service=""), timeout=5)
    assert (before.status, after.status) == (status.Value("NOT_SERVING"), status.Value("SERVING"))


async def test_reflection_lists_the_service(serving: tuple[FailingServicer, grpc.aio.Channel, RpcServer]) -> None:
    _, channel, _ = serving
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    call = stub.ServerReflectionInfo(iter([request]), timeout=5)
    reply = await call.read()
    assert _NAME in {service.name for service in reply.list_services_response.service}


async def test_the_probe_program_tells_by_its_exit_status_whether_a_server_serves() -> None:
    server = RpcServer()
    port = await server.start("127.0.0.1", 0)

    async def probe() -> int | None:
        command = (sys.executable, "-m", "services.common.rpc.probe", f"127.0.0.1:{port}")
        process = await asyncio.create_subprocess_exec(*command)
        return await process.wait()

    assert await probe() == 1
    await server.set_serving(True)
    assert await probe() == 0
    await server.drain(0)
    assert await probe() == 1
