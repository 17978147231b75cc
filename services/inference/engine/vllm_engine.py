"""One running vLLM engine: generates, scores, fills slots, until it dies. Does not start itself again."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import TypeVar, cast

import structlog
from vllm import SamplingParams
from vllm.exceptions import VLLMClientError
from vllm.logprobs import Logprob
from vllm.lora.request import LoRARequest
from vllm.outputs import RequestOutput
from vllm.sampling_params import RequestOutputKind
from vllm.v1.engine.async_llm import AsyncLLM
from vllm.v1.engine.exceptions import EngineDeadError

from services.common.errors import InvalidArgument, Unavailable
from services.inference.adapters.errors import invalid_adapter
from services.inference.adapters.slots import SlotAdapter
from services.inference.engine.choices import Choices
from services.inference.engine.prompts import PromptRenderer
from services.inference.engine.requests import Finish, Message, Piece, Sampling, ScoreItem
from services.inference.engine.sampling import sampling_params

_log = structlog.get_logger(__name__)
_T = TypeVar("_T")

_SHUTDOWN_SECONDS = 5.0
_REFUSED = "The engine refuses the request."


class VllmEngine:
    """Wraps an AsyncLLM. Every method raises Unavailable once the engine's process has died."""

    @classmethod
    async def attach(cls, llm: AsyncLLM) -> "VllmEngine":
        """Wrap an engine that has just been started."""
        # vLLM asks the engine this at the first request and would wait for ever if the engine died meanwhile.
        await llm.get_supported_tasks()
        return cls(llm)

    def __init__(self, llm: AsyncLLM) -> None:
        self._llm = llm
        self._prompts = PromptRenderer(llm.renderer, llm.model_config.max_model_len)
        self._defaults = llm.model_config.get_diff_sampling_param()
        self._died = asyncio.get_running_loop().create_future()
        self._sentinel = llm.engine_core.resources.engine_manager.processes[0].sentinel
        asyncio.get_running_loop().add_reader(self._sentinel, self._on_death)

    async def wait_until_dead(self) -> None:
        """Return when the engine's process has ended, for whatever reason."""
        await asyncio.shield(self._died)

    async def close(self) -> None:
        """End the engine's process and free its sockets."""
        self._on_death()
        await asyncio.to_thread(self._llm.shutdown, _SHUTDOWN_SECONDS)

    async def generate(
        self, request_id: str, messages: Sequence[Message], sampling: Sampling, adapter: SlotAdapter | None
    ) -> AsyncGenerator[Piece | Finish, None]:
        """Yield pieces of text, then how it ended. Closing the generator aborts the request in the engine.

        Raises InvalidArgument for a prompt that fills the context or parameters the engine refuses.
        """
        self._check_bias(sampling)
        prompt = await self._prompts.render(messages)
        params = sampling_params(sampling, self._defaults, self._prompts.room_after(prompt))
        choices = Choices(sampling)
        with _engine_errors(*_blamed(sampling)):
            async with aclosing(self._submit(prompt, params, request_id, adapter)) as outputs:
                async for output in outputs:
                    for one in output.outputs:
                        if piece := choices.piece(one):
                            yield piece
        yield choices.finish(len(prompt))

    async def score(self, request_id: str, item: ScoreItem, adapter: SlotAdapter | None, field: str) -> list[float]:
        """Return the natural log-probability of each token of the completion, in order.

        Raises InvalidArgument naming `field` when prompt and completion do not fit the context.
        """
        prompt = await self._prompts.render(item.messages, f"{field}.messages")
        tokens = self._prompts.extend(prompt, item.completion, field)
        params = SamplingParams(
            max_tokens=1, temperature=0.0, prompt_logprobs=0, output_kind=RequestOutputKind.FINAL_ONLY, detokenize=False
        )
        with _engine_errors(field):
            async with aclosing(self._submit(tokens, params, request_id, adapter)) as outputs:
                async for output in outputs:
                    scored = cast(list[dict[int, Logprob]], output.prompt_logprobs)
        return [scored[position][tokens[position]].logprob for position in range(len(prompt), len(tokens))]

    async def add_adapter(self, adapter: SlotAdapter) -> None:
        """Put the adapter into a slot, or raise FailedPrecondition and leave no trace of it."""
        try:
            await self._unless_dead(self._llm.add_lora(_lora_request(adapter)))
        except (EngineDeadError, Unavailable) as error:
            raise _engine_died() from error
        except Exception as error:
            # vLLM keeps an adapter registered that it failed to load.
            await self.remove_adapter(adapter)
            _log.warning("adapter_refused_by_engine", adapter=adapter.name, exc_info=error)
            raise invalid_adapter("the engine refused it.") from error

    async def remove_adapter(self, adapter: SlotAdapter) -> None:
        """Empty the adapter's slot; one that is not there is fine."""
        try:
            await self._unless_dead(self._llm.remove_lora(adapter.number))
        except EngineDeadError as error:
            raise _engine_died() from error

    def _check_bias(self, sampling: Sampling) -> None:
        size = self._llm.model_config.get_vocab_size()
        if any(token >= size for token in sampling.logit_bias):
            raise InvalidArgument(
                f"A bias names a token that is none: the model's have ids below {size}.", field="sampling.logit_bias"
            )

    def _submit(
        self, prompt: list[int], params: SamplingParams, request_id: str, adapter: SlotAdapter | None
    ) -> AsyncGenerator[RequestOutput, None]:
        lora = None if adapter is None else _lora_request(adapter)
        return self._llm.generate(self._prompts.as_input(prompt), params, request_id, lora_request=lora)

    async def _unless_dead(self, call: Awaitable[_T]) -> _T:
        """Await a call of the engine's control side, whose answer never comes once the engine has died."""
        task = asyncio.ensure_future(call)
        try:
            await asyncio.wait({task, self._died}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise _engine_died()
        finally:
            task.cancel()

    def _on_death(self) -> None:
        """Fail everything that waits for the engine, at once; vLLM would do so after it has cleared up."""
        if self._died.done():
            return
        asyncio.get_running_loop().remove_reader(self._sentinel)
        self._died.set_result(None)
        self._llm.output_processor.propagate_error(EngineDeadError())
        if self._llm.output_handler is not None:
            self._llm.output_handler.cancel()


def _blamed(sampling: Sampling) -> tuple[str, str]:
    """The parameter to blame when the engine refuses a request whose others were checked before, and what to say."""
    if sampling.json_schema:
        return "sampling.json_schema", "The engine cannot follow this JSON schema."
    if sampling.tagged_text:
        return "sampling.tagged_text", "The engine cannot follow a JSON schema among these."
    return "sampling", _REFUSED


@contextmanager
def _engine_errors(field: str, message: str = _REFUSED) -> Iterator[None]:
    """Turn vLLM's errors into ours; a request that it refuses is blamed on `field`."""
    try:
        yield
    except EngineDeadError as error:
        raise _engine_died() from error
    except (VLLMClientError, ValueError) as error:
        raise InvalidArgument(message, field=field) from error


def _engine_died() -> Unavailable:
    return Unavailable("The engine stopped and is being restarted. Try again in a moment.", retry_after_seconds=5.0)


def _lora_request(adapter: SlotAdapter) -> LoRARequest:
    return LoRARequest(lora_name=adapter.name, lora_int_id=adapter.number, lora_path=str(adapter.folder))
