"""/v1/models: the models that a user may name in a chat."""

from fastapi import APIRouter

from services.gateway.api.callers import QueryCaller
from services.gateway.api.chat_bodies import ModelBody, ModelListBody
from services.gateway.api.parts import Parts

router = APIRouter(prefix="/v1/models", tags=["models"])


@router.get("", summary="List models")
async def list_models(parts: Parts, who: QueryCaller) -> ModelListBody:
    """The personal model, the base model and every version of the user."""
    names = await parts.models.names(who.tenant, who.user)
    return ModelListBody(data=[ModelBody(id=name, created=created) for name, created in names.items()])


@router.get("/{model}", summary="Show a model")
async def show_model(model: str, parts: Parts, who: QueryCaller) -> ModelBody:
    """One model."""
    await parts.models.adapter_for(who.tenant, who.user, model)
    names = await parts.models.names(who.tenant, who.user)
    return ModelBody(id=model, created=names.get(model, 0))
