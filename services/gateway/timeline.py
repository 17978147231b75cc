"""Tells what each of a user's versions was taught that its parent did not know. Knows nothing of HTTP."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from services.common.errors import NotFound
from services.common.manifest import AdapterManifest
from services.common.registry import AdapterRegistry
from services.gateway.lessons import LessonShelf


@dataclass(frozen=True)
class TaughtLesson:
    """A lesson of a version; `statement` is None when the lesson's data is gone."""

    lesson: str
    statement: str | None


@dataclass(frozen=True)
class Chapter:
    """A version, the user's own name for it, whether it serves, and what was new in it, oldest first."""

    manifest: AdapterManifest
    name: str | None
    active: bool
    taught: tuple[TaughtLesson, ...]


class Timeline:
    """The versions of every user; each lesson is read once a call, however many versions know it."""

    def __init__(self, registry: AdapterRegistry, lessons: LessonShelf) -> None:
        self._registry = registry
        self._lessons = lessons

    async def versions(self, tenant: str, user: str) -> list[Chapter]:
        """All versions, newest first."""
        manifests = await self._registry.versions(tenant, user)
        return await self._chapters(tenant, user, manifests, {one.version: one for one in manifests})

    async def version(self, tenant: str, user: str, version: str) -> Chapter:
        """One version; raises NotFound for one that is not this user's."""
        manifest = await self._registry.get(tenant, user, version)
        known = {}
        if manifest.parent:
            with suppress(NotFound):
                known[manifest.parent] = await self._registry.get(tenant, user, manifest.parent)
        return (await self._chapters(tenant, user, [manifest], known))[0]

    async def _chapters(
        self, tenant: str, user: str, manifests: Sequence[AdapterManifest], known: Mapping[str, AdapterManifest]
    ) -> list[Chapter]:
        active = await self._registry.active(tenant, user)
        names = await self._registry.names(tenant, user)
        taught = {one.version: _new_lessons(one, known) for one in manifests}
        lessons = {lesson for new in taught.values() for lesson in new}
        statements = await self._lessons.statements(tenant, user, lessons)
        return [
            Chapter(
                one,
                names.get(one.version),
                one.version == active,
                tuple(TaughtLesson(lesson, statements.get(lesson)) for lesson in taught[one.version]),
            )
            for one in manifests
        ]


def _new_lessons(manifest: AdapterManifest, known: Mapping[str, AdapterManifest]) -> list[str]:
    if manifest.parent is None:
        return manifest.lessons
    parent = known.get(manifest.parent)
    if parent is None:
        # Deleted; but what continues a parent teaches just the lesson of its own job.
        return [lesson for lesson in manifest.lessons if lesson == manifest.job_id]
    return [lesson for lesson in manifest.lessons if lesson not in parent.lessons]
