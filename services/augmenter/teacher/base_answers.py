"""The base model's own greedy answers, asked in one batch; those to prompts of our own are kept for everybody."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.augmenter.teacher.model import BaseModel, Generation
from services.common.datasets import Message
from services.common.errors import NotFound
from services.common.object_store import ObjectStore


@dataclass(frozen=True, slots=True)
class Question:
    """One prompt for the base model; `shared` is true only for prompts that hold nothing of any user."""

    prompt: str
    max_tokens: int
    shared: bool = False


class BaseAnswers:
    """Answers of one base model."""

    def __init__(self, model: BaseModel, store: ObjectStore, at_once: int) -> None:
        self._model = model
        self._store = store
        self._at_once = asyncio.Semaphore(at_once)
        self._known: dict[str, str] = {}

    async def ask(self, questions: Sequence[Question], on_answer: Callable[[], None]) -> dict[str, str]:
        """Answers by prompt; calls `on_answer` after each, and raises what the model raises."""

        async def one(question: Question) -> tuple[str, str]:
            answer = await (self._shared(question) if question.shared else self._fresh(question))
            on_answer()
            return question.prompt, answer

        tasks = [asyncio.create_task(one(question)) for question in questions]
        try:
            return dict(await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()

    async def _fresh(self, question: Question) -> str:
        messages = [Message(role="user", content=question.prompt)]
        async with self._at_once:
            return await self._model.complete(messages, Generation(max_tokens=question.max_tokens))

    async def _shared(self, question: Question) -> str:
        key = await self._key(question)
        if key not in self._known:
            try:
                self._known[key] = (await self._store.get_bytes(key)).decode()
            except NotFound:
                self._known[key] = await self._fresh(question)
                await self._store.put_bytes(key, self._known[key].encode())
        return self._known[key]

    async def _key(self, question: Question) -> str:
        text = f"{question.max_tokens}\n{question.prompt}".encode()
        return f"base-answers/{await self._model.weights_sha256()}/{hashlib.sha256(text).hexdigest()}.txt"
