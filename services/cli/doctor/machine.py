"""Checks of the machine: Python, processor, memory, disk, GPU. Knows nothing of what runs on it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from services.cli.doctor.check import Check, fail, ok, warn

_GIB = 1024**3
_PYTHON = (3, 11)
# Of the whole platform with the default model, measured: 4.5 GiB as started, 5.7 GiB after lessons of five users.
_MEMORY_GIB, _LEAST_MEMORY_GIB = 6.0, 4.0
_MEMORY_LEFT_GIB = 0.5
_DISK_GIB, _LEAST_DISK_GIB = 4.0, 1.0
_SHARED_GIB = 0.5
_VECTORS = "avx2"
_NVIDIA_SMI_SECONDS = 10.0


def check_python(version: tuple[int, ...]) -> Check:
    """Whether Lorelei runs with this Python."""
    found = ".".join(map(str, version))
    if version[:2] == _PYTHON:
        return ok("python", found)
    return fail("python", found, "Install Python 3.11 and run `make install PYTHON=python3.11`.")


def check_processor(cores: int, flags: frozenset[str], gpus: int) -> Check:
    """Whether the processor is able to serve and train; `flags` as in /proc/cpuinfo, empty where unknown."""
    found = f"{cores} core{'s' if cores != 1 else ''}"
    if flags and _VECTORS not in flags and not gpus:
        return fail("processor", f"{found} without AVX2", "Serving on a CPU needs AVX2; use another machine or a GPU.")
    if cores < 2:
        return warn("processor", found, "Learning and chatting share one core; two or more answer quicker.")
    return ok("processor", found + (", AVX2" if _VECTORS in flags else ""))


def check_memory(available_bytes: int, *, is_running: bool) -> Check:
    """Whether there is memory enough to start, or left while Lorelei runs."""
    available = available_bytes / _GIB
    found = f"{available:.1f} GiB available"
    if is_running:
        if available < _MEMORY_LEFT_GIB:
            return warn("memory", found, "Close other programs, or lower LORELEI_INFERENCE_MAX_LORAS.")
        return ok("memory", f"{found} beside what runs")
    advice = f"The default model needs about {_MEMORY_GIB:.0f} GiB. Close other programs, or take a bigger machine."
    if available < _LEAST_MEMORY_GIB:
        return fail("memory", found, advice)
    return ok("memory", found) if available >= _MEMORY_GIB else warn("memory", found, advice)


def check_disk(free_bytes: int, folder: Path) -> Check:
    """Whether there is room for models and adapters in the file system of `folder`."""
    free = free_bytes / _GIB
    found = f"{free:.1f} GiB free at {folder}"
    advice = "Make room, or choose another place with LORELEI_HOME; each version takes about 20 MB."
    if free < _LEAST_DISK_GIB:
        return fail("disk", found, advice)
    return ok("disk", found) if free >= _DISK_GIB else warn("disk", found, advice)


def check_shared_memory(size_bytes: int) -> Check:
    """Whether processes have room to share memory; containers are often given very little."""
    found = f"{size_bytes / _GIB:.1f} GiB"
    if size_bytes / _GIB < _SHARED_GIB:
        return warn("shared memory", found, "Give the container more: `docker run --shm-size=1g`, or `shm_size: 1gb`.")
    return ok("shared memory", found)


def check_gpus(gpus: list[str], torch_version: str, gpus_per_actor: int) -> Check:
    """Whether GPUs that are there are used, and those that are wanted are there; `torch_version` may be empty."""
    if not gpus:
        if gpus_per_actor:
            return fail(
                "gpu", "none", "LORELEI_TRAINER_GPUS_PER_ACTOR asks for one; set it to 0, or install its driver."
            )
        return ok("gpu", "none; the processor does the work")
    found = "; ".join(gpus)
    if torch_version.endswith("+cpu"):
        return warn(
            "gpu",
            f"{found}, not used",
            "Install the extras `inference-gpu` and `trainer` in the place of the CPU builds.",
        )
    if not gpus_per_actor:
        return warn("gpu", f"{found}, training on the processor", "Set LORELEI_TRAINER_GPUS_PER_ACTOR=1.")
    return ok("gpu", found)


def python_version() -> tuple[int, ...]:
    """Of the Python that runs this."""
    return tuple(sys.version_info[:3])


def core_count() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0))


def processor_flags() -> frozenset[str]:
    """What the processor is able to, in the kernel's words; empty where it does not say."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return frozenset()
    return next((frozenset(line.partition(":")[2].split()) for line in lines if line.startswith("flags")), frozenset())


def available_memory(meminfo: Path = Path("/proc/meminfo"), cgroup: Path = Path("/sys/fs/cgroup")) -> int:
    """Bytes that programs can still take: of the machine, or of the container where that allows less."""
    lines = dict(line.split(":", 1) for line in meminfo.read_text(encoding="ascii").splitlines())
    available = int(lines["MemAvailable"].split()[0]) * 1024
    try:
        limit = (cgroup / "memory.max").read_text(encoding="ascii").strip()
        used = int((cgroup / "memory.current").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return available
    return available if limit == "max" else min(available, max(int(limit) - used, 0))


def free_disk(folder: Path) -> int:
    """Bytes that are free where `folder` is, or would be made."""
    while not os.path.exists(folder):
        folder = folder.parent
    return shutil.disk_usage(folder).free


def shared_memory_size(folder: Path = Path("/dev/shm")) -> int:  # noqa: S108 - asked for its size only
    """Bytes that processes can share."""
    return shutil.disk_usage(folder).total if folder.is_dir() else 0


def nvidia_gpus() -> list[str]:
    """Name and memory of each NVIDIA GPU that its driver reports; empty without a driver."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    command = [program, "--query-gpu=name,memory.total", "--format=csv,noheader"]
    try:
        told = subprocess.run(  # noqa: S603 - no part of the command comes from outside
            command, capture_output=True, text=True, timeout=_NVIDIA_SMI_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return [" ".join(line.split(", ")) for line in told.stdout.splitlines() if line.strip()]
