"""Calls are told from text, however the text is cut."""

import pytest

from services.gateway.conversations import Message
from services.gateway.functions import (
    CallArguments,
    CallBegun,
    CallReader,
    Function,
    FunctionUse,
    Said,
    call_text,
)

USE = FunctionUse((Function("look", "", {"type": "object"}), Function("go", "", {})), required=False, single=False)
LOOK, GO = call_text("look", '{"at": "a </tool_call> <tool_call>"}'), call_text("go", "{}")


def read(pieces: list[str]) -> tuple[str, list[tuple[str, str]], bool]:
    """The text, the calls, and whether the last of them is unfinished."""
    reader, said, calls = CallReader(USE), "", []
    parts = [part for piece in pieces for part in reader.read(piece)]
    for part in [*parts, *reader.read("", is_last=True)]:
        match part:
            case Said(text):
                said += text
            case CallBegun(name):
                calls.append((name, ""))
            case CallArguments(text):
                calls[-1] = (calls[-1][0], calls[-1][1] + text)
    return said, calls, reader.in_call


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(
    ("text", "said", "calls", "in_call"),
    [
        ("", "", [], False),
        ("a < b <tool", "a < b <tool", [], False),
        (LOOK, "", [("look", '{"at": "a </tool_call> <tool_call>"}')], False),
        (f"Wait.\n{GO}\n{LOOK}\n", "Wait.\n", [("go", "{}"), ("look", '{"at": "a </tool_call> <tool_call>"}')], False),
        (f"{GO}\nDone.", "\nDone.", [("go", "{}")], False),
        (GO.removesuffix("}\n</tool_call>"), "", [("go", "{}")], True),
        (f"{GO}\n<tool_call>\n{{", "", [("go", "{}")], False),
    ],
)
def test_calls_are_told_from_text_however_it_is_cut(
    text: str, said: str, calls: list[tuple[str, str]], in_call: bool, size: int
) -> None:
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    assert read(pieces) == (said, calls, in_call)


def test_text_that_is_no_beginning_of_a_call_is_told_at_once() -> None:
    assert list(CallReader(USE).read("Hello <")) == [Said("Hello ")]


@pytest.mark.parametrize("before", [[], [Message("system", "Be kind.")]])
def test_functions_are_told_in_the_system_message(before: list[Message]) -> None:
    told = USE.told([*before, Message("user", "hi")])
    assert [turn.role for turn in told] == ["system", "user"]
    assert told[0].content.startswith(before[0].content if before else "# Tools")
    assert '"look"' in told[0].content
