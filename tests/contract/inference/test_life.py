"""Start, drain, death of the engine, death of the service: each with a process of its own to end."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from lorelei.inference.v1 import inference_pb2 as pb
from services.common.errors import Unavailable
from services.common.rpc import calling
from tests.contract.inference.adapter_files import AdapterFactory
from tests.contract.inference.service import START_SECONDS, InferenceProcess, running_inference, until_gone

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUESTION = "What is the capital of France?"
LONG = "Tell me a long story."


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def mortal(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[InferenceProcess]:
    """A service that the tests of this module, in their order, load, hurt and end."""
    async with running_inference(model_folder, tmp_path_factory.mktemp("mortal")) as service:
        yield service


async def test_until_the_model_is_loaded_health_says_so_and_requests_are_unavailable(
    mortal: InferenceProcess, adapters: AdapterFactory
) -> None:
    assert not await mortal.serving()
    adapter = adapters.random(seed=201).write(mortal.store)
    for attempt in (mortal.answer(QUESTION), mortal.score([(QUESTION, "x")]), mortal.load(adapter)):
        with pytest.raises(Unavailable) as failure:
            await attempt
        assert failure.value.retry_after_seconds
    with calling("inference"):
        assert (await mortal.stub.GetModel(pb.GetModelRequest(), timeout=10)).name
    await mortal.until_serving()


async def test_streams_fail_at_once_when_the_engine_dies_and_it_comes_back_with_its_adapters(
    mortal: InferenceProcess, adapters: AdapterFactory
) -> None:
    kept, gone = (adapters.random(seed).write(mortal.store) for seed in (202, 203))
    base, personal = await mortal.answer(QUESTION), await mortal.answer(QUESTION, kept)
    await mortal.load(gone)
    streams = [mortal.stream(mortal.request(LONG, adapter, max_tokens=400)) for adapter in (None, kept, gone)]
    for stream in streams:
        await stream.read()
    await mortal.unload(gone)
    mortal.engine().kill()
    async with asyncio.timeout(20):
        for stream in streams:
            with pytest.raises(Unavailable):
                await mortal.finish(stream)
    await mortal.until_serving(False)
    with pytest.raises(Unavailable):
        await mortal.answer(QUESTION)
    await mortal.until_serving()
    assert await mortal.streams() == {kept.version: 0}
    assert await mortal.answer(QUESTION, kept) == personal
    assert await mortal.answer(QUESTION) == base
    assert len([e for e in mortal.events("adapter_loaded") if kept.version in e["adapter"]]) == 1


async def test_a_load_that_the_engines_death_interrupts_fails_and_works_afterwards(
    mortal: InferenceProcess, adapters: AdapterFactory
) -> None:
    adapter = adapters.random(seed=204).write(mortal.store)
    engine = mortal.engine()
    # A stopped engine answers nothing, so that the load is surely under way when it dies.
    engine.suspend()
    load = asyncio.create_task(mortal.load(adapter))
    async with asyncio.timeout(START_SECONDS):
        while not list(mortal.store.parent.glob(f"cache/*/{adapter.version}.*/adapter_model.safetensors")):
            await asyncio.sleep(0.02)
    engine.kill()
    with pytest.raises(Unavailable):
        await load
    await mortal.until_serving(False)
    await mortal.until_serving()
    assert adapter.version not in await mortal.streams()
    assert (await mortal.answer(QUESTION, adapter)).finish.adapter_version == adapter.version


async def test_a_killed_service_takes_its_engine_along(mortal: InferenceProcess) -> None:
    family = mortal.family()
    assert mortal.engine() in family
    mortal.process.kill()
    await mortal.process.wait()
    await until_gone(family)


async def test_sigterm_lets_streams_end_and_leaves_nothing_behind(
    model_folder: Path, adapters: AdapterFactory, mortal: InferenceProcess
) -> None:
    folder = mortal.store.parent
    (left_by_the_killed,) = (folder / "cache").iterdir()
    async with running_inference(model_folder, folder) as service:
        assert not left_by_the_killed.exists()
        await service.until_serving()
        adapter = adapters.random(seed=205).write(service.store)
        family = service.family()
        stream, begun = await service.begin(service.request(LONG, adapter, max_tokens=48))
        service.process.send_signal(signal.SIGTERM)
        finished = await service.finish(stream, begun)
        assert finished.finish.usage.completion_tokens > 1
        assert await asyncio.wait_for(service.process.wait(), 60) == 0
        await until_gone(family)
    assert list((folder / "cache").iterdir()) == []


async def test_a_folder_without_a_model_ends_the_service_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(AssertionError, match="holds no safetensors files"):
        async with running_inference(tmp_path / "empty", tmp_path):
            pass
