"""Opens the port that the gateway listens on."""

import errno
import socket

from services.common.errors import FailedPrecondition, Unavailable


def listen(host: str, port: int) -> socket.socket:
    """Listen on `host:port` (0: any free port).

    Raises Unavailable when the port is taken, and FailedPrecondition for an address that is not this machine's.
    """
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Unavailable(f"Port {port} on {host} is taken; set LORELEI_GATEWAY_PORT to another one.") from error
        raise FailedPrecondition(
            f"Cannot listen on {host}:{port} (LORELEI_GATEWAY_HOST, LORELEI_GATEWAY_PORT): {error}."
        ) from error
    # Connections inherit it. Without it the first tokens of a stream wait 40 ms for the client's delayed
    # acknowledgement; asyncio sets it only on sockets that were opened with an explicit protocol.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
