"""What streams of Lorelei tell: how far a job is, the pieces of a reply. Knows nothing of HTTP."""

from dataclasses import dataclass, field
from typing import Any

_TERMINAL_STATES = frozenset({"LIVE", "REJECTED", "FAILED", "CANCELLED"})


@dataclass(frozen=True)
class LearnUpdate:
    """How far a job is: `progress` in percent, `detail` with figures of the present step; `body` is all of it."""

    job_id: str
    state: str
    progress: int
    detail: dict[str, float] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def is_final(self) -> bool:
        """Whether nothing comes after it."""
        return self.state in _TERMINAL_STATES


@dataclass(frozen=True)
class ChatPiece:
    """New text of a reply, and what Lorelei says `beside` it; `tokens` is the length of the whole reply, at its end."""

    completion_id: str
    text: str
    learn: LearnUpdate | None
    beside: dict[str, Any] = field(default_factory=dict)
    tokens: int | None = None
