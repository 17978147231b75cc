"""Takes one claimed work from where it stands to its end. Knows nothing of queues, leases in Redis, gRPC or HTTP."""

import asyncio
import secrets
import time
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from typing import Any

import structlog

from services.common.errors import (
    FailedPrecondition,
    InternalError,
    LoreleiError,
    NotFound,
    ResourceExhausted,
    Unavailable,
)
from services.gateway.learning.desk import LearnDesk
from services.gateway.learning.events import JobEvents
from services.gateway.learning.jobs import JobState, LearnEvent, Writing
from services.gateway.learning.patience import Patience, PatienceLimits
from services.gateway.learning.store import ClaimLostError, JobStore
from services.gateway.learning.wording import closing_sentence
from services.gateway.models import PERSONAL, ModelNames
from services.gateway.serving import Inference, SamplingChoice, TextPiece
from services.gateway.works.cleaning import whole_sentences
from services.gateway.works.prompts import section_prompt
from services.gateway.works.store import WorkClaim, WorkStore
from services.gateway.works.work import Section, Work, WorkState, event_of

_log = structlog.get_logger(__name__)

_ATTEMPTS = 4
_WARMER = 0.2


@dataclass(frozen=True)
class WritingStyle:
    """How sections are sampled, and how much of the section before is shown."""

    window_characters: int
    temperature: float
    top_p: float


@dataclass(frozen=True)
class WorkParts:
    """What every course works with."""

    store: WorkStore
    models: ModelNames
    inference: Inference
    desk: LearnDesk
    jobs: JobStore
    lessons: JobEvents
    patience: PatienceLimits
    style: WritingStyle


class WorkCourse:
    """One worker's work on one text. A finished section is never written again, and no lesson is taught twice."""

    def __init__(self, parts: WorkParts, claim: WorkClaim, cancel_asked: asyncio.Event) -> None:
        self._parts = parts
        self._claim = claim
        self._cancel_asked = cancel_asked

    async def run(self) -> Work:
        """Work until the text is in a terminal state and return it; raises ClaimLostError when it is no longer ours."""
        writing = asyncio.create_task(self._write())
        asked = asyncio.create_task(self._cancel_asked.wait())
        try:
            await asyncio.wait({writing, asked}, return_when=asyncio.FIRST_COMPLETED)
            if not writing.done():
                return await self._end_cancelled(writing)
            return await writing
        except ClaimLostError:
            raise
        except LoreleiError as error:
            _log.warning("work_failed", work=self._claim.job.id, reason=error.reason)
            return await self._parts.store.finish(self._claim, WorkState.FAILED, error=error.message)
        except Exception:
            _log.exception("work_crashed", work=self._claim.job.id)
            return await self._parts.store.finish(self._claim, WorkState.FAILED, error=InternalError().message)
        finally:
            await _stop(writing, asked)

    async def _write(self) -> Work:
        for number in range(len(self._claim.job.outline)):
            if number == len(self._claim.job.sections):
                await self._write_section(number)
            section = self._claim.job.sections[number]
            if self._claim.job.learn and section.text and not section.lesson_state:
                await self._learn_section(number)
        return await self._parts.store.finish(self._claim, WorkState.DONE)

    async def _write_section(self, number: int) -> None:
        started = time.monotonic()
        text = await self._text_of(number)
        section = Section(text, seconds=round(time.monotonic() - started, 3))
        work = replace(self._claim.job, state=WorkState.WRITING, sections=(*self._claim.job.sections, section))
        await self._record(event_of(work, section=number + 1), state=work.state, sections=work.sections)

    async def _text_of(self, number: int) -> str:
        """A section of whole new sentences; raises FailedPrecondition when the model writes none, Unavailable."""
        patience = Patience(self._parts.patience)
        before = [section.text for section in self._claim.job.sections]
        seed = 0
        while seed < _ATTEMPTS:
            try:
                text = whole_sentences(await self._generated(number, seed), before)
            except (Unavailable, ResourceExhausted) as error:
                await asyncio.sleep(patience.pause_after(error))
                continue
            if text:
                return text
            seed += 1
        raise FailedPrecondition(
            f"The model wrote no whole new sentence for section {number + 1}; say in the outline what it shall tell.",
            reason="NOTHING_WRITTEN",
        )

    async def _generated(self, number: int, seed: int) -> str:
        work, style = self._claim.job, self._parts.style
        before = work.sections[-1].text if work.sections else ""
        messages = section_prompt(work.title, work.brief, work.outline[: number + 1], before, style.window_characters)
        adapter = await self._parts.models.adapter_for(work.tenant, work.user, PERSONAL)
        # More freely each time: what repeats itself once does so again.
        temperature = style.temperature + _WARMER * seed
        sampling = SamplingChoice(work.section_tokens, temperature, style.top_p, seed)
        # A name of its own for each attempt: the engine may not have noticed the end of the one before.
        request_id = f"{work.id}-{number}-{secrets.token_hex(4)}"
        pieces = self._parts.inference.generate(request_id, messages, adapter, sampling)
        async with aclosing(pieces):
            return "".join([piece.text async for piece in pieces if isinstance(piece, TextPiece)])

    async def _learn_section(self, number: int) -> None:
        """Let the model learn a section; how that ended is noted in it, and the writing goes on whatever it was."""
        try:
            await self._teach(number)
        except Unavailable as error:
            # Only Redis can be away here: nothing could be noted, and whoever claims the work next goes on.
            raise ClaimLostError(f"{self._claim.job.id}: Redis cannot be reached") from error

    async def _teach(self, number: int) -> None:
        work = self._claim.job
        lesson = work.lesson_of(number)
        writing = Writing(f"{work.title}, {number + 1}", work.sections[number].text)
        # Noted first, so that whoever cancels the work finds the lesson.
        await self._note(number, WorkState.LEARNING, lesson=lesson)
        try:
            await self._parts.desk.remember(work.tenant, work.user, lesson, writing)
        except ResourceExhausted as error:
            await self._note(number, WorkState.WRITING, lesson="", lesson_state=JobState.FAILED, note=error.message)
            return
        await self._follow(number, lesson)

    async def _follow(self, number: int, lesson: str) -> None:
        async with aclosing(self._parts.lessons.follow(lesson)) as happenings:
            async for happening in happenings:
                if happening is None:
                    continue
                _, event = happening
                if event.is_last:
                    note = "" if event.state is JobState.LIVE else closing_sentence(event)
                    await self._note(number, WorkState.WRITING, lesson_state=event.state, note=note)
                    return
                await self._tell(event)

    async def _tell(self, lesson: LearnEvent) -> None:
        await self._record(event_of(self._claim.job, lesson_state=lesson.state, lesson_progress=lesson.progress))

    async def _note(self, number: int, state: WorkState, **changes: Any) -> None:
        sections = list(self._claim.job.sections)
        sections[number] = replace(sections[number], **changes)
        await self._record(state=state, sections=tuple(sections))

    async def _record(self, event: Any = None, **changes: Any) -> None:
        self._claim = await self._parts.store.record(self._claim, event, **changes)

    async def _end_cancelled(self, writing: asyncio.Task[Work]) -> Work:
        """Stop writing, and the lesson that is being learned; what is written so far stays."""
        await _stop(writing)
        work = self._claim.job
        if work.current_lesson:
            with suppress(NotFound, Unavailable):
                await self._parts.jobs.cancel(work.tenant, work.user, work.current_lesson)
        return await self._parts.store.finish(self._claim, WorkState.CANCELLED)


async def _stop(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
