"""Names one immutable adapter version."""

from dataclasses import dataclass

from services.common.identifiers import check_tenant, check_user, check_version
from services.common.keys import adapter_prefix


@dataclass(frozen=True)
class AdapterKey:
    """One version of one user of one tenant; InvalidArgument when a part cannot be a name."""

    tenant: str
    user: str
    version: str

    def __post_init__(self) -> None:
        check_tenant(self.tenant)
        check_user(self.user)
        check_version(self.version)

    @property
    def prefix(self) -> str:
        """Where the version lies in the object store."""
        return adapter_prefix(self.tenant, self.user, self.version)
