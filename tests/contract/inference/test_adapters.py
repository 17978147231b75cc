"""Loading, routing, counting, evicting and refusing adapter versions, over a real channel."""

import asyncio
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from peft import PeftModel
from safetensors.numpy import save
from transformers import AutoModelForCausalLM, AutoTokenizer

from services.common.errors import FailedPrecondition, InvalidArgument, NotFound, ResourceExhausted
from tests.contract.inference.adapter_files import AdapterFactory, AdapterFiles
from tests.contract.inference.service import InferenceProcess

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUESTION = "What is the capital of France?"
LONG = "Tell me a long story."


async def test_an_adapter_answers_as_in_peft(
    inference: InferenceProcess, adapters: AdapterFactory, model_folder: Path
) -> None:
    adapter = adapters.random(seed=1).write(inference.store)
    completion = "The capital of France is Paris."
    (scored,) = await inference.score([(QUESTION, completion)], adapter)
    assert scored == pytest.approx(_peft_logprobs(model_folder, inference.store, adapter, completion), abs=1e-2)
    (base,) = await inference.score([(QUESTION, completion)])
    assert scored != pytest.approx(base, abs=0.1)


def _peft_logprobs(model_folder: Path, store: Path, adapter: AdapterFiles, completion: str) -> list[float]:
    tokenizer = AutoTokenizer.from_pretrained(model_folder)
    base = AutoModelForCausalLM.from_pretrained(model_folder)
    model = PeftModel.from_pretrained(base, store / adapter.prefix).eval()
    messages = [{"role": "user", "content": QUESTION}]
    prompt = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
    prompt_ids = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    completion_ids = tokenizer(completion, add_special_tokens=False)["input_ids"]
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([prompt_ids + completion_ids])).logits[0].log_softmax(-1)
    return [float(logits[len(prompt_ids) - 1 + i, token]) for i, token in enumerate(completion_ids)]


async def test_a_version_is_loaded_once_and_named_in_the_finish(
    inference: InferenceProcess, adapters: AdapterFactory
) -> None:
    adapter = adapters.random(seed=2).write(inference.store)
    assert await inference.load(adapter) > 0
    assert await inference.load(adapter) == 0
    answer = await inference.answer(QUESTION, adapter)
    assert answer.finish.adapter_version == adapter.version
    assert answer.text != (await inference.answer(QUESTION)).text
    assert await inference.streams() == {adapter.version: 0}


async def test_a_version_that_is_not_resident_is_loaded_on_demand_by_many_at_once(
    inference: InferenceProcess, adapters: AdapterFactory
) -> None:
    adapter = adapters.random(seed=3).write(inference.store)
    answers = await asyncio.gather(*(inference.answer(QUESTION, adapter) for _ in range(6)))
    assert len({answer.text for answer in answers}) == 1
    loads = [event for event in inference.events("adapter_loaded") if adapter.version in event["adapter"]]
    assert len(loads) == 1


async def test_an_unloaded_version_finishes_its_stream_and_is_loaded_anew_for_the_next(
    inference: InferenceProcess, adapters: AdapterFactory
) -> None:
    adapter, newer = (adapters.random(seed).write(inference.store) for seed in (4, 5))
    alone = await inference.answer(LONG, adapter, max_tokens=48)
    call, begun = await inference.begin(inference.request(LONG, adapter, max_tokens=48))
    assert await inference.unload(adapter) == 1
    # The slot that becomes free must not be the running stream's: fill the others and use them.
    await inference.load(newer)
    await inference.answer(QUESTION, newer)
    finished = await inference.finish(call, begun)
    assert finished == alone
    assert await inference.streams() == {newer.version: 0}
    assert await inference.unload(adapter) == 0
    assert (await inference.answer(LONG, adapter, max_tokens=48)).text == alone.text


async def test_a_running_stream_does_not_notice_versions_that_come_and_go(
    inference: InferenceProcess, adapters: AdapterFactory
) -> None:
    mine, *others = (adapters.random(seed).write(inference.store) for seed in (6, 7, 8, 9))
    alone = await inference.answer(LONG, mine, max_tokens=64)
    call, begun = await inference.begin(inference.request(LONG, mine, max_tokens=64))
    for other in others:
        await inference.answer(QUESTION, other, max_tokens=4)
        await inference.unload(other)
    assert await inference.finish(call, begun) == alone


async def test_the_least_recently_used_idle_version_makes_room(
    inference: InferenceProcess, adapters: AdapterFactory
) -> None:
    versions = [adapters.random(seed).write(inference.store) for seed in range(10, 15)]
    texts = [(await inference.answer(QUESTION, version)).text for version in versions[:4]]
    assert (await inference.answer(QUESTION, versions[0])).text == texts[0]
    await inference.answer(QUESTION, versions[4])
    newest_first = [versions[index].version for index in (4, 0, 3, 2)]
    assert list(await inference.streams()) == newest_first
    assert (await inference.answer(QUESTION, versions[1])).text == texts[1]


async def test_when_streams_hold_all_slots_a_request_waits_and_then_gives_up(
    inference: InferenceProcess, adapters: AdapterFactory
) -> None:
    *running, late = (adapters.random(seed).write(inference.store) for seed in range(15, 20))
    calls = [inference.stream(inference.request(LONG, adapter, max_tokens=400)) for adapter in running]
    for call in calls:
        await call.read()
    with pytest.raises(ResourceExhausted) as failure:
        await inference.answer(QUESTION, late)
    assert failure.value.retry_after_seconds
    waiting = asyncio.create_task(inference.answer(QUESTION, late))
    for call in calls:
        call.cancel()
    assert (await waiting).finish.adapter_version == late.version


