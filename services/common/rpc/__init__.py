"""gRPC plumbing that every service shares: serving, connecting, and carrying errors across. Knows no service."""

from services.common.rpc.client import calling, connect
from services.common.rpc.server import RpcServer

__all__ = ["RpcServer", "calling", "connect"]
