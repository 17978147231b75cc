"""The messages of a chat completion: what OpenAI's clients may send of them, as plain text."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from services.common.errors import InvalidArgument
from services.common.identifiers import check_file_id
from services.gateway.api.chat_parameters import ToolCall
from services.gateway.api.texts import check_text
from services.gateway.conversations import Message
from services.gateway.functions import call_text, result_text
from services.gateway.intents import learn_statement

_ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant", "tool": "user"}

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
