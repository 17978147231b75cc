"""Follows the texts that one request generates side by side. Reads vLLM's outputs, starts nothing."""

from collections.abc import Iterator, Sequence
from typing import cast

from vllm.logprobs import Logprob
from vllm.outputs import CompletionOutput

from services.inference.engine.requests import ChosenToken, Finish, Piece, Sampling, StopReason, TokenLogprob

_STOP_REASONS = {"stop": StopReason.STOP, "length": StopReason.LENGTH}


class Choices:
    """The choices of one request so far."""

    def __init__(self, sampling: Sampling) -> None:
        self._top = sampling.top_logprobs
        self._reasons = [StopReason.STOP] * sampling.choices
        self._tokens = 0

    def piece(self, output: CompletionOutput) -> Piece | None:
        """What is new in one choice; None where that is nothing to be told."""
        self._tokens += len(output.token_ids)
        if output.finish_reason is not None:
            self._reasons[output.index] = _STOP_REASONS[output.finish_reason]
        tokens = () if self._top is None else tuple(self._chosen(output))
        return Piece(output.index, output.text, tokens) if output.text or tokens else None

    def finish(self, prompt_tokens: int) -> Finish:
        """How all of them ended."""
        return Finish(tuple(self._reasons), prompt_tokens, self._tokens)

    def _chosen(self, output: CompletionOutput) -> Iterator[ChosenToken]:
        token_ids: Sequence[int] = output.token_ids
        if output.finish_reason == "stop" and output.stop_reason is None:
            # The token that ends the turn is no part of the text.
            token_ids = token_ids[:-1]
        told = cast(Sequence[dict[int, Logprob]], output.logprobs or ())
        for token_id, candidates in zip(token_ids, told, strict=False):
            # The sampled token comes first, then the likeliest ones, it among them once more where it is one.
            by_rank = sorted(candidates.values(), key=lambda candidate: candidate.rank or 0)
            top = [_told(candidate) for candidate in by_rank[: self._top]]
            yield ChosenToken(_told(candidates[token_id]), tuple(top))


def _told(candidate: Logprob) -> TokenLogprob:
    return TokenLogprob(candidate.decoded_token or "", candidate.logprob)
