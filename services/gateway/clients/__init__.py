"""Calls the other services over gRPC. The only part of the gateway that knows their protobufs."""

from services.gateway.clients.augmenter import AugmenterClient
from services.gateway.clients.fleet import ServiceFleet
from services.gateway.clients.inference import InferenceClient
from services.gateway.clients.states import PartStates
from services.gateway.clients.trainer import TrainerClient

__all__ = ["AugmenterClient", "InferenceClient", "PartStates", "ServiceFleet", "TrainerClient"]
