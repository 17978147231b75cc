"""/v1/conversations: what a user has talked about, kept for 30 days after the last turn."""

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from services.common.errors import InvalidArgument, NotFound
from services.gateway.api.callers import Caller, QueryCaller
from services.gateway.api.chat_request import CONVERSATION_ID_PATTERN
from services.gateway.api.parts import GatewayParts, Parts
from services.gateway.api.texts import check_text
from services.gateway.conversations import MAX_STORED_MESSAGES, MAX_TITLE_CHARACTERS, ConversationEntry, StoredTurn
from services.gateway.learning.jobs import event_of
from services.gateway.learning.wording import closing_sentence

router = APIRouter(prefix="/v1/conversations", tags=["conversations"])

ConversationId = Annotated[
    str, Path(pattern=CONVERSATION_ID_PATTERN, description="Id of a conversation, chosen by who began it.")
]


class TitleRequest(BaseModel):
    """The user's own title for a conversation."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(
        max_length=MAX_TITLE_CHARACTERS, description="An empty one gives back the beginning of the first words."
    )


class NewTurn(BaseModel):
    """A turn that was not kept by a chat completion, such as a reply that was stopped."""

    model_config = ConfigDict(extra="forbid")

    role: Literal["user", "assistant"]
    content: str = Field(min_length=1)


class TurnsRequest(BaseModel):
    """Turns to add to a conversation."""

    model_config = ConfigDict(extra="forbid")

    messages: list[NewTurn] = Field(min_length=1, max_length=MAX_STORED_MESSAGES)


class ConversationBody(TypedDict):
    """A conversation; `updated_at` is in seconds since the epoch."""

    id: str
    object: Literal["conversation"]
    title: str
    updated_at: float


class TurnBody(TypedDict):
    """A turn, with the lesson that it tells about and the chat completion that it came as; null where there is none."""

    role: str
    content: str
    job_id: str | None
    completion_id: str | None


class WholeConversationBody(ConversationBody):
    """A conversation with its turns, oldest first."""

    messages: list[TurnBody]


class ConversationListBody(TypedDict):
    """Conversations, latest first, and whether there are more."""

    object: Literal["list"]
    data: list[ConversationBody]
    has_more: bool


class ConversationDeletedBody(TypedDict):
    """A conversation is gone."""

    id: str
    object: Literal["conversation"]
    deleted: Literal[True]


@router.get("", summary="List conversations")
async def list_conversations(
    parts: Parts,
    who: QueryCaller,
    search: Annotated[str, Query(max_length=200, description="Words of a title or a turn, in any case.")] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> ConversationListBody:
    """The user's conversations, latest first."""
    entries = await parts.conversations.listed(who.tenant, who.user, search.strip())
    return {"object": "list", "data": [_entry_body(one) for one in entries[:limit]], "has_more": len(entries) > limit}


@router.get("/{conversation_id}", summary="Show a conversation")
async def show_conversation(conversation_id: ConversationId, parts: Parts, who: QueryCaller) -> WholeConversationBody:
    """One conversation with its turns, oldest first; one about a lesson names its `job_id`."""
    turns = await parts.conversations.turns(who.tenant, who.user, conversation_id)
    settled = [await _settled(parts, who, conversation_id, turn) for turn in turns]
    return {**await _shown(parts, who, conversation_id), "messages": [_turn_body(turn) for turn in settled]}


@router.patch("/{conversation_id}", summary="Rename a conversation")
async def rename_conversation(
    conversation_id: ConversationId, request: TitleRequest, parts: Parts, who: QueryCaller
) -> ConversationBody:
    """Give a conversation a title of the user's own."""
    title = " ".join(check_text(request.title, "title").split())
    if not title.isprintable():
        raise InvalidArgument("`title` must be printable.", field="title")
    await parts.conversations.rename(who.tenant, who.user, conversation_id, title)
    return await _shown(parts, who, conversation_id)


@router.delete("/{conversation_id}", summary="Delete a conversation")
async def delete_conversation(
    conversation_id: ConversationId, parts: Parts, who: QueryCaller
) -> ConversationDeletedBody:
    """Delete a conversation for good; what was learned in it stays until its lesson is forgotten."""
    await parts.conversations.delete(who.tenant, who.user, conversation_id)
    return {"id": conversation_id, "object": "conversation", "deleted": True}


@router.post("/{conversation_id}/messages", summary="Add turns", status_code=201)
async def add_turns(
    conversation_id: ConversationId, request: TurnsRequest, parts: Parts, who: QueryCaller
) -> ConversationBody:
    """Keep turns that no chat completion has kept; a new id begins a conversation."""
    turns = [StoredTurn(one.role, check_text(one.content, "messages")) for one in request.messages]
    await parts.conversations.append(who.tenant, who.user, conversation_id, turns)
    return await _shown(parts, who, conversation_id)


@router.delete("/{conversation_id}/messages", summary="Delete the last turns")
async def drop_turns(
    conversation_id: ConversationId,
    parts: Parts,
    who: QueryCaller,
    last: Annotated[int, Query(ge=1, le=MAX_STORED_MESSAGES, description="How many turns to delete.")],
) -> ConversationBody:
    """Delete turns from the end, to say something else instead; counted from there, because the oldest may be gone."""
    await parts.conversations.drop_last(who.tenant, who.user, conversation_id, last)
    return await _shown(parts, who, conversation_id)


async def _settled(parts: GatewayParts, who: Caller, conversation_id: str, turn: StoredTurn) -> StoredTurn:
    """The turn of a lesson with the sentence that ends it, kept from now on, when the lesson has ended."""
    if not turn.job_id or turn.content:
        return turn
    try:
        job = await parts.jobs.get(who.tenant, who.user, turn.job_id)
    except NotFound:
        # Forgotten before anybody looked.
        return turn
    if not job.is_finished:
        return turn
    settled = replace(turn, content=closing_sentence(event_of(job)))
    await parts.conversations.replace(who.tenant, who.user, conversation_id, turn, settled)
    return settled


async def _shown(parts: GatewayParts, who: Caller, conversation_id: str) -> ConversationBody:
    return _entry_body(await parts.conversations.entry(who.tenant, who.user, conversation_id))


def _entry_body(entry: ConversationEntry) -> ConversationBody:
    return {"id": entry.id, "object": "conversation", "title": entry.title, "updated_at": entry.updated_at}


def _turn_body(turn: StoredTurn) -> TurnBody:
    return {
        "role": turn.role,
        "content": turn.content,
        "job_id": turn.job_id or None,
        "completion_id": turn.completion_id or None,
    }
