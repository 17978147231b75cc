"""What versions look like in JSON: their manifests, less the tenant, with what the user's own records tell of them."""

from typing import Literal, TypeVar

from pydantic import Field
from typing_extensions import TypedDict

from services.common.manifest import AdapterManifest, GateSummary, ProbeAnswer
from services.gateway.timeline import Chapter


class TaughtBody(TypedDict):
    """A lesson that was new in a version; `statement` is null when the lesson's data is gone."""

    id: str
    statement: str | None


class AdapterBody(AdapterManifest):
    """A version, with the gate's answers; `seconds` is its training time, sizes are in bytes."""

    tenant: str = Field(exclude=True)
    id: str
    object: Literal["adapter"] = "adapter"
    name: str | None = Field(description="Your own name for it.")
    active: bool = Field(description="Whether it serves.")
    taught: list[TaughtBody] = Field(description="What its parent did not know, oldest first.")


class ListedGateBody(GateSummary):
    """What the gate found before the version went live; shares in [0, 1] unless said otherwise."""

    answers: list[ProbeAnswer] = Field(default_factory=list, exclude=True)


class ListedAdapterBody(AdapterBody):
    """A version, without the gate's answers; `seconds` is its training time, sizes are in bytes."""

    gate: ListedGateBody | None


_Body = TypeVar("_Body", bound=AdapterBody)


class AdapterListBody(TypedDict):
    """Versions, newest first."""

    object: Literal["list"]
    data: list[ListedAdapterBody]


class AdapterNameBody(TypedDict):
    """A version's name of the user's own; null where it has none."""

    object: Literal["adapter.name"]
    version: str
    name: str | None


class ActivationBody(TypedDict):
    """The version that serves the user from now on; null for the untaught model."""

    object: Literal["adapter.activation"]
    user: str
    active_version: str | None


class AdapterDeletedBody(TypedDict):
    """A version is gone."""

    object: Literal["adapter.deleted"]
    version: str
    deleted: Literal[True]


def adapter_body(chapter: Chapter) -> AdapterBody:
    """The version as JSON."""
    return _body(AdapterBody, chapter)


def listed_adapter_body(chapter: Chapter) -> ListedAdapterBody:
    """The version as JSON, without the gate's answers."""
    return _body(ListedAdapterBody, chapter)


def _body(kind: type[_Body], chapter: Chapter) -> _Body:
    return kind(
        **chapter.manifest.model_dump(),
        id=chapter.manifest.version,
        name=chapter.name,
        active=chapter.active,
        taught=[{"id": taught.lesson, "statement": taught.statement} for taught in chapter.taught],
    )
