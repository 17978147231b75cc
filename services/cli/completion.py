"""Completes ids and names at Tab with what the running Lorelei has; nothing when it does not answer at once."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import typer

from services.cli.context import settings_of
from services.cli.errors import CommandError

if TYPE_CHECKING:
    from services.cli.client import LoreleiClient

_PATIENCE_SECONDS = 1.0
_LATEST = 50
_DESCRIPTION_CHARACTERS = 50

Completions = list[tuple[str, str]]


def complete_lesson(context: typer.Context) -> Completions:
    """Lessons with what they taught."""
    return _asked(context, _lessons)


def complete_job(context: typer.Context) -> Completions:
    """Jobs with what they are about."""
    return _asked(context, _jobs)


def complete_version(context: typer.Context) -> Completions:
    """Versions with what was taught in them."""
    return _asked(context, _versions)


def complete_version_or_base(context: typer.Context) -> Completions:
    """Versions, and the untaught model."""
    return [*complete_version(context), ("base", "the untaught model")]


def complete_model(context: typer.Context) -> Completions:
    """Models to chat with."""
    versions = [(f"lorelei:{version}", what) for version, what in complete_version(context)]
    return [("lorelei", "what serves you"), ("lorelei:base", "the untaught model"), *versions]


def _lessons(client: "LoreleiClient") -> Iterator[tuple[str, Any]]:
    return ((one["id"], one["statement"]) for one in client.lessons()["data"])


def _jobs(client: "LoreleiClient") -> Iterator[tuple[str, Any]]:
    return ((one["id"], f"{one['state']} {one['statement']}") for one in client.jobs(_LATEST)["data"])


def _versions(client: "LoreleiClient") -> Iterator[tuple[str, Any]]:
    for one in client.versions()["data"]:
        yield one["version"], one["name"] or "; ".join(lesson["statement"] or "" for lesson in one["taught"])


def _asked(context: typer.Context, ask: Callable[["LoreleiClient"], Iterator[tuple[str, Any]]]) -> Completions:
    # Only Tab needs it; help and the start of every command are quicker without.
    from services.cli.client import LoreleiClient

    try:
        settings = settings_of(context)
        with LoreleiClient(
            settings.base_url(), settings.key(), settings.user, _PATIENCE_SECONDS, _PATIENCE_SECONDS
        ) as client:
            return [(name, " ".join(str(what).split())[:_DESCRIPTION_CHARACTERS]) for name, what in ask(client)]
    except (CommandError, OSError):
        return []
