"""Tells which version came before another. Knows nothing of what serves."""

from collections.abc import Sequence

from services.common.manifest import AdapterManifest


def version_before(version: AdapterManifest, newest_first: Sequence[AdapterManifest]) -> str | None:
    """The version that `version` took the place of, or None for the base model.

    It is the one whose weights were continued, while that exists. What was made afresh took the place of the next
    older one that knows other lessons, since nobody asked for the same ones anew; a first lesson, of the base model.
    """
    if version.parent in {one.version for one in newest_first}:
        return version.parent
    if version.parent is None and version.lessons == [version.job_id]:
        return None
    older = (one for one in newest_first if one.created_at < version.created_at)
    return next((one.version for one in older if set(one.lessons) != set(version.lessons)), None)


def version_after(active: str | None, newest_first: Sequence[AdapterManifest]) -> str | None:
    """The newest version that took the place of `active` (None: of the base model), or None where there is none."""
    later = (one.version for one in newest_first if version_before(one, newest_first) == active)
    return next(later, None)
