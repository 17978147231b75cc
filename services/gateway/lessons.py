"""Lists what a user has taught, lesson by lesson. Knows nothing of HTTP or of training."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

import structlog

from services.common.datasets import Dataset, dataset_from_bytes
from services.common.errors import FailedPrecondition, NotFound
from services.common.keys import lesson_dataset_key
from services.common.object_store import ObjectStore
from services.common.registry import AdapterRegistry

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Lesson:
    """One lesson with the versions that know it, newest first."""

    dataset: Dataset
    versions: tuple[str, ...]
    active: bool


class LessonShelf:
    """The lessons of every user: those that at least one of the user's versions knows."""

    def __init__(self, registry: AdapterRegistry, store: ObjectStore) -> None:
        self._registry = registry
        self._store = store

    async def taught(self, tenant: str, user: str) -> list[Lesson]:
        """All lessons, newest first; one whose dataset is gone is left out."""
        knowing = await self._knowing(tenant, user)
        active = await self._registry.active(tenant, user)
        return [
            Lesson(dataset, tuple(knowing[dataset.lesson]), active in knowing[dataset.lesson])
            for dataset in await self._datasets(tenant, user, knowing)
        ]

    async def get(self, tenant: str, user: str, lesson: str) -> Lesson:
        """One lesson; raises NotFound for one that none of this user's versions knows."""
        versions = (await self._knowing(tenant, user)).get(lesson, [])
        dataset = await self._dataset(tenant, user, lesson) if versions else None
        if dataset is None:
            raise NotFound(f"You have no lesson {lesson}.", field="id")
        return Lesson(dataset, tuple(versions), await self._registry.active(tenant, user) in versions)

    async def statements(self, tenant: str, user: str, lessons: Collection[str]) -> dict[str, str]:
        """What each of `lessons` taught, read once; one whose dataset is gone is left out."""
        datasets = await self._datasets(tenant, user, lessons)
        return {dataset.lesson: dataset.statement for dataset in datasets}

    async def _knowing(self, tenant: str, user: str) -> dict[str, list[str]]:
        """Versions that know each lesson, newest first, and the lessons themselves, newest first."""
        found: dict[str, list[str]] = {}
        for manifest in await self._registry.versions(tenant, user):
            for lesson in reversed(manifest.lessons):
                found.setdefault(lesson, []).append(manifest.version)
        return found

    async def _datasets(self, tenant: str, user: str, lessons: Collection[str]) -> list[Dataset]:
        """In the order of `lessons`; what cannot be read any more is left out."""
        found = await asyncio.gather(*(self._dataset(tenant, user, lesson) for lesson in lessons))
        return [dataset for dataset in found if dataset is not None]

    async def _dataset(self, tenant: str, user: str, lesson: str) -> Dataset | None:
        try:
            return dataset_from_bytes(await self._store.get_bytes(lesson_dataset_key(tenant, user, lesson)))
        except NotFound:
            return None
        except FailedPrecondition:
            # One damaged file must not hide all the others.
            _log.warning("lesson_damaged", lesson=lesson)
            return None
