"""Turns a dataset's examples into token ids, exactly as serving renders them. Knows nothing of losses or packs."""

from dataclasses import dataclass
from typing import Literal

from transformers import PreTrainedTokenizerBase

from services.common.datasets import Example
from services.common.errors import FailedPrecondition


@dataclass(frozen=True)
class TokenizedExample:
    """One prompt and the reply that is trained on; both hold at least one token."""

    kind: Literal["fact", "neighbour", "general"]
    group: str
    prompt_ids: tuple[int, ...]
    answer_ids: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.prompt_ids) + len(self.answer_ids)


def tokenize_example(
    tokenizer: PreTrainedTokenizerBase, example: Example, kl_tokens: int, max_tokens: int
) -> TokenizedExample:
    """Render and tokenise `example`; a reply held to the base model keeps its first `kl_tokens` tokens.

    Raises FailedPrecondition when it has more than `max_tokens` tokens.
    """
    messages = [message.model_dump() for message in example.prompt]
    prompt = _render(tokenizer, messages, add_generation_prompt=True)
    whole = _render(tokenizer, [*messages, {"role": "assistant", "content": example.completion}])
    answer_ids = _through_first_end(tokenizer, _ids(tokenizer, whole.removeprefix(prompt)))
    tokenized = TokenizedExample(
        kind=example.kind,
        group=example.group,
        prompt_ids=_ids(tokenizer, prompt),
        answer_ids=answer_ids if example.kind == "fact" else answer_ids[:kl_tokens],
    )
    if len(tokenized) > max_tokens:
        raise FailedPrecondition(
            f"An example has {len(tokenized)} tokens; at most {max_tokens} fit.", reason="EXAMPLE_TOO_LONG"
        )
    return tokenized


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
