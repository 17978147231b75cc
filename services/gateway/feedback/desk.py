"""Takes in what users think of answers. Knows nothing of HTTP or of how corrections are learned."""

import time
from dataclasses import dataclass, replace

from services.common.errors import FailedPrecondition, InvalidArgument
from services.common.identifiers import check_user
from services.gateway.audit import AuditEntry, AuditKind, AuditLog
from services.gateway.feedback.answers import Answer
from services.gateway.feedback.batches import FeedbackBatches
from services.gateway.feedback.harm import says_harm
from services.gateway.feedback.items import FeedbackItem, FeedbackState, Rating, Verdict, feedback_id
from services.gateway.feedback.shelf import FeedbackShelf
from services.gateway.metrics import GatewayMetrics

_LEARNABLE = (FeedbackState.REFUSED, FeedbackState.LEARNED)


@dataclass(frozen=True)
class FeedbackLimits:
    """How long a reason and a correction may be, in characters."""

    max_reason_characters: int
    max_correction_characters: int


class FeedbackDesk:
    """Keeps feedback, reports harm to the operator, and sends corrections on to be learned.

    Every method raises Unavailable when Redis cannot be reached.
    """

    def __init__(
        self,
        shelf: FeedbackShelf,
        batches: FeedbackBatches,
        audit: AuditLog,
        metrics: GatewayMetrics,
        limits: FeedbackLimits,
    ) -> None:
        self._shelf = shelf
        self._batches = batches
        self._audit = audit
        self._metrics = metrics
        self.limits = limits

    async def give(
        self, tenant: str, user: str, answer: Answer, verdict: Verdict, learn_now: bool = False
    ) -> FeedbackItem:
        """Keep what the user says of `answer` in the place of what they said before, and return it as it is then.

        The same again changes nothing; with `learn_now` a correction that was refused is tried once more. Raises
        InvalidArgument for a correction that is none, or too long a text.
        """
        verdict = self._checked(answer, verdict)
        state = FeedbackState.WAITING if verdict.correction else FeedbackState.KEPT
        item = FeedbackItem(feedback_id(answer), answer, verdict, time.time(), state)
        before = await self._shelf.find(tenant, check_user(user), item.id)
        if verdict.harmful and (before is None or before.verdict != verdict):
            # First, so that a report is never kept without the operator's knowing of it.
            await self._audit.record(_report(tenant, user, item))
        if await self._shelf.put(tenant, user, item):
            self._metrics.feedback.labels(verdict.rating).inc()
        elif learn_now:
            await self._shelf.wait_again(tenant, user, item.id, [FeedbackState.REFUSED])
        if verdict.correction:
            await (self._batches.start_all if learn_now else self._batches.start_full)(tenant, user)
        return await self._shelf.get(tenant, user, item.id)

    async def learn(self, tenant: str, user: str, item_id: str) -> FeedbackItem:
        """Learn the correction of an item now, also one that was refused or learned before.

        All others that wait are learned with it. Raises NotFound, and FailedPrecondition where nothing was corrected.
        """
        item = await self._shelf.get(tenant, user, item_id)
        if not item.verdict.correction:
            raise FailedPrecondition(
                f"{item_id} has no corrected answer, and that is what is learned.", reason="NO_CORRECTION"
            )
        await self._shelf.wait_again(tenant, user, item_id, _LEARNABLE)
        await self._batches.start_all(tenant, user)
        return await self._shelf.get(tenant, user, item_id)

    async def get(self, tenant: str, user: str, item_id: str) -> FeedbackItem:
        """One item of the user's, or NotFound."""
        item = await self._shelf.get(tenant, user, item_id)
        ended = await self._batches.note_ends(tenant, user, [item])
        return await self._shelf.get(tenant, user, item_id) if ended else item

    async def latest(self, tenant: str, user: str, limit: int) -> list[FeedbackItem]:
        """The user's items, newest first, at most `limit`."""
        items = await self._shelf.latest(tenant, user, limit)
        ended = await self._batches.note_ends(tenant, user, items)
        return await self._shelf.latest(tenant, user, limit) if ended else items

    async def delete(self, tenant: str, user: str, item_id: str) -> None:
        """Delete an item; what was learned from it stays. Raises NotFound, FailedPrecondition while it is learned."""
        await self._shelf.delete(tenant, user, item_id)

    def _checked(self, answer: Answer, verdict: Verdict) -> Verdict:
        """The verdict with what follows from it: who corrects or reports an answer does not praise it."""
        for field, text, limit in (
            ("reason", verdict.reason, self.limits.max_reason_characters),
            ("correction", verdict.correction, self.limits.max_correction_characters),
        ):
            if len(text) > limit:
                raise InvalidArgument(
                    f"The {field} has {len(text)} characters; at most {limit} are allowed.", field=field
                )
        if same_text(verdict.correction, answer.reply):
            raise InvalidArgument("The correction is what was answered.", field="correction")
        down = verdict.rating is Rating.DOWN or bool(verdict.correction) or verdict.harmful
        harmful = verdict.harmful or (down and says_harm(verdict.reason))
        return replace(verdict, rating=Rating.DOWN if down else Rating.UP, harmful=harmful)


def same_text(one: str, other: str) -> bool:
    """Whether two texts differ in their spaces at most."""
    return one.split() == other.split()


def _report(tenant: str, user: str, item: FeedbackItem) -> AuditEntry:
    return AuditEntry(
        AuditKind.HARM_REPORTED,
        item.created_at,
        tenant,
        user,
        item.id,
        text=item.answer.reply,
        reason=item.verdict.reason,
    )
