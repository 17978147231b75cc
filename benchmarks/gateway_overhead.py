"""Measures what the gateway and gRPC cost over calling the engine directly, in one run on one engine.

Starts its own inference service in this process and a gateway beside it, and asks both ways in turn, so that the
machine's noise falls on both alike. Needs a home that `make up` has prepared (model and sentence encoder).

    python benchmarks/gateway_overhead.py --write docs/benchmarks/gateway-overhead.md
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from services.embedded.home import Home
from services.embedded.ports import free_ports
from services.embedded.readiness import grpc_health, http_ok, redis_ping, wait_until
from services.embedded.redis_server import private_redis
from services.inference.engine.process import EngineContext, start_warm_process
from services.inference.engine.protocol import Engine
from services.inference.engine.requests import Message, Sampling
from services.inference.settings import InferenceSettings
from services.inference.wiring import running_service

PROMPT = "Tell me a story about a lighthouse keeper."
TOKENS = 96
ROUNDS = 15


@dataclass
class Timing:
    """Seconds to the first piece of text, and tokens per second after it."""

    first_seconds: float
    tokens_per_second: float


async def timed(pieces: AsyncIterator[object]) -> Timing:
    """Time one reply of TOKENS tokens, one piece each."""
    start = time.perf_counter()
    first = 0.0
    async for _ in pieces:
        first = first or time.perf_counter()
    end = time.perf_counter()
    return Timing(first - start, (TOKENS - 1) / (end - first))


async def direct(engine: Engine, number: int) -> AsyncIterator[object]:
    """The reply's pieces, from the engine itself."""
    sampling = Sampling(max_tokens=TOKENS, temperature=0.0)
    async for piece in engine.generate(f"direct-{number}", [Message("user", PROMPT)], sampling, None):
        if isinstance(piece, str):
            yield piece


async def through_gateway(client: httpx.AsyncClient) -> AsyncIterator[object]:
    """The reply's pieces, over HTTP and gRPC."""
    body = {
        "model": "lorelei",
        "messages": [{"role": "user", "content": PROMPT}],
        "max_tokens": TOKENS,
        "temperature": 0,
        "stream": True,
    }
    async with client.stream("POST", "/v1/chat/completions", json=body) as reply:
        reply.raise_for_status()
        async for line in reply.aiter_lines():
            if '"content":"' in line and '"content":""' not in line:
                yield line


@contextmanager
def gateway(home: Home, folder: Path, inference_port: int) -> Iterator[tuple[str, str, Path]]:
    """A gateway with a private Redis; yields its URL, Redis' URL and the file of its API key."""
    redis_port, port, unused = free_ports(3)
    redis = private_redis(folder, redis_port)
    environment = {
        "PORT": str(port),
        "REDIS_URL": redis.url,
        "OBJECT_STORE_URL": f"{folder.as_uri()}/objects",
        "BOOTSTRAP_KEY_FILE": str(folder / "api_key"),
        "SENTENCE_ENCODER_DIR": str(home.sentence_encoder),
        "INFERENCE_ADDRESS": f"127.0.0.1:{inference_port}",
        "AUGMENTER_ADDRESS": f"127.0.0.1:{unused}",
        "TRAINER_ADDRESS": f"127.0.0.1:{unused}",
    }
    variables = os.environ | {f"LORELEI_GATEWAY_{name}": value for name, value in environment.items()}
    with ExitStack() as stack, (folder / "gateway.log").open("wb") as log:
        for command in (redis.command, [sys.executable, "-m", "services.gateway"]):
            process = stack.enter_context(subprocess.Popen(command, env=variables, stdout=log, stderr=log))
            stack.callback(process.terminate)
        yield f"http://127.0.0.1:{port}", redis.url, folder / "api_key"


async def measure(home: Home, folder: Path, context: EngineContext) -> dict[str, list[Timing]]:
    """Ask both ways in turn; the first round only warms up."""
    settings = InferenceSettings(
        port=0, model_path=str(home.default_model), object_store_url=f"{folder.as_uri()}/objects", cache_folder=folder
    )
    timings: dict[str, list[Timing]] = {"engine": [], "gateway": []}
    async with running_service(settings, context) as service:
        await wait_until(grpc_health(f"127.0.0.1:{service.port}"))
        with gateway(home, folder, service.port) as (url, redis_url, key_file):
            await wait_until(redis_ping(redis_url))
            await wait_until(http_ok("127.0.0.1", int(url.rpartition(":")[2]), "/readyz"))
            headers = {"Authorization": f"Bearer {key_file.read_text().strip()}"}
            async with httpx.AsyncClient(base_url=url, headers=headers, timeout=120) as client:
                for number in range(ROUNDS + 1):
                    ways = {"engine": direct(service.engine(), number), "gateway": through_gateway(client)}
                    for name, pieces in ways.items():
                        timing = await timed(pieces)
                        if number:
                            timings[name].append(timing)
    return timings


def report(timings: dict[str, list[Timing]]) -> str:
    """A Markdown page of the results."""
    first = {name: statistics.median(t.first_seconds for t in rows) * 1000 for name, rows in timings.items()}
    speed = {name: statistics.median(t.tokens_per_second for t in rows) for name, rows in timings.items()}
    pairs = zip(timings["gateway"], timings["engine"], strict=True)
    ratio = statistics.median(g.tokens_per_second / e.tokens_per_second for g, e in pairs)
    return "\n".join(
        [
            "# What the gateway and gRPC cost",
            "",
            f"{ROUNDS} replies of {TOKENS} tokens each way, in turn, on one engine; medians. {os.cpu_count()} cores, "
            "default model. Made by",
            "`python benchmarks/gateway_overhead.py --write docs/benchmarks/gateway-overhead.md`.",
            "",
            "| way | time to first token | tokens/s after it |",
            "|---|---|---|",
            f"| engine called directly | {first['engine']:.1f} ms | {speed['engine']:.1f} |",
            f"| HTTP → gateway → gRPC → engine | {first['gateway']:.1f} ms | {speed['gateway']:.1f} |",
            "",
            f"Time to first token: **{first['gateway'] - first['engine']:+.1f} ms** (goal: +15 ms or less). "
            f"Tokens/s: **{ratio:.2f}×** (median of the pairs' ratios; goal: 0.95× or more).",
            "",
        ]
    )


def main() -> None:
    """Run the benchmark and print its page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=Path(".lorelei"))
    parser.add_argument("--write", type=Path, help="Markdown file to write the result to.")
    options = parser.parse_args()
    context = start_warm_process(len(os.sched_getaffinity(0)))
    with tempfile.TemporaryDirectory(prefix="lorelei-") as folder:
        page = report(asyncio.run(measure(Home(options.home), Path(folder), context)))
    print(page)
    if options.write:
        options.write.write_text(page)
    sys.stdout.flush()
    # vLLM's finalisers would fail in an interpreter that is being taken down.
    os._exit(0)


if __name__ == "__main__":
    main()
