"""Turns a dataset's examples into token ids, exactly as serving renders them. Knows nothing of losses or packs."""

from dataclasses import dataclass
from typing import Literal

from transformers import PreTrainedTokenizerBase

from services.common.datasets import Example, Rejected
from services.common.errors import FailedPrecondition


@dataclass(frozen=True)
class TokenizedExample:
    """One prompt and the reply that is trained on; both hold at least one token.

    A fact may come with the reply that is `rejected` in its place, to the same prompt.
    """

    kind: Literal["fact", "rejected", "neighbour", "general"]
    group: str
    prompt_ids: tuple[int, ...]
    answer_ids: tuple[int, ...]
    rejected: "RejectedReply | None" = None

    def __len__(self) -> int:
        """Tokens of everything that is computed together; the prompt is computed once."""
        shared = len(self.prompt_ids) + len(self.answer_ids)
        return shared + len(self.rejected.example.answer_ids) if self.rejected else shared

    @property
    def is_held(self) -> bool:
        """Whether the model is held to the base here."""
        return self.kind in ("neighbour", "general")


@dataclass(frozen=True)
class RejectedReply:
    """A reply that is not wanted; reference_margin: as in `services.common.datasets.Rejected`."""

    example: TokenizedExample
    reference_margin: float


def tokenize_example(
    tokenizer: PreTrainedTokenizerBase, example: Example, kl_tokens: int, max_tokens: int
) -> TokenizedExample:
    """Render and tokenise `example`; a reply held to the base model keeps its first `kl_tokens` tokens.

    Raises FailedPrecondition when it has more than `max_tokens` tokens.
    """
    prompt_ids, answer_ids = _prompt_and_answer(tokenizer, example, example.completion)
    tokenized = TokenizedExample(
        kind=example.kind,
        group=example.group,
        prompt_ids=prompt_ids,
        answer_ids=answer_ids if example.kind == "fact" else answer_ids[:kl_tokens],
        rejected=_rejected(tokenizer, example, example.rejected) if example.rejected else None,
    )
    if len(tokenized) > max_tokens:
        raise FailedPrecondition(
            f"An example has {len(tokenized)} tokens; at most {max_tokens} fit.", reason="EXAMPLE_TOO_LONG"
        )
    return tokenized


def _rejected(tokenizer: PreTrainedTokenizerBase, example: Example, rejected: Rejected) -> RejectedReply:
    """Without the end of the turn, because a rejected reply may be only the beginning of what was said."""
    prompt_ids, answer_ids = _prompt_and_answer(tokenizer, example, rejected.completion)
    ended = answer_ids[-1] == tokenizer.eos_token_id and len(answer_ids) > 1
    reply = TokenizedExample("rejected", example.group, prompt_ids, answer_ids[:-1] if ended else answer_ids)
    return RejectedReply(reply, rejected.reference_margin)


def _prompt_and_answer(
    tokenizer: PreTrainedTokenizerBase, example: Example, completion: str
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    messages = [message.model_dump() for message in example.prompt]
    prompt = _render(tokenizer, messages, add_generation_prompt=True)
    whole = _render(tokenizer, [*messages, {"role": "assistant", "content": completion}])
    answer_ids = _through_first_end(tokenizer, _ids(tokenizer, whole.removeprefix(prompt)))
    return _ids(tokenizer, prompt), answer_ids


def _render(
    tokenizer: PreTrainedTokenizerBase, messages: list[dict[str, str]], *, add_generation_prompt: bool = False
) -> str:
    return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=add_generation_prompt))


def _ids(tokenizer: PreTrainedTokenizerBase, text: str) -> tuple[int, ...]:
    return tuple(tokenizer(text, add_special_tokens=False)["input_ids"])


def _through_first_end(tokenizer: PreTrainedTokenizerBase, ids: tuple[int, ...]) -> tuple[int, ...]:
    """Cut after the end-of-turn token: templates put a line break behind it that the model never has to say."""
    end = tokenizer.eos_token_id
    return ids[: ids.index(end) + 1] if end in ids else ids
