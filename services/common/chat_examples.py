"""Chat examples in JSON Lines, as OpenAI's fine-tuning takes them. Knows nothing of where a file comes from."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from services.common.datasets import Message
from services.common.errors import InvalidArgument

# The most that a character may take: a message of one character, written with JSON's escapes.
_BYTES_PER_CHARACTER = 64
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
_COMPLAINTS = {
    "missing": "is missing",
    "extra_forbidden": "is not supported; leave it out",
    "literal_error": f"must be one of {', '.join(_ROLES)}",
    "string_type": "must be a text",
    "list_type": "must be a list",
    "model_type": "must be a JSON object",
}


@dataclass(frozen=True, slots=True)
class ExampleLimits:
    """Most examples of one file, and most characters of one example, all its messages together."""

    examples: int
    characters: int

    @property
    def bytes(self) -> int:
        """More than a file within these limits can have."""
        return self.examples * self.characters * _BYTES_PER_CHARACTER


@dataclass(frozen=True, slots=True)
class ChatExample:
    """A conversation that ends with the user's turn, and the answer wanted there."""

    prompt: tuple[Message, ...]
    answer: str


class _Turn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    role: Literal["system", "developer", "user", "assistant"]
    content: str


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    messages: list[_Turn]


def read_examples(path: Path, limits: ExampleLimits) -> tuple[ChatExample, ...]:
    """The examples of the file at `path`, never more of it in memory than `limits` allow.

    Raises InvalidArgument that names the line at fault and what is wrong with it.
    """
    examples = []
    with path.open("rb") as file:
        for number, line in _numbered_lines(file, limits.characters * _BYTES_PER_CHARACTER):
            if number > limits.examples:
                raise _invalid(f"The file holds more than {limits.examples} examples, the most that one job learns.")
            try:
                examples.append(_example(line, limits.characters))
            except _Fault as fault:
                raise _invalid(f"Line {number}: {fault}.") from fault
    if not examples:
        raise _invalid("The file holds no example: it is empty.")
    return tuple(examples)


class _Fault(Exception):
    """What is wrong with a line, in words that repeat nothing of it."""


def _invalid(message: str) -> InvalidArgument:
    return InvalidArgument(message, field="training_file", reason="INVALID_TRAINING_FILE")


def _numbered_lines(file: BinaryIO, most_bytes: int) -> Iterator[tuple[int, bytes]]:
    """Each line with its 1-based number; raises InvalidArgument for one of more than `most_bytes`."""
    number = 0
    while line := file.readline(most_bytes + 1):
        number += 1
        if len(line) > most_bytes:
            raise _invalid(f"Line {number}: it is longer than {most_bytes} bytes.")
        yield number, line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line


def _example(line: bytes, most_characters: int) -> ChatExample:
    turns = _turns(line)
    for index, turn in enumerate(turns):
        if not turn.content.strip():
            raise _Fault(f"`messages[{index}].content` is empty")
    if not turns or turns[-1].role != "assistant":
        raise _Fault("the last message must be the assistant's")
    if len(turns) < 2 or turns[-2].role != "user":
        raise _Fault("the message before the assistant's last must be the user's")
    characters = sum(len(turn.content) for turn in turns)
    if characters > most_characters:
        raise _Fault(f"its messages have {characters} characters; {most_characters} are the most")
    messages = [Message.model_validate({"role": _ROLES[turn.role], "content": turn.content}) for turn in turns]
    return ChatExample(tuple(messages[:-1]), messages[-1].content)


def _turns(line: bytes) -> list[_Turn]:
    if not line.strip():
        raise _Fault("it is empty")
    try:
        turns = _Line.model_validate(_json(line)).messages
        for turn in turns:
            turn.content.encode()
    except ValidationError as error:
        raise _Fault(_complaint(error)) from error
    except UnicodeEncodeError as error:
        raise _Fault("it holds characters that are not valid Unicode") from error
    return turns


def _json(line: bytes) -> Any:
    try:
        return json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise _Fault("it is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise _Fault(f"it is not JSON: {error.msg} at character {error.colno}") from error
    except (ValueError, RecursionError) as error:
        raise _Fault("it is not JSON that can be read") from error


def _complaint(error: ValidationError) -> str:
    first = error.errors(include_input=False)[0]
    if not first["loc"]:
        return "it must be a JSON object with `messages`"
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
    return f"`{name}` {_COMPLAINTS.get(first['type'], first['msg'])}"
