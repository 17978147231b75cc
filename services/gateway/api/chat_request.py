"""The body of a chat completion: what OpenAI's clients may send, and what Lorelei honours of it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.common.errors import InvalidArgument
from services.gateway.api.callers import BodyUser
from services.gateway.api.chat_messages import ChatTurn, plain_messages
from services.gateway.api.chat_parameters import (
    MAX_TOOLS,
    ResponseFormat,
    StreamOptions,
    Tool,
    ToolChoice,
    function_use,
)
from services.gateway.api.texts import check_text
from services.gateway.conversations import Message
from services.gateway.functions import FunctionUse
from services.gateway.serving import SamplingChoice

CONVERSATION_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$"
MAX_CHOICES = 16

_MAX_INT64 = 2**63 - 1
# What inference calls otherwise than OpenAI does.
_PUBLIC_NAMES = {"json_schema": "response_format", "tagged_text": "tools", "choices": "n"}

_StopString = Annotated[str, Field(min_length=1, max_length=256)]
_TokenId = Annotated[str, Field(pattern=r"^[0-9]{1,9}$")]
_Bias = Annotated[float, Field(ge=-100, le=100)]
_Penalty = Annotated[float, Field(ge=-2, le=2)]
_NoList = Annotated[list[Any], Field(max_length=0)]


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
