"""Checks of what runs: the gateway's port, the gateway, the services behind it, the API key."""

import asyncio
from collections.abc import Mapping

from services.cli.client import LoreleiClient
from services.cli.doctor.check import Check, fail, ok, warn
from services.cli.errors import CommandError, Refused, Unreachable
from services.common.errors import FailedPrecondition
from services.common.rpc.probe import is_serving
from services.embedded.ports import check_gateway_port

_READY = "ready"


def check_gateway(client: LoreleiClient, base_url: str, *, is_elsewhere: bool) -> Check:
    """Whether a gateway answers; one that is not started on this machine is no fault, one elsewhere is."""
    try:
        client.health()
    except Unreachable:
        if is_elsewhere:
            return fail("gateway", f"nobody answers at {base_url}", "Start it there, or correct LORELEI_URL.")
        return warn("gateway", f"not running at {base_url}", "Start everything with `lorelei up` (or `make up`).")
    except CommandError:
        advice = "Another program is there: correct LORELEI_URL, or choose another port with LORELEI_GATEWAY_PORT."
        return fail("gateway", f"what answers at {base_url} is not Lorelei", advice)
    return ok("gateway", f"answers at {base_url}")


def check_port(host: str, port: int) -> Check:
    """Whether the gateway could listen there; only asked while none does."""
    try:
        check_gateway_port(host, port)
    except FailedPrecondition as error:
        return fail("port", f"{port} is taken or not allowed", error.message)
    return ok("port", f"{port} is free")


def check_services(client: LoreleiClient, logs: str) -> list[Check]:
    """Whether the running gateway finds each service ready."""
    try:
        states = client.readiness()
    except CommandError as error:
        return [fail("services", error.message, f"Look into {logs}.")]
    return [
        _service(name, state, f"Wait a moment; if it stays so, look into {logs}.") for name, state in states.items()
    ]


def check_addresses(addresses: Mapping[str, str]) -> list[Check]:
    """Whether a gRPC server that is ready answers at each address that is set, by service."""
    return asyncio.run(_probe_all(addresses))


def check_api_key(client: LoreleiClient, key: str, place: str) -> Check:
    """Whether the running gateway takes the key; `place` says where it should come from."""
    if not key:
        return fail("api key", "none", f"Set LORELEI_API_KEY, or LORELEI_HOME to the folder that holds it ({place}).")
    try:
        me = client.me()
    except Refused as error:
        return fail("api key", error.message, f"The right one is in the gateway's file, such as {place}.")
    except Unreachable as error:
        return fail("api key", error.message, "Try again.")
    return ok("api key", f"accepted: tenant {me['tenant']}, user {me['user']}")


async def _probe_all(addresses: Mapping[str, str]) -> list[Check]:
    states = await asyncio.gather(*map(is_serving, addresses.values()))
    return [
        _service(name, _READY if serves else f"nobody ready at {address}", "Start it, or correct its address.")
        for (name, address), serves in zip(addresses.items(), states, strict=True)
    ]


def _service(name: str, state: str, advice: str) -> Check:
    return ok(f"service {name}", state) if state == _READY else fail(f"service {name}", state, advice)
