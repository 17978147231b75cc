"""Leaves out what must not be learned, and counts it. Knows no detector."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

import structlog

from services.augmenter.moderation.moderator import Moderator, Origin
from services.augmenter.moderation.refusal import refusal_sentence
from services.augmenter.selection.tally import Tally
from services.common.errors import Moderated

_Item = TypeVar("_Item")

_log = structlog.get_logger(__name__)


async def keep_allowed(
    moderator: Moderator, items: Sequence[_Item], text_of: Callable[[_Item], str], origin: Origin, tally: Tally
) -> list[_Item]:
    """The items whose text may be learned; raises Moderated, with why, where there are some and none may."""
    if not items:
        return []
    findings = await moderator.judge([text_of(item) for item in items], origin)
    refused = [finding for finding in findings if finding is not None]
    for finding in refused:
        tally.reject(finding.category)
    if len(refused) == len(items):
        categories = Counter(finding.category.value for finding in refused)
        _log.warning("lesson_refused", categories=sorted(categories))
        raise Moderated(refusal_sentence(refused), field="statement", categories=categories)
    return [item for item, finding in zip(items, findings, strict=True) if finding is None]
