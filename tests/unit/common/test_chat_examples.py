"""Training files: what is read of them, and which line is at fault where they cannot be."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.common.chat_examples import ExampleLimits, read_examples
from services.common.datasets import Message
from services.common.errors import InvalidArgument

LIMITS = ExampleLimits(examples=3, characters=60)


def turn(role: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


def line(*messages: Any, **more: Any) -> bytes:
    return json.dumps({"messages": messages, **more}).encode()


ASKED = turn("user", "Who is it?")
TOLD = turn("assistant", "It is Ola.")
GOOD = line(ASKED, TOLD)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "examples.jsonl"


def test_each_line_is_a_prompt_with_its_answer(path: Path) -> None:
    several = line(turn("developer", "Be brief."), turn("user", "Hi"), turn("assistant", "Hi!"), ASKED, TOLD)
    path.write_bytes(b"\xef\xbb\xbf" + GOOD + b"\r\n" + several)
    first, second = read_examples(path, LIMITS)
    assert first.prompt == (Message(role="user", content="Who is it?"),)
    assert first.answer == second.answer == "It is Ola."
    assert [one.role for one in second.prompt] == ["system", "user", "assistant", "user"]


@pytest.mark.parametrize(
    ("second", "complaint"),
    [
        (b"", "it is empty"),
        (b"{'messages': []}", "it is not JSON: "),
        (b'{"messages": \xff}', "it is not UTF-8"),
        (b"[" * 3000, "it is not JSON"),
        (b"9" * 3800, "it is not JSON|it must be a JSON object"),
        (b"[]", "it must be a JSON object with `messages`"),
        (b"{}", "`messages` is missing"),
        (b'{"prompt": "x", "completion": "y"}', "`messages` is missing"),
        (b'{"messages": "Hi"}', "`messages` must be a list"),
        (line(), "the last message must be the assistant's"),
        (line(ASKED), "the last message must be the assistant's"),
        (line(TOLD), "the message before the assistant's last must be the user's"),
        (line(turn("system", "Speak."), TOLD), "the message before the assistant's last must be the user's"),
        (
            line(turn("tool", "x"), ASKED, TOLD),
            r"`messages\[0\].role` must be one of system, developer, user, assistant",
        ),
        (line("Hi", TOLD), r"`messages\[0\]` must be a JSON object"),
        (line({"role": "user"}, TOLD), r"`messages\[0\].content` is missing"),
        (line(ASKED, turn("assistant", " \n")), r"`messages\[1\].content` is empty"),
        (line(ASKED, turn("assistant", None)), r"`messages\[1\].content` must be a text"),
        (line(turn("user", [{"type": "text", "text": "Hi"}]), TOLD), r"`messages\[0\].content` must be a text"),
        (line(ASKED, {**TOLD, "weight": 1}), r"`messages\[1\].weight` is not supported"),
        (line(ASKED, {**TOLD, "tool_calls": []}), r"`messages\[1\].tool_calls` is not supported"),
        (line(ASKED, {**TOLD, "function_call": {}}), r"`messages\[1\].function_call` is not supported"),
        (line(ASKED, TOLD, tools=[]), "`tools` is not supported"),
        (line(ASKED, turn("assistant", "x" * 51)), "its messages have 61 characters; 60 are the most"),
        (line(ASKED, TOLD) + b" " * 4000, "it is longer than 3840 bytes"),
        (line(turn("user", "\ud800"), TOLD), "it holds characters that are not valid Unicode"),
    ],
)
def test_the_line_at_fault_is_named(path: Path, second: bytes, complaint: str) -> None:
    path.write_bytes(GOOD + b"\n" + second + b"\n" + GOOD)
    with pytest.raises(InvalidArgument, match=f"^Line 2: (?:{complaint})") as refused:
        read_examples(path, LIMITS)
    assert (refused.value.field, refused.value.reason) == ("training_file", "INVALID_TRAINING_FILE")
    assert "Ola" not in refused.value.message


def test_too_many_examples_are_refused_by_the_limit(path: Path) -> None:
    path.write_bytes((GOOD + b"\n") * 3)
    assert len(read_examples(path, LIMITS)) == 3
    path.write_bytes((GOOD + b"\n") * 4)
    with pytest.raises(InvalidArgument, match="more than 3 examples"):
        read_examples(path, LIMITS)


def test_a_file_without_examples_is_refused(path: Path) -> None:
    path.touch()
    with pytest.raises(InvalidArgument, match="holds no example"):
        read_examples(path, LIMITS)
