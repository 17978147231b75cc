"""POST /v1/intents: what a message means; nothing is done."""

import asyncio
from typing import NotRequired

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from services.common.errors import InvalidArgument
from services.common.identifiers import check_file_id
from services.gateway.api.callers import QueryCaller
from services.gateway.api.learn import MAX_DOCUMENTS
from services.gateway.api.parts import Parts
from services.gateway.api.texts import check_text
from services.gateway.intents import Intent, ManageAction, Understanding

router = APIRouter(tags=["chat"])


class IntentRequest(BaseModel):
    """A message as it would be sent to the chat."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(description="The message; with a leading [Learn] it is never understood as chat.")
    attachments: list[str] = Field(
        default_factory=list, max_length=MAX_DOCUMENTS, description="Ids of the files that would come with it."
    )


class UnderstandingBody(TypedDict):
    """What a message means, with the probability of that; `action` is there where something would be managed."""

    intent: Intent
    confidence: float
    action: NotRequired[ManageAction | None]


@router.post("/v1/intents", summary="Understand a message")
async def understand_message(request: IntentRequest, parts: Parts, _: QueryCaller) -> UnderstandingBody:
    """What the message most likely means: chat, learn_instruction, learn_document, learn_web, feedback or manage.

    `confidence` is the probability of that. Nothing is done; `action` says what would be managed.
    """
    text = check_text(request.text, "text").strip()
    attached = [check_file_id(file_id) for file_id in request.attachments]
    limit = parts.limits.max_statement_characters
    if not (text or attached):
        raise InvalidArgument("`text` must not be empty.", field="text")
    if len(text) > limit:
        raise InvalidArgument(f"The text has {len(text)} characters; at most {limit} are allowed.", field="text")
    understood = await asyncio.to_thread(parts.classifier.understand, text, attachments=bool(attached))
    return understanding_body(understood)


def understanding_body(understood: Understanding) -> UnderstandingBody:
    """What was understood, as JSON."""
    body: UnderstandingBody = {"intent": understood.intent, "confidence": round(understood.confidence, 3)}
    return {**body, "action": understood.action} if understood.intent is Intent.MANAGE else body
