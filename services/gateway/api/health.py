"""/healthz, /readyz and /metrics: for operators and their machines; no key is needed."""

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from services.gateway.api.parts import Parts

router = APIRouter(tags=["health"])

# Without the others nobody can learn, but everybody can chat.
_NEEDED_TO_CHAT = ("redis", "inference")


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Whether chats can be answered, and how each part is."""

    status: Literal["ready", "not_ready"]
    services: dict[str, Literal["ready", "unavailable"]]


@router.get("/healthz", summary="Is the process alive?")
async def check_health() -> Health:
    """Always well while the process answers."""
    return Health()


@router.get("/readyz", summary="Can it serve?", response_model=Readiness, responses={503: {"model": Readiness}})
async def check_readiness(parts: Parts) -> Response:
    """200 while chats can be answered, else 503; names the state of every part."""
    services = await parts.services.check()
    is_ready = not parts.draining.is_set() and all(services[name] == "ready" for name in _NEEDED_TO_CHAT)
    body = {"status": "ready" if is_ready else "not_ready", "services": services}
    return JSONResponse(body, 200 if is_ready else 503)


@router.get("/metrics", summary="Prometheus metrics", response_class=PlainTextResponse)
async def show_metrics(parts: Parts) -> Response:
    """All metrics of this process."""
    return Response(parts.metrics.exposition(), media_type=CONTENT_TYPE_LATEST)
