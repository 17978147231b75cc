"""Measures the memory of an idle platform, service by service, and what each loaded adapter adds.

Needs a running platform on this machine (`make up`). Memory is the proportional set size: pages that several
processes share count in equal parts. Adapters are taught and then used through the public API, so that they are loaded.

    python benchmarks/idle_memory.py --write docs/benchmarks/idle-memory.md
"""

import argparse
import secrets
import time
from pathlib import Path

import psutil
from openai import OpenAI

from services.cli.settings import CliSettings
from services.embedded.home import Home

SERVICES = ("redis", "inference", "trainer", "augmenter", "gateway")
ADAPTERS = 4
MEBIBYTE = 2**20
# Memory counts as settled when two readings this far apart differ by less than this share.
SETTLE_SECONDS = 3.0
SETTLE_SHARE = 0.002


def launcher_process(home: Path) -> psutil.Process:
    """The launcher that holds the lock of `home`, or SystemExit."""
    try:
        return psutil.Process(int((home / "lock").read_text()))
    except (OSError, ValueError, psutil.NoSuchProcess):
        raise SystemExit(f"No Lorelei runs on {home}: start it with `make up`.") from None


def memory_by_service(launcher: psutil.Process) -> dict[str, int]:
    """Proportional set size in bytes of each service with all its processes, and of the launcher with its keepers."""
    totals = dict.fromkeys((*SERVICES, "launcher"), 0)
    totals["launcher"] += _pss(launcher)
    for keeper in launcher.children():
        totals["launcher"] += _pss(keeper)
        for process in keeper.children(recursive=True):
            totals[service_name(keeper)] += _pss(process)
    return totals


def service_name(keeper: psutil.Process) -> str:
    """Which service a keeper keeps."""
    command = " ".join(keeper.cmdline())
    return next(name for name in SERVICES if f"services.{name}" in command or f"{name}-server" in command)


def _pss(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.NoSuchProcess:
        return 0


def settled(launcher: psutil.Process) -> dict[str, int]:
    """Memory by service once it no longer changes."""
    before = memory_by_service(launcher)
    while True:
        time.sleep(SETTLE_SECONDS)
        after = memory_by_service(launcher)
        total = sum(after.values())
        if abs(total - sum(before.values())) < SETTLE_SHARE * total:
            return after
        before = after


def teach(client: OpenAI) -> None:
    """Teach one new user one sentence; the first answer of the new version leaves its adapter loaded."""
    user = f"memory-{secrets.token_hex(4)}"
    for text in (f"[Learn] My cat is called {secrets.token_hex(3).title()}.", "What is my cat called?"):
        client.chat.completions.create(
            model="lorelei", user=user, messages=[{"role": "user", "content": text}], max_tokens=16
        )


def report(idle: dict[str, int], warm: dict[str, int], loaded: dict[str, int]) -> str:
    """A Markdown page of the results."""
    lines = [
        "# Idle memory",
        "",
        "`python benchmarks/idle_memory.py --write docs/benchmarks/idle-memory.md` against `make up`, default model.",
        "Proportional set size in MiB: `idle` as found, `warm` after a first lesson, `loaded` after "
        f"{ADAPTERS} more users with an adapter each.",
        "",
        "| | idle | warm | loaded |",
        "|---|---:|---:|---:|",
    ]
    columns = (idle, warm, loaded)
    lines += [f"| {name} | " + " | ".join(_mib(column[name]) for column in columns) + " |" for name in idle]
    lines.append("| **all** | " + " | ".join(f"**{_mib(sum(column.values()))}**" for column in columns) + " |")
    per_adapter = (loaded["inference"] - warm["inference"]) / ADAPTERS / MEBIBYTE
    lines += ["", f"Each loaded adapter adds {per_adapter:.1f} MiB to inference.", ""]
    return "\n".join(lines)


def _mib(size_bytes: int) -> str:
    return f"{size_bytes / MEBIBYTE:,.0f}"


def main() -> None:
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path, help="Markdown file to write the result to.")
    options = parser.parse_args()
    settings = CliSettings()
    launcher = launcher_process(Home(settings.home).root)
    client = OpenAI(base_url=f"{settings.base_url()}/v1", api_key=settings.key(), timeout=600)
    idle = settled(launcher)
    teach(client)
    warm = settled(launcher)
    for _ in range(ADAPTERS):
        teach(client)
    page = report(idle, warm, settled(launcher))
    print(page)
    if options.write:
        options.write.parent.mkdir(parents=True, exist_ok=True)
        options.write.write_text(page)


if __name__ == "__main__":
    main()
