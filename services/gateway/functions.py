"""Function calls as text: how functions are told to a model, and how its calls are read. Knows nothing of HTTP.

Calls have the form of Hermes, which many models were trained on, whatever the served model's own template takes; the
engine holds every call that is begun to this form and to the function's parameters, so any model's calls can be read.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.gateway.conversations import Message
from services.gateway.serving import TaggedJson, TaggedText

_TRIGGER = "<tool_call>"
_END = "}\n</tool_call>"
_NOTE = """# Tools

You may call one or more functions to assist with the user query.

You are provided with function signatures within <tools></tools> XML tags:
<tools>
{signatures}
</tools>

For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:
<tool_call>
{{"name": <function-name>, "arguments": <args-json-object>}}
</tool_call>"""


@dataclass(frozen=True)
class Function:
    """A function that the caller offers; `parameters` is the JSON schema of an object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class FunctionUse:
    """Functions that a reply may call, or must: `required` replies are one call, `single` ones have one at most."""

    functions: tuple[Function, ...]
    required: bool
    single: bool

    def told(self, messages: Sequence[Message]) -> list[Message]:
        """The conversation with the functions told in its system message."""
        note = _NOTE.format(signatures="\n".join(_signature(function) for function in self.functions))
        if messages and messages[0].role == "system":
            return [Message("system", f"{messages[0].content}\n\n{note}"), *messages[1:]]
        return [Message("system", note), *messages]

    def tagged_text(self) -> TaggedText:
        """The form of the reply."""
        tags = tuple(TaggedJson(_begin(function.name), function.parameters, _END) for function in self.functions)
        return TaggedText(tags, _TRIGGER, self.required, self.single)


def call_text(name: str, arguments: str) -> str:
    """A call as the model writes it; `arguments` is JSON."""
    return f"{_begin(name)}{arguments}{_END}"


def result_text(name: str, content: str) -> str:
    """What a called function returned, as the model reads it."""
    result = json.dumps({"name": name, "content": content}, ensure_ascii=False)
    return f"<tool_response>\n{result}\n</tool_response>"


@dataclass(frozen=True)
class Said:
    """Text beside calls."""

    text: str


@dataclass(frozen=True)
class CallBegun:
    """The beginning of a call."""

    name: str


@dataclass(frozen=True)
class CallArguments:
    """More of the arguments of the call that began last."""

    text: str


class CallReader:
    """Tells calls from text while a reply is being written."""

    def __init__(self, use: FunctionUse) -> None:
        self._names = {_begin(function.name): function.name for function in use.functions}
        self._unread = ""
        self._in_call = False
        self._called = False

    @property
    def in_call(self) -> bool:
        """Whether a call has begun that has not ended."""
        return self._in_call

    def read(self, text: str, *, is_last: bool = False) -> Iterator[Said | CallBegun | CallArguments]:
        """What `text` adds; of what could become a tag no more than is certain, unless it is the last text."""
        self._unread += text
        while self._unread:
            part = self._arguments(is_last) if self._in_call else self._said(is_last)
            if part is None:
                return
            yield part

    def _said(self, is_last: bool) -> Said | CallBegun | None:
        text, trigger, _ = self._unread.partition(_TRIGGER)
        if not trigger:
            text = text if is_last else text[: len(text) - _overlap(text, _TRIGGER)]
        if self._called and not text.strip():
            # Between calls there is nothing but line breaks.
            self._unread = self._unread[len(text) :] if trigger else self._unread
            text = ""
        if text:
            self._unread = self._unread[len(text) :]
            return Said(text)
        return self._begun() if trigger else None

    def _begun(self) -> CallBegun | None:
        for begin, name in self._names.items():
            if self._unread.startswith(begin):
                self._unread = self._unread[len(begin) :]
                self._in_call = self._called = True
                return CallBegun(name)
        return None

    def _arguments(self, is_last: bool) -> CallArguments | None:
        # JSON holds no line break inside a string, so the end cannot occur in the arguments.
        text, end, rest = self._unread.partition(_END)
        if end:
            self._unread, self._in_call = rest, False
            return CallArguments(text)
        text = text if is_last else text[: len(text) - _overlap(text, _END)]
        self._unread = self._unread[len(text) :]
        return CallArguments(text) if text else None


def _begin(name: str) -> str:
    return f'{_TRIGGER}\n{{"name": {json.dumps(name)}, "arguments": '


def _signature(function: Function) -> str:
    described = {"name": function.name, "description": function.description, "parameters": function.parameters}
    return json.dumps({"type": "function", "function": described}, ensure_ascii=False)


def _overlap(text: str, tag: str) -> int:
    """How many of the last characters of `text` could be the beginning of `tag`."""
    return next((size for size in range(min(len(tag) - 1, len(text)), 0, -1) if text.endswith(tag[:size])), 0)
