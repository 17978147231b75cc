"""Joins the process group of one training worker, however many processes it has. Knows nothing of Ray."""

import os

import deepspeed  # type: ignore[import-untyped]
import torch
import torch.distributed as dist


def join_process_group(rendezvous: str, rank: int, world_size: int, device: torch.device) -> None:
    """Join the group that meets at `rendezvous` (host:port); returns when all `world_size` processes have."""
    os.environ["LOCAL_RANK"] = "0"  # DeepSpeed insists on it; every process sees only its own device
    # DeepSpeed would compile a shared-memory all-reduce here, for over a minute, that only its inference uses.
    deepspeed.ops.__compatible_ops__["deepspeed_shm_comm"] = False
    backend = "gloo" if device.type == "cpu" else "nccl"
    dist.init_process_group(backend, init_method=f"tcp://{rendezvous}", rank=rank, world_size=world_size)
    deepspeed.init_distributed(backend, auto_mpi_discovery=False, verbose=False)


def leave_process_group() -> None:
    """Leave the group that `join_process_group` joined."""
    dist.destroy_process_group()
