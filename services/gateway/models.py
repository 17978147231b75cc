"""Turns a model's public name into the adapter that answers. Knows nothing of HTTP."""

from services.common.errors import InvalidArgument, NotFound
from services.common.registry import AdapterRegistry
from services.gateway.serving import AdapterVersion

PERSONAL = "lorelei"
BASE = "lorelei:base"

_VERSION_PREFIX = "lorelei:"


def model_of(version: str) -> str:
    """The public name of a version."""
    return f"{_VERSION_PREFIX}{version}"


class ModelNames:
    """The models of each user: the personal one, the base, and every version."""

    def __init__(self, registry: AdapterRegistry) -> None:
        self._registry = registry

    async def adapter_for(self, tenant: str, user: str, model: str) -> AdapterVersion | None:
        """The adapter that `model` means for this user now, None for the base model, or NotFound."""
        if model == BASE:
            return None
        if model == PERSONAL:
            version = await self._registry.active(tenant, user)
        else:
            version = await self._own_version(tenant, user, model)
        return AdapterVersion(tenant, user, version) if version else None

    async def names(self, tenant: str, user: str) -> dict[str, int]:
        """All models of the user with the times they were made, in seconds since the epoch; 0 where it is unknown."""
        versions = await self._registry.versions(tenant, user)
        own = {model_of(each.version): int(each.created_at.timestamp()) for each in versions}
        return {PERSONAL: 0, BASE: 0, **own}

    async def _own_version(self, tenant: str, user: str, model: str) -> str:
        try:
            return (await self._registry.get(tenant, user, model.removeprefix(_VERSION_PREFIX))).version
        except (NotFound, InvalidArgument) as error:
            raise NotFound(f"You have no model {model!r}.", field="model", reason="MODEL_NOT_FOUND") from error
