"""Builds the gateway's parts from its settings; the one place that knows them all."""

from services.gateway.wiring.gateway import Gateway, open_gateway

__all__ = ["Gateway", "open_gateway"]
