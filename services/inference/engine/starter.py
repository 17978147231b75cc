"""Starts vLLM engines of one configuration. Imports vLLM late and in a thread: the service answers meanwhile."""

import asyncio
import multiprocessing
from typing import TYPE_CHECKING

from services.inference.engine.environment import environment
from services.inference.engine.options import EngineOptions
from services.inference.engine.process import EngineContext

if TYPE_CHECKING:
    from vllm.v1.engine.async_llm import AsyncLLM

    from services.inference.engine.vllm_engine import VllmEngine

_KILL_AGAIN_SECONDS = 0.1


class EngineStarter:
    """Starts engines with the same options, one after the other."""

    def __init__(self, options: EngineOptions, context: EngineContext) -> None:
        self._options = options
        self._context = context

    async def start(self) -> "VllmEngine":
        """Start an engine process and load the model; raises what vLLM raises when that fails."""
        launch = asyncio.create_task(asyncio.to_thread(_launch, self._options, self._context))
        try:
            llm = await asyncio.shield(launch)
        except asyncio.CancelledError:
            await _kill(launch)
            raise
        from services.inference.engine.vllm_engine import VllmEngine

        return await VllmEngine.attach(llm)


def _launch(options: EngineOptions, context: EngineContext) -> "AsyncLLM":
    import vllm.v1.engine.utils
    from vllm.v1.engine.async_llm import AsyncLLM

    from services.inference.engine.configuration import build_config

    # vLLM itself only knows how to spawn, which is slow, and to fork, which is unsafe beside gRPC's threads.
    vllm.v1.engine.utils.get_mp_context = lambda: context  # type: ignore[attr-defined]
    with environment({"VLLM_RPC_BASE_PATH": str(options.socket_folder)}):
        return AsyncLLM.from_vllm_config(build_config(options), disable_log_stats=True)


async def _kill(launch: asyncio.Task["AsyncLLM"]) -> None:
    """End a start that is no longer wanted; its thread ends when its engine process, once there is one, is gone."""
    while not launch.done():
        for child in multiprocessing.active_children():
            child.kill()
        await asyncio.wait({launch}, timeout=_KILL_AGAIN_SECONDS)
