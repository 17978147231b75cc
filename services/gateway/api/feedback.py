"""/v1/feedback: what users think of answers, and what they should have been."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from services.common.errors import InvalidArgument
from services.common.identifiers import check_version
from services.gateway.api.callers import BodyUser, Caller, QueryCaller, Tenant, caller
from services.gateway.api.chat_messages import ChatTurn, plain_messages
from services.gateway.api.parts import GatewayParts, Parts
from services.gateway.api.texts import check_text
from services.gateway.feedback.answers import Answer
from services.gateway.feedback.items import FeedbackItem, FeedbackState, Rating, Verdict

router = APIRouter(prefix="/v1/feedback", tags=["feedback"])

FeedbackId = Annotated[str, Path(description="Id of feedback.")]

_MESSAGES = {
    FeedbackState.KEPT: "Thank you, it is noted.",
    FeedbackState.WAITING: "Thank you. The correction is learned together with the next ones, or after a while.",
    FeedbackState.LEARNING: "Thank you. The correction is being learned.",
    FeedbackState.LEARNED: "The correction was learned.",
    FeedbackState.REFUSED: "The correction was not learned; POST /v1/feedback/ID/learn tries it again.",
}
_NOTHING_TO_LEARN = "Thank you, it is noted. What gets learned is a corrected answer: send it as `correction`."


class FeedbackRequest(BaseModel):
    """A verdict on one answer; it replaces the former one. The answer is named by its id, or ends `messages`."""

    model_config = ConfigDict(extra="forbid")

    completion_id: str | None = Field(
        default=None, description="Id of the chat completion that answered, or `last` for the newest one."
    )
    messages: list[ChatTurn] | None = Field(
        default=None, description="In the place of an id: the conversation, ending with the assistant's answer."
    )
    version: str | None = Field(
        default=None, description="With `messages`: the version that answered, if it is not the one that serves."
    )
    rating: Literal["up", "down"] | None = Field(
        default=None, description="Whether the answer was good; one that is corrected or reported was not."
    )
    reason: str = Field(default="", description="What was good or wrong about it.")
    correction: str | None = Field(default=None, description="What should have been answered; this gets learned.")
    harmful: bool = Field(
        default=False, description="Report the answer to the operator, as do reasons that call it biased or dangerous."
    )
    learn_now: bool = Field(default=False, description="Learn this and all corrections that wait at once.")
    user: BodyUser = None

    def verdict(self) -> Verdict:
        """What is said of the answer; raises InvalidArgument when that is nothing."""
        correction = check_text(self.correction or "", "correction").strip()
        if self.correction is not None and not correction:
            raise InvalidArgument("`correction` is empty; leave it out.", field="correction")
        if self.rating is None and not correction and not self.harmful:
            raise InvalidArgument("Give a `rating`, `up` or `down`, or a `correction`.", field="rating")
        reason = check_text(self.reason, "reason").strip()
        return Verdict(Rating(self.rating or Rating.DOWN), reason, correction, self.harmful)

    async def answer(self, parts: GatewayParts, who: Caller) -> Answer:
        """The answer that is meant; raises InvalidArgument, or NotFound for one that is not remembered."""
        if (self.completion_id is None) == (self.messages is None):
            raise InvalidArgument("Give either `completion_id` or `messages`.", field="completion_id")
        if self.completion_id is not None:
            if self.version is not None:
                raise InvalidArgument("`version` belongs to `messages`; leave it out.", field="version")
            return await parts.answers.get(who.tenant, who.user, self.completion_id)
        turns = plain_messages(self.messages or ())
        version = check_version(self.version) if self.version else ""
        return await parts.answers.of_conversation(who.tenant, who.user, turns, version)


class FeedbackBody(TypedDict):
    """A verdict on an answer; `created_at` is in seconds since the epoch.

    `version` is the one that answered, `job_id` learns the correction, `learned_version` is what came of it, `reasons`
    say why it was refused.
    """

    id: str
    object: Literal["feedback"]
    state: FeedbackState
    rating: Rating
    reason: str | None
    correction: str | None
    harmful: bool
    completion_id: str | None
    answer: str
    version: str | None
    created_at: float
    job_id: str | None
    learned_version: str | None
    reasons: list[str]


class GivenFeedbackBody(FeedbackBody):
    """A verdict with a sentence that says what becomes of it."""

    message: str


class PromptTurnBody(TypedDict):
    """A message before the answer."""

    role: str
    content: str


class WholeFeedbackBody(FeedbackBody):
    """A verdict with the messages before the answer, oldest first."""

    prompt: list[PromptTurnBody]


class FeedbackListBody(TypedDict):
    """Verdicts, newest first."""

    object: Literal["list"]
    data: list[FeedbackBody]


class FeedbackDeletedBody(TypedDict):
    """A verdict is gone."""

    id: str
    object: Literal["feedback"]
    deleted: Literal[True]


@router.post("", summary="Rate or correct an answer", status_code=201)
async def give_feedback(request: FeedbackRequest, parts: Parts, tenant: Tenant) -> GivenFeedbackBody:
    """Keep a verdict on an answer. Corrections are learned in batches, or at once with `learn_now`.

    An answer that should have been different becomes less likely than its correction, in the user's own model.
    """
    who, verdict = caller(tenant, request.user), request.verdict()
    answer = await request.answer(parts, who)
    item = await parts.feedback.give(who.tenant, who.user, answer, verdict, request.learn_now)
    return {**_item_body(item), "message": _message(item)}


@router.get("", summary="List feedback")
async def list_feedback(
    parts: Parts, who: QueryCaller, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> FeedbackListBody:
    """The user's feedback, newest first."""
    items = await parts.feedback.latest(who.tenant, who.user, limit)
    return {"object": "list", "data": [_item_body(item) for item in items]}