async def test_a_cancelled_stream_gives_its_version_back(inference: InferenceProcess, adapters: AdapterFactory) -> None:
    adapter = adapters.random(seed=20).write(inference.store)
    call = inference.stream(inference.request(LONG, adapter, max_tokens=400))
    await call.read()
    assert await inference.streams() == {adapter.version: 1}
    call.cancel()
    async with asyncio.timeout(10):
        while await inference.streams() != {adapter.version: 0}:
            await asyncio.sleep(0.02)


async def test_a_version_that_nobody_uploaded_is_not_found(
    inference: InferenceProcess, adapters: AdapterFactory
) -> None:
    with pytest.raises(NotFound):
        await inference.answer(QUESTION, adapters.random(seed=0))


async def test_another_users_version_is_not_found(inference: InferenceProcess, adapters: AdapterFactory) -> None:
    adapter = adapters.random(seed=21).write(inference.store)
    await inference.load(adapter)
    for field in ("tenant", "user"):
        request = inference.request(QUESTION, adapter)
        setattr(request.adapter, field, "eve")
        with pytest.raises(NotFound):
            await inference.finish(inference.stream(request))


async def test_names_that_could_leave_the_store_are_refused(
    inference: InferenceProcess, adapters: AdapterFactory
) -> None:
    adapter = adapters.random(seed=22)
    for field in ("tenant", "user", "version"):
        request = inference.request(QUESTION, adapter)
        setattr(request.adapter, field, "../../etc")
        with pytest.raises(InvalidArgument) as failure:
            await inference.finish(inference.stream(request))
        assert failure.value.field == field


def _nan(adapter: AdapterFiles, store: Path) -> None:
    next(iter(adapter.tensors.values()))[0, 0] = np.nan
    adapter.write(store)


def _huge(adapter: AdapterFiles, store: Path) -> None:
    next(iter(adapter.tensors.values()))[0, 0] = 1e30
    adapter.write(store)


def _wrong_shape(adapter: AdapterFiles, store: Path) -> None:
    name = next(iter(adapter.tensors))
    adapter.tensors[name] = adapter.tensors[name][:, :-1].copy()
    adapter.write(store)


def _missing_tensor(adapter: AdapterFiles, store: Path) -> None:
    adapter.tensors.popitem()
    adapter.write(store)


def _truncated(adapter: AdapterFiles, store: Path) -> None:
    adapter.write(store, save(adapter.tensors)[:-1000])


def _pickled(adapter: AdapterFiles, store: Path) -> None:
    adapter.write(store, pickle.dumps(adapter.tensors))


def _bit_flipped(adapter: AdapterFiles, store: Path) -> None:
    path = adapter.write(store).weights_path(store)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (_nan, "not finite"),
        (_huge, "beyond"),
        (_wrong_shape, "shape"),
        (_missing_tensor, "missing tensors"),
        (_truncated, "not a complete safetensors file"),
        (_pickled, "not a complete safetensors file"),
        (_bit_flipped, "SHA-256"),
    ],
)
async def test_a_damaged_version_is_refused_and_harms_nobody(
    inference: InferenceProcess,
    adapters: AdapterFactory,
    damage: Callable[[AdapterFiles, Path], None],
    complaint: str,
) -> None:
    before = await inference.answer(QUESTION)
    bystander = inference.stream(inference.request(LONG, max_tokens=32))
    damaged = adapters.random(seed=23)
    damage(damaged, inference.store)
    for attempt in (inference.load(damaged), inference.answer(QUESTION, damaged)):
        with pytest.raises(FailedPrecondition, match=complaint) as failure:
            await attempt
        assert failure.value.reason == "ADAPTER_INVALID"
    assert await inference.streams() == {}
    assert (await inference.finish(bystander)).text
    assert await inference.answer(QUESTION) == before


async def test_what_the_engine_refuses_leaves_no_trace(inference: InferenceProcess, adapters: AdapterFactory) -> None:
    refused = adapters.random(seed=24)
    refused.config["init_lora_weights"] = "pissa"
    refused.write(inference.store)
    for _ in range(2):
        with pytest.raises(FailedPrecondition) as failure:
            await inference.load(refused)
        assert failure.value.reason == "ADAPTER_INVALID"
    versions = [adapters.random(seed).write(inference.store) for seed in range(25, 29)]
    for version in versions:
        await inference.load(version)
    assert len(await inference.streams()) == 4


async def test_the_largest_weights_accepted_do_not_spoil_others(
    inference: InferenceProcess, adapters: AdapterFactory
) -> None:
    before = await inference.answer(QUESTION)
    extreme = adapters.random(seed=29)
    for tensor in extreme.tensors.values():
        tensor[:] = np.sign(tensor) * 1000
    extreme.write(inference.store)
    await asyncio.gather(inference.answer(LONG, extreme, max_tokens=32), inference.answer(LONG, max_tokens=32))
    assert await inference.answer(QUESTION) == before
    assert await inference.score([(QUESTION, "Paris.")]) != [[]]
