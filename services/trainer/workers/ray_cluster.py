"""Connects to a Ray cluster, or starts a private one on this machine. Knows nothing of what runs on it."""

import os

import ray

from services.common.errors import Unavailable

# Adapters of some ten megabytes pass through it; Ray's own default is a third of the machine's memory.
_OBJECT_STORE_BYTES = 256 * 1024 * 1024


def start_ray(address: str, cpus: int, temp_folder: str) -> None:
    """Join the cluster at `address`; empty: start one with `cpus` CPUs that ends with this process.

    Raises Unavailable when the cluster does not answer or does not start.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        if address:
            ray.init(address=address, log_to_driver=False, configure_logging=False)
        else:
            _start_private(cpus, temp_folder)
    except (ConnectionError, RuntimeError, ValueError) as error:
        where = f"the Ray cluster at {address} (RAY_ADDRESS)" if address else "a private Ray cluster"
        raise Unavailable(f"{where} could not be used: {error}") from error


def _start_private(cpus: int, temp_folder: str) -> None:
    ray.init(
        address="local",
        num_cpus=cpus,
        include_dashboard=False,
        object_store_memory=_OBJECT_STORE_BYTES,
        log_to_driver=False,
        configure_logging=False,
        _temp_dir=temp_folder or None,
        # Ray would start workers at niceness 15, where any chat starves a training; the actor chooses its own.
        _system_config={"worker_niceness": 0},
    )


def stop_ray() -> None:
    """Leave the cluster; a private one ends with all its processes."""
    ray.shutdown()