@router.get("/{feedback_id}", summary="Show feedback")
async def show_feedback(feedback_id: FeedbackId, parts: Parts, who: QueryCaller) -> WholeFeedbackBody:
    """One verdict of the user's with the messages before the answer."""
    item = await parts.feedback.get(who.tenant, who.user, feedback_id)
    prompt: list[PromptTurnBody] = [{"role": turn.role, "content": turn.content} for turn in item.answer.prompt]
    return {**_item_body(item), "prompt": prompt}


@router.post("/{feedback_id}/learn", summary="Learn a correction now", status_code=202)
async def learn_feedback(feedback_id: FeedbackId, parts: Parts, who: QueryCaller) -> FeedbackBody:
    """Learn a correction without waiting for others, or once more; watch it at /v1/learn/{job_id}/events."""
    return _item_body(await parts.feedback.learn(who.tenant, who.user, feedback_id))


@router.delete("/{feedback_id}", summary="Delete feedback")
async def delete_feedback(feedback_id: FeedbackId, parts: Parts, who: QueryCaller) -> FeedbackDeletedBody:
    """Delete a verdict for good. What was learned from it stays until its lesson is forgotten."""
    await parts.feedback.delete(who.tenant, who.user, feedback_id)
    return {"id": feedback_id, "object": "feedback", "deleted": True}


def _message(item: FeedbackItem) -> str:
    if item.state is FeedbackState.KEPT and item.verdict.rating is Rating.DOWN:
        return _NOTHING_TO_LEARN
    return _MESSAGES[item.state]


def _item_body(item: FeedbackItem) -> FeedbackBody:
    answer, verdict = item.answer, item.verdict
    return {
        "id": item.id,
        "object": "feedback",
        "state": item.state,
        "rating": verdict.rating,
        "reason": verdict.reason or None,
        "correction": verdict.correction or None,
        "harmful": verdict.harmful,
        "completion_id": answer.completion_id or None,
        "answer": answer.reply,
        "version": answer.version or None,
        "created_at": item.created_at,
        "job_id": item.job_id or None,
        "learned_version": item.learned_version or None,
        "reasons": list(item.reasons),
    }
