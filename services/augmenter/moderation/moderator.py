"""What moderation is asked and what it finds. Knows no detector."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Category(StrEnum):
    """Why a text must not be trained on; `unsafe` is what only a model or an endpoint finds."""

    TOXIC = "toxic"
    SECRET = "secret"  # noqa: S105 - a category
    PERSONAL = "personal_data"
    INJECTION = "injection"
    UNSAFE = "unsafe"


class Origin(StrEnum):
    """Who said a text."""

    USER = "user"
    DOCUMENT = "document"
    WEB = "web"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a text, in plain words that never repeat it."""

    category: Category
    what: str


class Moderator(Protocol):
    """Judges texts."""

    async def prepare(self) -> None:
        """Load what judging needs, so that the first lesson does not wait for it."""
        ...

    async def judge(self, texts: Sequence[str], origin: Origin) -> list[Finding | None]:
        """One finding or None per text; raises Unavailable when nobody can judge: nothing is let through unseen."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...
