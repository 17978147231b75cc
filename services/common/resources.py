"""Measures what this process with its children uses of the machine, and what the machine has. Knows no service."""

import asyncio
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import psutil

_MOMENT_SECONDS = 0.25
_GPU_SECONDS = 5.0
_MEBIBYTE = 2**20
_GPU_PROGRAM = "nvidia-smi"
_GPU_QUERY = ("--query-gpu=name,utilization.gpu,memory.used,memory.total", "--format=csv,noheader,nounits")


@dataclass(frozen=True)
class Gpu:
    """One GPU: the share of the last moment in which it worked, and its memory in bytes."""

    name: str
    busy: float
    memory_used_bytes: int
    memory_bytes: int


@dataclass(frozen=True)
class Resources:
    """What this process and its children use, and beside it the machine with everything on it.

    `cores_used` are cores kept busy on average of a moment; memory is in bytes, and what processes share counts once.
    """

    cores_used: float
    memory_used_bytes: int
    machine_cores: int
    machine_cores_used: float
    machine_memory_bytes: int
    machine_memory_used_bytes: int
    gpus: tuple[Gpu, ...]


@dataclass(frozen=True)
class _Clocks:
    """Seconds: on the clock, of all busy cores together, and of each process of ours."""

    at: float
    busy: float
    own: dict[psutil.Process, float]


async def measure_resources() -> Resources:
    """Measure for a quarter of a second; a process that begins or ends meanwhile is left out."""
    before = await asyncio.to_thread(_clocks)
    gpus, _ = await asyncio.gather(_gpus(), asyncio.sleep(_MOMENT_SECONDS))
    after = await asyncio.to_thread(_clocks)
    used_bytes = await asyncio.to_thread(lambda: sum(map(_memory, after.own)))
    seconds = after.at - before.at
    both = before.own.keys() & after.own.keys()
    memory, cores = psutil.virtual_memory(), psutil.cpu_count() or 1
    return Resources(
        cores_used=sum(after.own[one] - before.own[one] for one in both) / seconds,
        memory_used_bytes=used_bytes,
        machine_cores=cores,
        # Clocks tick in hundredths of a second: over a moment the sum may come out a little above what there is.
        machine_cores_used=min((after.busy - before.busy) / seconds, cores),
        machine_memory_bytes=memory.total,
        machine_memory_used_bytes=memory.total - memory.available,
        gpus=gpus,
    )


def gpus_in(listing: str) -> tuple[Gpu, ...]:
    """The GPUs in what nvidia-smi prints; a figure that a GPU does not tell is 0."""
    return tuple(_gpus_in(listing))


def _gpus_in(listing: str) -> Iterator[Gpu]:
    for line in listing.splitlines():
        name, *figures = (part.strip() for part in line.rsplit(",", 3))
        busy, used, memory = (float(figure) if figure.replace(".", "").isdigit() else 0.0 for figure in figures)
        yield Gpu(name, busy / 100, int(used * _MEBIBYTE), int(memory * _MEBIBYTE))


async def _gpus() -> tuple[Gpu, ...]:
    """The GPUs that the driver's own program names; none where it is missing, fails or hangs."""
    program = shutil.which(_GPU_PROGRAM)
    if program is None:
        return ()
    process = await asyncio.create_subprocess_exec(
        program, *_GPU_QUERY, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(_GPU_SECONDS):
            listing, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return ()
    return gpus_in(listing.decode()) if process.returncode == 0 else ()


def _clocks() -> _Clocks:
    times = psutil.cpu_times()
    busy = sum(times[:8]) - times.idle - getattr(times, "iowait", 0.0)
    me = psutil.Process()
    own: dict[psutil.Process, float] = {}
    for process in (me, *me.children(recursive=True)):
        with suppress(psutil.Error):
            spent = process.cpu_times()
            own[process] = spent.user + spent.system
    return _Clocks(time.monotonic(), busy, own)


def _memory(process: psutil.Process) -> int:
    """Bytes of a process; what it shares is divided among those who share it."""
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0
