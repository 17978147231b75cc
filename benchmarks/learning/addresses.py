"""Finds the services behind a running platform's gateway, in its logs. Calls none of them."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Addresses:
    """host:port of each service's gRPC."""

    inference: str
    augmenter: str
    trainer: str


def address_in_log(log: Path) -> str:
    """Where the service that writes `log` said last that it listens, or SystemExit when it did not."""
    ports = [event["port"] for event in _events(log) if "port" in event]
    if not ports:
        service = log.stem
        raise SystemExit(f"{log} does not say where the {service} service listens; give --{service} HOST:PORT.")
    return f"127.0.0.1:{ports[-1]}"


def _events(log: Path) -> list[dict[str, object]]:
    """The log's events; other programs' lines in it are left out."""
    events = []
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and "event" in event:
            events.append(event)
    return events
