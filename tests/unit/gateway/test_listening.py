"""The port of the gateway."""

import socket

import pytest

from services.common.errors import FailedPrecondition, Unavailable
from services.gateway.listening import listen


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_accepted_connections_send_small_pieces_at_once(host: str) -> None:
    with (
        listen(host, 0) as listener,
        socket.create_connection(listener.getsockname()[:2]),
    ):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_taken_port_is_named_with_its_setting() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(Unavailable, match=f"Port {port} on 127.0.0.1 is taken; set LORELEI_GATEWAY_PORT"):
            listen("127.0.0.1", port)


def test_another_machines_address_is_refused() -> None:
    with pytest.raises(FailedPrecondition, match="LORELEI_GATEWAY_HOST"):
        listen("192.0.2.1", 0)
