"""Asks a teacher model for more ways to ask, and keeps those that select well. The answers stay our own."""

import asyncio
import json
from collections.abc import Sequence

import structlog

from services.augmenter.linguistics.keys import content_words
from services.augmenter.selection.rules import Selector
from services.augmenter.selection.tally import Reason, Tally
from services.augmenter.strategies.self_instruct.forms import Form, Variety
from services.augmenter.teacher.model import Generation, TextModel
from services.common.datasets import Message
from services.common.errors import LoreleiError

_log = structlog.get_logger(__name__)

_SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"question": {"type": "string", "maxLength": 160}},
        "required": ["question"],
        "additionalProperties": False,
    }
)
_ASK = (
    'Question: "{question}"\nAnswer: "{answer}"\nAsk for the same thing in other words, as the same person would, '
    'without giving the answer away. Reply as JSON: {{"question": "..."}}'
)
_MAX_TOKENS = 48
_TEMPERATURE = 0.9


class TeacherForms:
    """Paraphrases of the plainest forms; one that fails or is too slow is only counted."""

    def __init__(self, teacher: TextModel, candidates: int, seconds: float, at_once: int) -> None:
        self._teacher = teacher
        self._candidates = candidates
        self._seconds = seconds
        self._at_once = at_once

    async def write(self, forms: Sequence[Form], selector: Selector, tally: Tally, seed: int) -> list[Form]:
        """Up to `candidates` paraphrases of `forms`, of which those that the selector admits are returned."""
        plain = [form for form in forms if form.variety in (Variety.DIRECT, Variety.RELATION)]
        if not plain or not self._candidates:
            return []
        gate = asyncio.Semaphore(self._at_once)
        chosen = [plain[index % len(plain)] for index in range(self._candidates)]
        tasks = [asyncio.create_task(self._one(form, seed + i, gate)) for i, form in enumerate(chosen)]
        done, late = await asyncio.wait(tasks, timeout=self._seconds)
        for task in late:
            task.cancel()
        tally.generate(len(tasks))
        tally.reject(Reason.MALFORMED, len(late))
        kept = [self._judged(task.result(), form, number, selector, tally)
                for number, (task, form) in enumerate(zip(tasks, chosen, strict=True)) if task in done]  # fmt: skip
        return [form for form in kept if form is not None]

    async def _one(self, form: Form, seed: int, gate: asyncio.Semaphore) -> str:
        prompt = _ASK.format(question=form.question, answer=form.answer)
        generation = Generation(_MAX_TOKENS, _TEMPERATURE, seed, _SCHEMA)
        async with gate:
            try:
                reply = await self._teacher.complete([Message(role="user", content=prompt)], generation)
                return str(json.loads(reply)["question"]).strip()
            except LoreleiError as error:
                _log.warning("teacher_failed", code=error.code)
            except (ValueError, LookupError, TypeError):
                pass
        return ""

    def _judged(self, question: str, form: Form, number: int, selector: Selector, tally: Tally) -> Form | None:
        about = [word for word in content_words(form.answer) if word.casefold() in form.question.casefold()]
        reason = (
            (None if question else Reason.MALFORMED)
            or selector.judge_question(question, form.expected)
            or selector.judge_paraphrase(question, form.question, about or content_words(form.question))
            or selector.admit(question)
        )
        if reason is not None:
            tally.reject(reason)
            return None
        key = f"{form.key}:teacher{number}"
        return Form(key, form.part, Variety.SYNONYM, question, form.answer, form.expected)
