"""The body of a chat completion: what OpenAI's clients may send, and what Lorelei honours of it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.common.errors import InvalidArgument
from services.common.identifiers import check_file_id
from services.gateway.api.callers import BodyUser
from services.gateway.api.chat_parameters import (
    MAX_TOOLS,
    ResponseFormat,
    StreamOptions,
    Tool,
    ToolCall,
    ToolChoice,
    function_use,
)
from services.gateway.api.texts import check_text
from services.gateway.conversations import Message
from services.gateway.functions import FunctionUse, call_text, result_text
from services.gateway.intents import learn_statement
from services.gateway.serving import SamplingChoice

CONVERSATION_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$"
MAX_CHOICES = 16

_ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant", "tool": "user"}
_MAX_INT64 = 2**63 - 1
# What inference calls otherwise than OpenAI does.
_PUBLIC_NAMES = {"json_schema": "response_format", "tagged_text": "tools", "choices": "n"}

_StopString = Annotated[str, Field(min_length=1, max_length=256)]
_TokenId = Annotated[str, Field(pattern=r"^[0-9]{1,9}$")]
_Bias = Annotated[float, Field(ge=-100, le=100)]
_Penalty = Annotated[float, Field(ge=-2, le=2)]
_NoList = Annotated[list[Any], Field(max_length=0)]


class ChatTurn(BaseModel):
    """One message: `content` is a text or a list of parts of type text, and of type file where it says [Learn].

    What replies carry beside these fields may be sent back as long as it says nothing.
    """

    model_config = ConfigDict(extra="forbid")

    role: str
    content: str | list[dict[str, Any]] | None = None
    tool_calls: list[ToolCall] | None = Field(default=None, description="Functions that the assistant called.")
    tool_call_id: str | None = Field(default=None, description="With the role tool: the call that this answers.")
    refusal: None = None
    audio: None = None
    function_call: None = None
    annotations: _NoList | None = None

    def to_message(self, where: str, called: Mapping[str, str] | None = None) -> Message:
        """The turn as plain text, or InvalidArgument naming what cannot be honoured at `where`.

        `called` are the names of the functions that were called before, by the ids of the calls.
        """
        role = _ROLES.get(self.role)
        if role is None:
            raise InvalidArgument(f"`{where}.role` must be one of {', '.join(_ROLES)}.", field=f"{where}.role")
        calls = self._calls(where)
        text = self._text(where) if self.content or not calls else ""
        if self.role == "tool":
            return Message(role, result_text(self._called(where, called or {}), text))
        if self.tool_call_id is not None:
            raise InvalidArgument(f"`{where}.tool_call_id` belongs to the role tool.", field=f"{where}.tool_call_id")
        return Message(role, "\n".join(part for part in (text, *calls) if part))

    def file_ids(self, where: str) -> tuple[str, ...]:
        """Ids of the files that are attached, or InvalidArgument for one that was not uploaded before."""
        files, _ = _files_and_texts(self.content) if isinstance(self.content, list) else ([], [])
        return tuple(_file_id(part, f"{where}.content") for part in files)

    def _text(self, where: str) -> str:
        if isinstance(self.content, str):
            return check_text(self.content, f"{where}.content")
        if not self.content:
            raise InvalidArgument(f"`{where}.content` must not be empty.", field=f"{where}.content")
        files, texts = _files_and_texts(self.content)
        text = "".join(_part_text(part, f"{where}.content") for part in texts)
        if files and learn_statement(text) is None:
            raise InvalidArgument(
                "Files can be learned from: begin the message with [Learn].", field=f"{where}.content"
            )
        return text

    def _calls(self, where: str) -> list[str]:
        if self.tool_calls and self.role != "assistant":
            raise InvalidArgument(f"`{where}.tool_calls` belongs to the assistant.", field=f"{where}.tool_calls")
        calls = [call.function for call in self.tool_calls or ()]
        return [call_text(call.name, check_text(call.arguments, f"{where}.tool_calls")) for call in calls]

    def _called(self, where: str, called: Mapping[str, str]) -> str:
        name = called.get(self.tool_call_id or "")
        if name is None:
            raise InvalidArgument(
                f"`{where}.tool_call_id` must be the id of a call in a message before.", field=f"{where}.tool_call_id"
            )
        return name


def plain_messages(turns: Sequence[ChatTurn]) -> list[Message]:
    """The turns as plain text, results of calls that follow each other in one; raises InvalidArgument like a turn."""
    messages: list[Message] = []
    called: dict[str, str] = {}
    for index, turn in enumerate(turns):
        message = turn.to_message(f"messages[{index}]", called)
        if turn.role == "tool" and turns[index - 1].role == "tool":
            message = Message(message.role, f"{messages.pop().content}\n{message.content}")
        messages.append(message)
        called |= {call.id: call.function.name for call in turn.tool_calls or ()}
    return messages


class ChatRequest(BaseModel):
    """A chat completion as OpenAI's clients ask for it; what is not honoured is refused by name.

    With `conversation_id`, the messages continue the conversation stored under that id: send only the new ones.
    """

    model_config = ConfigDict(extra="forbid")

    model: str = Field(description="lorelei, lorelei:base or lorelei:VERSION.")
    messages: list[ChatTurn] = Field(min_length=1)
    user: BodyUser = None
    conversation_id: str | None = Field(default=None, pattern=CONVERSATION_ID_PATTERN)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = Field(default=None, ge=1, le=MAX_CHOICES, description="How many replies.")
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_tokens: int | None = Field(default=None, ge=1, le=2**31)
    max_completion_tokens: int | None = Field(default=None, ge=1, le=2**31)
    presence_penalty: _Penalty | None = None
    frequency_penalty: _Penalty | None = None
    logit_bias: Annotated[dict[_TokenId, _Bias], Field(max_length=300)] | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = Field(default=None, ge=0, le=20)
    stop: _StopString | Annotated[list[_StopString], Field(max_length=4)] | None = None
    seed: int | None = Field(default=None, ge=-_MAX_INT64, le=_MAX_INT64 - MAX_CHOICES)
    response_format: ResponseFormat | None = None
    tools: list[Tool] | None = Field(default=None, max_length=MAX_TOOLS)
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    functions: _NoList | None = Field(default=None, description="Not supported; use `tools`.")
    function_call: Literal["none", "auto"] | None = Field(default=None, description="Not supported; use `tool_choice`.")
    modalities: list[Literal["text"]] | None = None
    store: Literal[False] | None = None
    metadata: Annotated[dict[str, str], Field(max_length=0)] | None = None
    service_tier: Literal["auto", "default"] | None = None

    def checked_messages(self) -> list[Message]:
        """The messages as plain text; raises InvalidArgument for anything in the request that is not honoured."""
        self._check_together()
        return plain_messages(self.messages)

    def file_ids(self) -> tuple[str, ...]:
        """Ids of the files attached to the last message; raises InvalidArgument for one that was not uploaded."""
        last = len(self.messages) - 1
        return self.messages[last].file_ids(f"messages[{last}]")

    def function_use(self) -> FunctionUse | None:
        """The functions that the reply may or must call, or None."""
        return function_use(self.tools, self.tool_choice, self.parallel_tool_calls is not False)

    def sampling(self) -> SamplingChoice:
        """How to choose tokens."""
        stop = [self.stop] if isinstance(self.stop, str) else self.stop
        use = self.function_use()
        return SamplingChoice(
            max_tokens=self.max_completion_tokens or self.max_tokens,
            temperature=self.temperature,
            top_p=self.top_p,
            seed=self.seed,
            stop=tuple(check_text(text, "stop") for text in stop or ()),
            json_schema=self.response_format.schema_text() if self.response_format else "",
            presence_penalty=self.presence_penalty or 0.0,
            frequency_penalty=self.frequency_penalty or 0.0,
            logit_bias={int(token): bias for token, bias in (self.logit_bias or {}).items()},
            top_logprobs=(self.top_logprobs or 0) if self.logprobs else None,
            choices=self.choices,
            tagged_text=use.tagged_text() if use else None,
        )

    @property
    def choices(self) -> int:
        """How many replies are asked for."""
        return self.n or 1

    @property
    def wants_usage(self) -> bool:
        """Whether a streamed reply is to end with its token counts."""
        return self.stream_options is not None and bool(self.stream_options.include_usage)

    @property
    def only_generated(self) -> str:
        """The parameter that only a reply of the model's can honour, no report on a lesson; empty for none."""
        return next((name for name, is_asked in self._asked().items() if is_asked), "")

    @property
    def answers_a_call(self) -> bool:
        """Whether the last message is no person's but a function's."""
        return self.messages[-1].role == "tool"

    def _asked(self) -> dict[str, bool]:
        use = self.function_use()
        return {
            "n": self.choices > 1,
            "logprobs": bool(self.logprobs),
            "response_format": self.response_format is not None and self.response_format.type != "text",
            "tool_choice": use is not None and use.required,
        }

    def _check_together(self) -> None:
        """Refuse what makes sense alone, but not beside other parameters."""
        asked, has_functions = self._asked(), self.function_use() is not None
        has_calls = has_functions or any(turn.tool_calls or turn.role == "tool" for turn in self.messages)
        stored = self.conversation_id is not None
        completion, most = self.max_completion_tokens, self.max_tokens
        refused = {
            "stream_options": (self.stream_options is not None and not self.stream, "belongs to `stream`: true"),
            "top_logprobs": (self.top_logprobs is not None and not self.logprobs, "belongs to `logprobs`: true"),
            "max_tokens": (
                None not in (completion, most) and completion != most,
                "differs from `max_completion_tokens`; give one of them",
            ),
            "logprobs": (asked["logprobs"] and has_functions, "cannot be told of function calls"),
            "response_format": (asked["response_format"] and has_functions, "cannot be kept beside `tools`"),
            "n": (asked["n"] and stored, "must be 1 with `conversation_id`: a conversation goes on with one reply"),
            "conversation_id": (stored and has_calls, "keeps no function calls; send the whole conversation"),
        }
        for name, (is_refused, reason) in refused.items():
            if is_refused:
                raise InvalidArgument(f"`{name}` {reason}.", field=name)


def in_public_names(error: InvalidArgument) -> InvalidArgument:
    """The error of inference, blaming a parameter by OpenAI's name for it."""
    name = error.field.removeprefix("sampling.")
    return InvalidArgument(error.message, field=_PUBLIC_NAMES.get(name, name), reason=error.reason)


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
