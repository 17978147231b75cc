"""The shapes of chat completions and their chunks. Knows nothing of where the text comes from."""

import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from services.gateway.serving import ChosenToken, GenerationEnd, TokenLogprob

DONE = b"data: [DONE]\n\n"


def new_completion_id() -> str:
    """A fresh id for one completion."""
    return f"chatcmpl-{secrets.token_hex(12)}"


@dataclass
class ReplyCall:
    """A function call in a reply; `arguments` is JSON."""

    id: str
    name: str
    arguments: str = ""


@dataclass
class ReplyChoice:
    """One of a completion's replies; `tokens` is None where nobody asked for them."""

    text: str
    finish_reason: str = "stop"
    calls: list[ReplyCall] = field(default_factory=list)
    tokens: list[ChosenToken] | None = None


class ReplyShape:
    """Builds the parts of one completion; they share id, model and time."""

    def __init__(self, completion_id: str, model: str) -> None:
        self.completion_id = completion_id
        self._common = {"id": completion_id, "created": int(time.time()), "model": model}

    def completion(self, choices: Sequence[ReplyChoice], end: GenerationEnd, lorelei: dict[str, Any]) -> dict[str, Any]:
        """The whole reply to a call that does not stream."""
        return {
            **self._common,
            "object": "chat.completion",
            "choices": [_choice(index, choice) for index, choice in enumerate(choices)],
            "usage": _usage(end),
            "lorelei": lorelei,
        }

    def opening(self, lorelei: dict[str, Any] | None = None, *, index: int = 0) -> bytes:
        """The first chunk of a choice, which names the role."""
        return self._chunk(index, {"role": "assistant", "content": ""}, lorelei=lorelei)

    def text(self, text: str, lorelei: dict[str, Any] | None = None) -> bytes:
        """A chunk with new text of the only choice."""
        return self._chunk(0, {"content": text}, lorelei=lorelei)

    def delta(self, index: int, delta: dict[str, Any], tokens: Sequence[ChosenToken] | None) -> bytes:
        """A chunk with what is new in a choice."""
        return self._chunk(index, delta, tokens)

    def closing(self, end: GenerationEnd, lorelei: dict[str, Any], with_usage: bool) -> bytes:
        """The chunks with the finish reasons, the one with the usage if it is wanted, and the end of the stream."""
        closing = b"".join(
            self._chunk(index, {}, finish_reason=reason, lorelei=lorelei)
            for index, reason in enumerate(end.finish_reasons)
        )
        if with_usage:
            closing += _event({**self._common, "object": "chat.completion.chunk", "choices": [], "usage": _usage(end)})
        return closing + DONE

    def _chunk(
        self,
        index: int,
        delta: dict[str, Any],
        tokens: Sequence[ChosenToken] | None = None,
        *,
        finish_reason: str | None = None,
        lorelei: dict[str, Any] | None = None,
    ) -> bytes:
        choice = {"index": index, "delta": delta, "logprobs": _logprobs(tokens), "finish_reason": finish_reason}
        chunk = {**self._common, "object": "chat.completion.chunk", "choices": [choice]}
        return _event({**chunk, "lorelei": lorelei} if lorelei else chunk)


def error_event(body: dict[str, Any]) -> bytes:
    """An error in the middle of a stream, in the way OpenAI's clients understand."""
    return _event(body)


def call_body(call: ReplyCall) -> dict[str, Any]:
    """A function call as JSON."""
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def _choice(index: int, choice: ReplyChoice) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": choice.text, "refusal": None}
    if choice.calls:
        message |= {"content": choice.text or None, "tool_calls": [call_body(call) for call in choice.calls]}
    logprobs = _logprobs(choice.tokens)
    return {"index": index, "message": message, "logprobs": logprobs, "finish_reason": choice.finish_reason}


def _event(data: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(data, separators=(",", ":")).encode() + b"\n\n"


def _logprobs(tokens: Sequence[ChosenToken] | None) -> dict[str, Any] | None:
    if tokens is None:
        return None
    content = [{**_token(one.chosen), "top_logprobs": [_token(top) for top in one.top]} for one in tokens]
    return {"content": content, "refusal": None}


def _token(token: TokenLogprob) -> dict[str, Any]:
    # U+FFFD stands for a part of a character, whose bytes are not known.
    whole = "\ufffd" not in token.token
    return {
        "token": token.token,
        "logprob": token.logprob,
        "bytes": list(token.token.encode()) if whole else None,
    }


def _usage(end: GenerationEnd) -> dict[str, int]:
    return {
        "prompt_tokens": end.prompt_tokens,
        "completion_tokens": end.completion_tokens,
        "total_tokens": end.prompt_tokens + end.completion_tokens,
    }
