"""The body of a chat completion: what OpenAI's clients may send, and what Lorelei honours of it."""

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.common.errors import InvalidArgument
from services.common.identifiers import check_file_id
from services.gateway.api.texts import check_text
from services.gateway.conversations import Message
from services.gateway.intents import learn_statement
from services.gateway.serving import SamplingChoice

CONVERSATION_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$"

# Parameters without effect here, with the values at which they ask for nothing; null is always one.
_NEUTRAL_VALUES: dict[str, tuple[Any, ...]] = {
    "n": (1,),
    "frequency_penalty": (0,),
    "presence_penalty": (0,),
    "logit_bias": ({},),
    "logprobs": (False,),
    "top_logprobs": (0,),
    "tools": ([],),
    "tool_choice": ("none", "auto"),
    "parallel_tool_calls": (True, False),
    "functions": ([],),
    "function_call": ("none", "auto"),
    "modalities": (["text"],),
    "store": (False,),
    "metadata": ({},),
    "service_tier": ("auto", "default"),
}
_ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
_MAX_INT64 = 2**63 - 1

_StopString = Annotated[str, Field(min_length=1, max_length=256)]


class ChatTurn(BaseModel):
    """One message: `content` is a text or a list of parts of type text, and of type file where it says [Learn]."""

    model_config = ConfigDict(extra="allow")

    role: str
    content: str | list[dict[str, Any]] | None = None

    def to_message(self, where: str) -> Message:
        """The turn as plain text, or InvalidArgument naming what cannot be honoured at `where`."""
        role = _ROLES.get(self.role)
        if role is None:
            raise InvalidArgument(f"`{where}.role` must be one of {', '.join(_ROLES)}.", field=f"{where}.role")
        _refuse(self.model_extra, {}, f"{where}.")
        if isinstance(self.content, str):
            return Message(role, check_text(self.content, f"{where}.content"))
        if not self.content:
            raise InvalidArgument(f"`{where}.content` must not be empty.", field=f"{where}.content")
        files, texts = _files_and_texts(self.content)
        text = "".join(_part_text(part, f"{where}.content") for part in texts)
        if files and learn_statement(text) is None:
            raise InvalidArgument(
                "Files can be learned from: begin the message with [Learn].", field=f"{where}.content"
            )
        return Message(role, text)

    def file_ids(self, where: str) -> tuple[str, ...]:
        """Ids of the files that are attached, or InvalidArgument for one that was not uploaded before."""
        files, _ = _files_and_texts(self.content) if isinstance(self.content, list) else ([], [])
        return tuple(_file_id(part, f"{where}.content") for part in files)


class StreamOptions(BaseModel):
    """Options of a streamed reply."""

    model_config = ConfigDict(extra="forbid")

    include_usage: bool = False


class JsonSchema(BaseModel):
    """A schema that the reply must satisfy."""

    name: str = ""
    schema_: dict[str, Any] = Field(alias="schema")


class ResponseFormat(BaseModel):
    """The form of the reply."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None

    def schema_text(self) -> str:
        """The JSON schema to hold the reply to; empty for free text."""
        if self.type == "text":
            return ""
        if self.type == "json_object":
            return '{"type": "object"}'
        if self.json_schema is None:
            raise InvalidArgument("`response_format.json_schema` is missing.", field="response_format.json_schema")
        return json.dumps(self.json_schema.schema_)


class ChatRequest(BaseModel):
    """A chat completion as OpenAI's clients ask for it.

    With `conversation_id`, the messages continue the conversation stored under that id: send only the new ones.
    """

    model_config = ConfigDict(extra="allow")

    model: str = Field(description="lorelei, lorelei:base or lorelei:VERSION.")
    messages: list[ChatTurn] = Field(min_length=1)
    user: str | None = Field(default=None, description="End user inside your tenant; default `default`.")
    conversation_id: str | None = Field(default=None, pattern=CONVERSATION_ID_PATTERN)
    stream: bool = False
    stream_options: StreamOptions | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_tokens: int | None = Field(default=None, ge=1, le=2**31)
    max_completion_tokens: int | None = Field(default=None, ge=1, le=2**31)
    stop: _StopString | Annotated[list[_StopString], Field(max_length=4)] | None = None
    seed: int | None = Field(default=None, ge=-_MAX_INT64, le=_MAX_INT64)
    response_format: ResponseFormat | None = None

    def checked_messages(self) -> list[Message]:
        """The messages as plain text; raises InvalidArgument for anything in the request that is not honoured."""
        _refuse(self.model_extra, _NEUTRAL_VALUES, "")
        return [turn.to_message(f"messages[{index}]") for index, turn in enumerate(self.messages)]

    def file_ids(self) -> tuple[str, ...]:
        """Ids of the files attached to the last message; raises InvalidArgument for one that was not uploaded."""
        last = len(self.messages) - 1
        return self.messages[last].file_ids(f"messages[{last}]")

    def sampling(self) -> SamplingChoice:
        """How to choose tokens."""
        stop = [self.stop] if isinstance(self.stop, str) else self.stop
        return SamplingChoice(
            max_tokens=self.max_completion_tokens or self.max_tokens,
            temperature=self.temperature,
            top_p=self.top_p,
            seed=self.seed,
            stop=tuple(stop or ()),
            json_schema=self.response_format.schema_text() if self.response_format else "",
        )

    @property
    def wants_usage(self) -> bool:
        """Whether a streamed reply is to end with its token counts."""
        return self.stream_options is not None and self.stream_options.include_usage


def _refuse(extra: dict[str, Any] | None, neutral: dict[str, tuple[Any, ...]], where: str) -> None:
    for name, value in (extra or {}).items():
        if value is not None and value not in neutral.get(name, ()):
            raise InvalidArgument(
                f"`{where}{name}` is not supported; leave it out.",
                field=f"{where}{name}",
                reason="UNSUPPORTED_PARAMETER",
            )


def _files_and_texts(content: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    files = [part for part in content if part.get("type") == "file"]
    return files, [part for part in content if part.get("type") != "file"]


def _file_id(part: dict[str, Any], where: str) -> str:
    file = part.get("file")
    file_id = file.get("file_id") if isinstance(file, dict) else None
    if not isinstance(file_id, str):
        raise InvalidArgument(f"`{where}` must name files by `file_id`; upload them at /v1/files.", field=where)
    return check_file_id(file_id)


def _part_text(part: dict[str, Any], where: str) -> str:
    if part.get("type") != "text" or not isinstance(part.get("text"), str):
        raise InvalidArgument(f"`{where}` must be a text or parts of type text or file.", field=where)
    return check_text(part["text"], where)
