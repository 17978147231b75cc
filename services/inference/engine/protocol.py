"""What the rest of the service may ask of a running engine."""

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from services.inference.adapters.slots import SlotAdapter, SlotEngine
from services.inference.engine.requests import Finish, Message, Piece, Sampling, ScoreItem


class Engine(SlotEngine, Protocol):
    """A loaded base model with slots for adapters. Once it has died, every method raises Unavailable."""

    def generate(
        self, request_id: str, messages: Sequence[Message], sampling: Sampling, adapter: SlotAdapter | None
    ) -> AsyncGenerator[Piece | Finish, None]:
        """Yield pieces of text, then how it ended. Closing the generator aborts the request.

        Raises InvalidArgument for a prompt that fills the context or parameters the engine refuses.
        """

    async def score(self, request_id: str, item: ScoreItem, adapter: SlotAdapter | None, field: str) -> list[float]:
        """Return the natural log-probability of each token of the completion, in order.

        Raises InvalidArgument naming `field` when prompt and completion do not fit the context.
        """

    async def wait_until_dead(self) -> None:
        """Return when the engine has died."""

    async def close(self) -> None:
        """Stop the engine and free what it held."""
