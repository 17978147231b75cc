"""/v1/models: the models that a user may name in a chat."""

from typing import Any

from fastapi import APIRouter

from services.gateway.api.callers import QueryCaller
from services.gateway.api.parts import Parts

router = APIRouter(prefix="/v1/models", tags=["models"])


@router.get("", summary="List models")
async def list_models(parts: Parts, who: QueryCaller) -> dict[str, Any]:
    """The personal model, the base model and every version of the user."""
    names = await parts.models.names(who.tenant, who.user)
    return {"object": "list", "data": [_model_body(name, created) for name, created in names.items()]}


@router.get("/{model}", summary="Show a model")
async def show_model(model: str, parts: Parts, who: QueryCaller) -> dict[str, Any]:
    """One model."""
    await parts.models.adapter_for(who.tenant, who.user, model)
    names = await parts.models.names(who.tenant, who.user)
    return _model_body(model, names.get(model, 0))


def _model_body(name: str, created: int) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": created, "owned_by": "lorelei"}
