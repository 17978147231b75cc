"""Judges texts on this machine, by rules and a small classifier."""

import asyncio
from collections.abc import Callable, Sequence

from services.augmenter.moderation.credentials import find_credentials
from services.augmenter.moderation.injection import find_injection
from services.augmenter.moderation.moderator import Finding, Origin
from services.augmenter.moderation.personal_data import find_personal_data
from services.augmenter.moderation.toxicity import find_toxicity

_Detector = Callable[[str], Finding | None]

# Users may teach their own numbers and how they want to be answered; documents and pages may not.
_OF_USERS: tuple[_Detector, ...] = (find_credentials,)
_OF_OTHERS: tuple[_Detector, ...] = (find_credentials, find_personal_data, find_injection)


class LocalModerator:
    """Knows secrets, personal data and injected instructions, and, above a threshold in (0, 1), toxicity."""

    def __init__(self, toxicity_threshold: float | None) -> None:
        """None leaves toxicity to another moderator."""
        self._threshold = toxicity_threshold

    async def prepare(self) -> None:
        """Load the classifier, where toxicity is judged here."""
        await self.judge([""], Origin.USER)

    async def judge(self, texts: Sequence[str], origin: Origin) -> list[Finding | None]:
        """One finding or None per text."""
        return await asyncio.to_thread(self._judge, texts, origin)

    async def close(self) -> None:
        """Nothing is open."""

    def _judge(self, texts: Sequence[str], origin: Origin) -> list[Finding | None]:
        detectors = _OF_USERS if origin is Origin.USER else _OF_OTHERS
        found = [_first(detectors, text) for text in texts]
        if self._threshold is None:
            return found
        toxic = find_toxicity(texts, self._threshold)
        return [one or other for one, other in zip(found, toxic, strict=True)]


def _first(detectors: Sequence[_Detector], text: str) -> Finding | None:
    return next((finding for detector in detectors if (finding := detector(text)) is not None), None)
