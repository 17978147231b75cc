"""The shapes of chat completions and their chunks. Knows nothing of where the text comes from."""

import json
import secrets
import time
from typing import Any

from services.gateway.serving import GenerationEnd

DONE = b"data: [DONE]\n\n"


def new_completion_id() -> str:
    """A fresh id for one completion."""
    return f"chatcmpl-{secrets.token_hex(12)}"


class ReplyShape:
    """Builds the parts of one completion; they share id, model and time."""

    def __init__(self, completion_id: str, model: str) -> None:
        self.completion_id = completion_id
        self._common = {"id": completion_id, "created": int(time.time()), "model": model}

    def completion(self, text: str, end: GenerationEnd, lorelei: dict[str, Any]) -> dict[str, Any]:
        """The whole reply to a call that does not stream."""
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": end.finish_reason}
        return {
            **self._common,
            "object": "chat.completion",
            "choices": [choice],
            "usage": _usage(end),
            "lorelei": lorelei,
        }

    def opening(self, lorelei: dict[str, Any] | None = None) -> bytes:
        """The first chunk, which names the role."""
        return self._chunk({"role": "assistant", "content": ""}, None, lorelei)

    def text(self, text: str, lorelei: dict[str, Any] | None = None) -> bytes:
        """A chunk with new text."""
        return self._chunk({"content": text}, None, lorelei)

    def closing(self, end: GenerationEnd, lorelei: dict[str, Any], with_usage: bool) -> bytes:
        """The chunk with the finish reason, the one with the usage if it is wanted, and the end of the stream."""
        closing = self._chunk({}, end.finish_reason, lorelei)
        if with_usage:
            closing += _event({**self._common, "object": "chat.completion.chunk", "choices": [], "usage": _usage(end)})
        return closing + DONE

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None, lorelei: dict[str, Any] | None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        chunk = {**self._common, "object": "chat.completion.chunk", "choices": [choice]}
        return _event({**chunk, "lorelei": lorelei} if lorelei else chunk)


def error_event(body: dict[str, Any]) -> bytes:
    """An error in the middle of a stream, in the way OpenAI's clients understand."""
    return _event(body)


def _event(data: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(data, separators=(",", ":")).encode() + b"\n\n"


def _usage(end: GenerationEnd) -> dict[str, int]:
    return {
        "prompt_tokens": end.prompt_tokens,
        "completion_tokens": end.completion_tokens,
        "total_tokens": end.prompt_tokens + end.completion_tokens,
    }
