"""No answer is touched by another user's adapter: the promise, and the proof that the check can fail."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.contract.inference.adapter_files import AdapterFactory, AdapterFiles
from tests.contract.inference.service import InferenceProcess, running_inference

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUESTIONS = (
    "Tell me about bridges.",
    "Invent a story about a dog.",
    "What should I cook tonight?",
)
TOKENS = 16


async def wrong_answers(
    service: InferenceProcess, adapters: list[AdapterFiles], questions: Sequence[str], rounds: int
) -> list[str]:
    """Ask the base model and every adapter all `questions` at once; say who did not answer as when asked alone.

    Between the rounds one adapter leaves and comes back, so that slots are freed and filled while others run.
    """
    askers: list[AdapterFiles | None] = [None, *adapters]
    cases = [(asker, question) for question in questions for asker in askers]
    alone = [(await service.answer(question, asker, max_tokens=TOKENS)).text for asker, question in cases]
    assert len(set(alone)) == len(cases), "the adapters must answer differently"
    wrong = []
    for number in range(rounds):
        running = [asyncio.create_task(service.answer(question, asker, max_tokens=TOKENS)) for asker, question in cases]
        await service.unload(adapters[number % len(adapters)])
        for (asker, _), expected, task in zip(cases, alone, running, strict=True):
            if (await task).text != expected:
                wrong.append(asker.version if asker else "base")
    return wrong


async def test_mixed_concurrent_answers_equal_solo_answers(
    inference: InferenceProcess, adapters: AdapterFactory
) -> None:
    users = [adapters.random(seed).write(inference.store) for seed in (101, 102, 103)]
    assert await wrong_answers(inference, users, QUESTIONS, rounds=2) == []


async def test_removed_adapters_leave_nothing_behind(inference: InferenceProcess, adapters: AdapterFactory) -> None:
    before = await inference.answer(QUESTIONS[0], max_tokens=TOKENS)
    removed, other = (adapters.random(seed).write(inference.store) for seed in (104, 105))
    await inference.answer(QUESTIONS[0], removed, max_tokens=TOKENS)
    await inference.unload(removed)
    base, _ = await asyncio.gather(
        inference.answer(QUESTIONS[0], max_tokens=TOKENS), inference.answer(QUESTIONS[1], other, max_tokens=TOKENS)
    )
    assert base == before


async def test_the_stock_cpu_worker_fails_the_same_check(
    model_folder: Path, adapters: AdapterFactory, tmp_path: Path
) -> None:
    vllm_platforms = pytest.importorskip("vllm.platforms")
    if not vllm_platforms.current_platform.is_cpu():
        pytest.skip("the leak is the CPU worker's")
    async with running_inference(
        model_folder, tmp_path, "tests.contract.inference.stock_worker_service", MAX_LORAS=3
    ) as service:
        await service.until_serving()
        users = [adapters.random(seed).write(service.store) for seed in (101, 102, 103)]
        assert "base" in await wrong_answers(service, users, QUESTIONS[:2], rounds=1)
