"""What the residency rules need from the engine and from the object store, and what they hand to them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from services.inference.adapters.key import AdapterKey
from services.inference.adapters.local_copy import LocalCopy


@dataclass(frozen=True)
class SlotAdapter:
    """An adapter as the engine knows it: a number and a name that were never used before, and where its files lie."""

    number: int
    name: str
    folder: Path


class SlotEngine(Protocol):
    """The engine's slots. Both methods raise Unavailable while the engine is down."""

    async def add_adapter(self, adapter: SlotAdapter) -> None:
        """Put the adapter into a slot, or raise FailedPrecondition and leave no trace of it."""

    async def remove_adapter(self, adapter: SlotAdapter) -> None:
        """Empty the adapter's slot; one that is not there is fine."""


class AdapterSource(Protocol):
    """Where validated copies of versions come from."""

    async def obtain(self, key: AdapterKey, folder_name: str) -> LocalCopy:
        """Fetch and validate a version into a new folder; raise NotFound, FailedPrecondition or Unavailable."""

    async def discard(self, copy: LocalCopy) -> None:
        """Delete a copy; one that is gone is fine."""
