"""Answers lorelei.resources.v1.ResourceService, and asks it of others."""

from dataclasses import asdict
from typing import Any

import grpc

from lorelei.resources.v1 import resources_pb2 as pb
from lorelei.resources.v1 import resources_pb2_grpc
from services.common.resources import Gpu, Resources, measure_resources

RESOURCE_SERVICE = pb.DESCRIPTOR.services_by_name["ResourceService"].full_name


class ResourceServicer(resources_pb2_grpc.ResourceServiceServicer):
    """lorelei.resources.v1.ResourceService."""

    async def GetResources(  # noqa: N802 - the protocol's name
        self, request: pb.GetResourcesRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> pb.GetResourcesResponse:
        """Measure this process and its machine."""
        measured = asdict(await measure_resources())
        return pb.GetResourcesResponse(**{**measured, "gpus": [pb.Gpu(**gpu) for gpu in measured["gpus"]]})


async def resources_of(channel: grpc.aio.Channel, timeout_seconds: float) -> Resources:
    """What the server behind `channel` uses; raises grpc.aio.AioRpcError."""
    stub = resources_pb2_grpc.ResourceServiceStub(channel)
    told = await stub.GetResources(pb.GetResourcesRequest(), timeout=timeout_seconds)
    return Resources(
        cores_used=told.cores_used,
        memory_used_bytes=told.memory_used_bytes,
        machine_cores=told.machine_cores,
        machine_cores_used=told.machine_cores_used,
        machine_memory_bytes=told.machine_memory_bytes,
        machine_memory_used_bytes=told.machine_memory_used_bytes,
        gpus=tuple(Gpu(one.name, one.busy, one.memory_used_bytes, one.memory_bytes) for one in told.gpus),
    )
