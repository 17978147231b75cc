"""Finds free TCP ports and reports taken ones."""

import socket
from contextlib import ExitStack

from services.common.errors import FailedPrecondition


def free_ports(count: int) -> list[int]:
    """Different loopback ports that are free now."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def check_gateway_port(host: str, port: int) -> None:
    """Raise FailedPrecondition, naming the port and its setting, when the gateway could not listen there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # As the gateway does, so that connections that are still closing do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise FailedPrecondition(
                f"Cannot listen on {host}, port {port}: {(error.strerror or 'unknown error').lower()}. "
                f"Stop the program that uses it, or choose another port: LORELEI_GATEWAY_PORT={port + 1} make up"
            ) from error
