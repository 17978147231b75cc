"""Brings adapter versions from the object store to this machine and lets only sound ones pass."""

import asyncio

from services.inference.adapters.key import AdapterKey
from services.inference.adapters.local_copy import LocalCopies, LocalCopy
from services.inference.adapters.validation import BaseRequirements, validate_adapter


class ValidatedAdapters:
    """Fetches a version and validates it for the served base model."""

    def __init__(self, copies: LocalCopies, base: BaseRequirements) -> None:
        self._copies = copies
        self._base = base

    async def obtain(self, key: AdapterKey, folder_name: str) -> LocalCopy:
        """Return a sound copy in a new folder.

        Raises NotFound when there is no such version, FailedPrecondition (ADAPTER_INVALID) when it is not sound,
        Unavailable when the store cannot be reached.
        """
        copy = await self._copies.fetch(key, folder_name)
        try:
            await asyncio.to_thread(validate_adapter, key, copy, self._base)
        except BaseException:
            await self.discard(copy)
            raise
        return copy

    async def discard(self, copy: LocalCopy) -> None:
        """Delete a copy; one that is gone is fine."""
        await self._copies.discard(copy.folder)
