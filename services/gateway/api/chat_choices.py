"""Follows the replies that one chat completion generates side by side, with the function calls in them."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from services.gateway.api.chat_reply import ReplyCall, ReplyChoice, ReplyShape, call_body
from services.gateway.functions import CallArguments, CallBegun, CallReader, FunctionUse, Said
from services.gateway.serving import ChosenToken, GenerationEnd, TextPiece


class ChoicesSoFar:
    """All replies of one completion: as chunks while they are written, and whole."""

    def __init__(self, shape: ReplyShape, count: int, use: FunctionUse | None, *, tells_tokens: bool) -> None:
        self._shape = shape
        self._choices = [_ChoiceSoFar(use, tells_tokens) for _ in range(count)]
        self._opened: set[int] = set()

    def take(self, piece: TextPiece) -> bytes:
        """Add a piece and return its chunks."""
        deltas = self._choices[piece.choice].take(piece)
        return b"".join(self._chunk(piece.choice, *delta) for delta in deltas)

    def finish(self, end: GenerationEnd) -> tuple[bytes, GenerationEnd]:
        """Return the last chunks with new text, and the end in the words of OpenAI."""
        chunks, reasons = b"", []
        for index, (choice, reason) in enumerate(zip(self._choices, end.finish_reasons, strict=True)):
            chunks += b"".join(self._chunk(index, *delta) for delta in choice.finish(reason))
            chunks += self._opening(index)
            reasons.append(choice.reply.finish_reason)
        return chunks, replace(end, finish_reasons=tuple(reasons))

    def replies(self) -> list[ReplyChoice]:
        """The replies as far as they are written."""
        return [choice.reply for choice in self._choices]

    def _chunk(self, index: int, delta: dict[str, Any], tokens: tuple[ChosenToken, ...] | None) -> bytes:
        return self._opening(index) + self._shape.delta(index, delta, tokens)

    def _opening(self, index: int) -> bytes:
        if index in self._opened:
            return b""
        self._opened.add(index)
        return self._shape.opening(index=index)


_Delta = tuple[dict[str, Any], tuple[ChosenToken, ...] | None]


class _ChoiceSoFar:
    """One reply."""

    def __init__(self, use: FunctionUse | None, tells_tokens: bool) -> None:
        self.reply = ReplyChoice("", tokens=[] if tells_tokens else None)
        self._reader = CallReader(use) if use else None

    def take(self, piece: TextPiece) -> Iterator[_Delta]:
        """Add a piece and yield what is new for the client."""
        if self._reader is not None:
            yield from self._read(self._reader, piece.text)
            return
        self.reply.text += piece.text
        if self.reply.tokens is not None:
            self.reply.tokens += piece.tokens
        yield {"content": piece.text}, None if self.reply.tokens is None else piece.tokens

    def finish(self, reason: str) -> Iterator[_Delta]:
        """Note why the reply ended and yield what was held back until then."""
        self.reply.finish_reason = reason
        if self._reader is None:
            return
        yield from self._read(self._reader, "", is_last=True)
        if self.reply.calls and reason == "stop" and not self._reader.in_call:
            self.reply.finish_reason = "tool_calls"

    def _read(self, reader: CallReader, text: str, *, is_last: bool = False) -> Iterator[_Delta]:
        for part in reader.read(text, is_last=is_last):
            match part:
                case Said(said):
                    self.reply.text += said
                    yield {"content": said}, None
                case CallBegun(name):
                    call = ReplyCall(f"call_{secrets.token_hex(12)}", name)
                    self.reply.calls.append(call)
                    yield self._call_delta(call_body(call)), None
                case CallArguments(arguments):
                    self.reply.calls[-1].arguments += arguments
                    yield self._call_delta({"function": {"arguments": arguments}}), None

    def _call_delta(self, change: dict[str, Any]) -> dict[str, Any]:
        return {"tool_calls": [{"index": len(self.reply.calls) - 1, **change}]}
