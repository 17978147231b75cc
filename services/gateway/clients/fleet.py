"""Asks every replica of the services behind the gateway how it is.

The replicas of a service are the addresses that its name stands for: one for a machine or a balancing address, all of
them for a name that lists them, as a headless service of Kubernetes does.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TypeVar

import grpc

from lorelei.inference.v1 import inference_pb2, inference_pb2_grpc
from lorelei.trainer.v1 import trainer_pb2, trainer_pb2_grpc
from services.common.rpc import connect
from services.common.rpc.probe import reports_serving
from services.common.rpc.resources import resources_of
from services.gateway.operating.fleet import Replica, ResidentAdapter, TrainingQueue

_TIMEOUT_SECONDS = 3.0

_Told = TypeVar("_Told")


class ServiceFleet:
    """A Fleet of the services at `addresses`, host:port by name."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._addresses = addresses

    async def replicas(self) -> dict[str, list[Replica]]:
        """The replicas of each service, all asked at once; one that is away is not `ready`."""
        found = await asyncio.gather(*(self._of(name, address) for name, address in self._addresses.items()))
        return dict(zip(self._addresses, found, strict=True))

    async def _of(self, service: str, address: str) -> list[Replica]:
        return list(await asyncio.gather(*(_ask(service, one) for one in await _resolved(address))))


async def _resolved(address: str) -> list[str]:
    """The addresses that `address` stands for; itself where it stands for none."""
    host, _, port = address.rpartition(":")
    if host == "localhost":
        # It may stand for two loopback addresses, of which a service listens on one.
        return [address]
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except OSError:
        return [address]
    hosts = sorted({str(entry[4][0]) for entry in found})
    return [f"[{one}]:{port}" if ":" in one else f"{one}:{port}" for one in hosts]


async def _ask(service: str, address: str) -> Replica:
    async with connect(address) as channel:
        is_ready, resources = await asyncio.gather(
            reports_serving(channel), _told(resources_of(channel, _TIMEOUT_SECONDS))
        )
        replica = Replica(address, is_ready, resources)
        ask_more = _MORE.get(service)
        more = await _told(ask_more(channel, replica)) if is_ready and ask_more else None
        return more or replica


async def _told(call: Awaitable[_Told]) -> _Told | None:
    """What was answered, or None where nobody answers in time."""
    try:
        return await call
    except grpc.aio.AioRpcError:
        return None


async def _ask_inference(channel: grpc.aio.Channel, replica: Replica) -> Replica:
    stub = inference_pb2_grpc.InferenceServiceStub(channel)
    model = await stub.GetModel(inference_pb2.GetModelRequest(), timeout=_TIMEOUT_SECONDS)
    resident = await stub.ListAdapters(inference_pb2.ListAdaptersRequest(), timeout=_TIMEOUT_SECONDS)
    return replace(replica, model=model.name, adapters=tuple(map(_adapter, resident.adapters)))


async def _ask_trainer(channel: grpc.aio.Channel, replica: Replica) -> Replica:
    stub = trainer_pb2_grpc.TrainerServiceStub(channel)
    told = await stub.GetStatus(trainer_pb2.GetStatusRequest(), timeout=_TIMEOUT_SECONDS)
    return replace(replica, training=TrainingQueue(told.workers, told.busy_workers, told.queued_jobs))


def _adapter(told: inference_pb2.ResidentAdapter) -> ResidentAdapter:
    one = told.adapter
    return ResidentAdapter(one.tenant, one.user, one.version, told.size_bytes, told.streams_in_flight)


_MORE: Mapping[str, Callable[[grpc.aio.Channel, Replica], Awaitable[Replica]]] = {
    "inference": _ask_inference,
    "trainer": _ask_trainer,
}
