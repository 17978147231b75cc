"""Turns conversations into token ids, and refuses those that do not fit the context."""

from collections.abc import Sequence
from typing import Any

from vllm.exceptions import VLLMClientError
from vllm.inputs.engine import TokensInput, tokens_input
from vllm.renderers import BaseRenderer, ChatParams

from services.common.errors import InvalidArgument
from services.inference.engine.requests import Message

# How vLLM names what was too long, in characters or in tokens.
_TOO_LONG = {"input_text", "input_tokens"}


class PromptRenderer:
    """Applies the model's chat template and tokenizer."""

    def __init__(self, renderer: BaseRenderer, max_model_len: int) -> None:
        self._renderer = renderer
        self._max_model_len = max_model_len
        self._params = ChatParams(chat_template_kwargs={"add_generation_prompt": True})

    async def render(self, messages: Sequence[Message], field: str = "messages") -> list[int]:
        """Return the prompt's token ids, which leave room for at least one more.

        Raises InvalidArgument naming `field` when they do not fit or the model's template refuses the conversation.
        """
        conversation: list[Any] = [{"role": message.role, "content": message.content} for message in messages]
        try:
            _, prompts = await self._renderer.render_chat_async([conversation], self._params)
        except VLLMClientError as error:
            if getattr(error, "parameter", None) in _TOO_LONG:
                raise self._too_long(field) from error
            raise InvalidArgument("The model's chat template refuses this conversation.", field=field) from error
        token_ids: list[int] = prompts[0]["prompt_token_ids"]
        self._check_room(token_ids, field)
        return token_ids

    def extend(self, prompt: list[int], completion: str, field: str) -> list[int]:
        """Return the prompt followed by the completion's tokens, or raise InvalidArgument naming `field`."""
        tokens = self._renderer.get_tokenizer().encode(completion, add_special_tokens=False)
        extended = [*prompt, *tokens]
        self._check_room(extended, field)
        return extended

    def room_after(self, prompt: list[int]) -> int:
        """How many tokens fit into the context after the prompt; at least 1."""
        return self._max_model_len - len(prompt)

    def as_input(self, token_ids: list[int]) -> TokensInput:
        """Wrap token ids for the engine."""
        return tokens_input(token_ids)

    def _check_room(self, token_ids: list[int], field: str) -> None:
        if len(token_ids) >= self._max_model_len:
            raise self._too_long(field)

    def _too_long(self, field: str) -> InvalidArgument:
        return InvalidArgument(
            f"`{field}` is too long: prompt and reply together may have {self._max_model_len} tokens.",
            field=field,
            reason="CONTEXT_LENGTH_EXCEEDED",
        )
