"""What chat completions and models look like, for the OpenAPI document; chat_reply.py builds the completions."""

from typing import Any, Literal

from pydantic import BaseModel


class CalledFunctionBody(BaseModel):
    """A function with the arguments of a call, which are JSON."""

    name: str
    arguments: str


class ToolCallBody(BaseModel):
    """A function call."""

    id: str
    type: Literal["function"]
    function: CalledFunctionBody


class MessageBody(BaseModel):
    """The assistant's message; `tool_calls` is absent where nothing is called."""

    role: Literal["assistant"]
    content: str | None
    refusal: None
    tool_calls: list[ToolCallBody] = []


class TokenBody(BaseModel):
    """A token with its log-probability; `bytes` is null for a part of a character."""

    token: str
    logprob: float
    bytes: list[int] | None


class ChosenTokenBody(TokenBody):
    """A token of the reply, with the likeliest ones at its place."""

    top_logprobs: list[TokenBody]


class LogprobsBody(BaseModel):
    """The tokens of the reply."""

    content: list[ChosenTokenBody]
    refusal: None


class ChoiceBody(BaseModel):
    """One reply."""

    index: int
    message: MessageBody
    logprobs: LogprobsBody | None
    finish_reason: Literal["stop", "length", "tool_calls"]


class UsageBody(BaseModel):
    """Tokens read and written."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class CompletionBody(BaseModel):
    """A chat completion.

    `lorelei` holds the `adapter_version` that answered, or how a lesson (`learn`), feedback (`feedback`) or a request
    about what was learned (`manage`) went, or the `alternatives` of a question.
    """

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[ChoiceBody]
    usage: UsageBody
    lorelei: dict[str, Any]


class ModelBody(BaseModel):
    """A model that chats may name; `created` is in seconds since the epoch, 0 where it is unknown."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: Literal["lorelei"] = "lorelei"


class ModelListBody(BaseModel):
    """Models."""

    object: Literal["list"] = "list"
    data: list[ModelBody]
