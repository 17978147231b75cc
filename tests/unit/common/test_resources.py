"""What a process uses of its machine, and what nvidia-smi's listing says."""

import asyncio
import os
import subprocess
import sys

from services.common.resources import Gpu, gpus_in, measure_resources

MEBIBYTE = 2**20


async def test_a_busy_child_is_counted_with_its_parent() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "print(flush=True)\nwhile True: pass"], stdout=subprocess.PIPE
    ) as busy:
        assert busy.stdout is not None
        await asyncio.to_thread(busy.stdout.readline)
        with_child = await measure_resources()
        busy.kill()
    without = await measure_resources()
    assert with_child.cores_used > 0.2 > without.cores_used
    assert with_child.memory_used_bytes > without.memory_used_bytes > MEBIBYTE
    assert with_child.machine_cores == os.cpu_count()
    assert with_child.cores_used <= with_child.machine_cores_used + 0.3


def test_gpus_are_read_with_their_figures() -> None:
    listing = "NVIDIA H100 80GB HBM3, 37, 1024, 81559\nSome GPU, with a comma, [N/A], 0, 2048\n"
    assert gpus_in(listing) == (
        Gpu("NVIDIA H100 80GB HBM3", 0.37, 1024 * MEBIBYTE, 81559 * MEBIBYTE),
        Gpu("Some GPU, with a comma", 0.0, 0, 2048 * MEBIBYTE),
    )
    assert gpus_in("") == ()
