"""Measures the memory of an idle engine and of its service, and what each resident adapter adds.

Starts an inference service of its own with random adapters of one rank in a temporary store; nothing else is needed
but a model folder. Memory is the proportional set size: pages that several processes share count in equal parts.

    python benchmarks/adapter_memory.py .lorelei/models/SmolLM2-135M-Instruct --write docs/benchmarks/adapter-memory.md
"""

import argparse
import asyncio
import platform
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.contract.inference.adapter_files import AdapterFactory, AdapterFiles
from tests.contract.inference.service import InferenceProcess, running_inference

MEBIBYTE = 2**20


@dataclass(frozen=True)
class Memory:
    """Bytes of the engine's process, and of the service around it with the process that engines are forked from."""

    engine: int
    service: int


def measure(service: InferenceProcess) -> Memory:
    """Read the memory in use now."""
    engine = service.engine()
    others = [psutil.Process(service.process.pid), *(child for child in service.family() if child != engine)]
    return Memory(_pss(engine), sum(map(_pss, others)))


def _pss(process: psutil.Process) -> int:
    return int(process.memory_full_info().pss)


async def run(model_folder: Path, adapters: int, rank: int) -> tuple[list[Memory], int]:
    """Return the memory with 0, 1, 2 … resident adapters, each used once, and the size of one adapter's file."""
    factory = AdapterFactory(model_folder)
    with tempfile.TemporaryDirectory() as folder:
        async with running_inference(model_folder, Path(folder), MAX_LORAS=adapters, MAX_MODEL_LEN=2048) as service:
            await service.until_serving()
            versions = [factory.random(seed, rank).write(service.store) for seed in range(adapters)]
            await service.answer("Hello")
            readings = [measure(service)]
            for version in versions:
                await service.answer("Hello", version)
                readings.append(measure(service))
    return readings, _file_size(versions)


def _file_size(versions: Sequence[AdapterFiles]) -> int:
    return sum(tensor.nbytes for tensor in versions[0].tensors.values())


def report(readings: Sequence[Memory], file_size: int, rank: int) -> str:
    """The result as Markdown."""
    first, last, count = readings[0], readings[-1], len(readings) - 1
    rows = [
        ("engine, no adapter resident", first.engine),
        ("service and fork server", first.service),
        ("each adapter in the engine", (last.engine - first.engine) / count),
        ("each adapter in the service", (last.service - first.service) / count),
        ("each adapter's file", file_size),
    ]
    lines = [f"| {name} | {size / MEBIBYTE:.1f} |" for name, size in rows]
    title = f"Memory of an idle inference service; {count} adapters of rank {rank}, {platform.processor() or 'CPU'}"
    made = (
        "Made by `python benchmarks/adapter_memory.py MODEL_FOLDER --write docs/benchmarks/adapter-memory.md`.\n"
        "The adapters have LoRA in all layers; those of the trainer in the upper half, at half the size."
    )
    return "\n".join([f"# {title}", "", made, "", "| what | MiB (PSS) |", "|---|---|", *lines, ""])


def main() -> None:
    """Measure and print; also write where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model_folder", type=Path)
    parser.add_argument("--adapters", type=int, default=16)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--write", type=Path, help="Markdown file to write")
    arguments = parser.parse_args()
    readings, file_size = asyncio.run(run(arguments.model_folder.resolve(), arguments.adapters, arguments.rank))
    text = report(readings, file_size, arguments.rank)
    print(text)
    if arguments.write:
        arguments.write.write_text(text)


if __name__ == "__main__":
    main()
