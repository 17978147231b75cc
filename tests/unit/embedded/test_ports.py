"""Ports: free ones differ, taken ones are reported with what to do."""

import socket

import pytest

from services.common.errors import FailedPrecondition
from services.embedded.ports import check_gateway_port, free_ports


def test_free_ports_differ_and_can_be_used() -> None:
    ports = free_ports(8)
    assert len(set(ports)) == 8
    for port in ports:
        check_gateway_port("127.0.0.1", port)


def test_a_taken_port_is_named_with_its_setting() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(FailedPrecondition, match=rf"port {port}: address already in use.*LORELEI_GATEWAY_PORT="):
            check_gateway_port("127.0.0.1", port)
