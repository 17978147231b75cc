"""Carries out what a user asks for: to see, forget, undo or stop what was learned. Knows nothing of HTTP.

What cannot be taken back is done only after a question; questions.py keeps it until the answer.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from services.common.errors import FailedPrecondition, NotFound, ResourceExhausted
from services.common.manifest import AdapterManifest
from services.common.registry import AdapterRegistry
from services.gateway.adapters import AdapterShelf
from services.gateway.intents import ManageAction
from services.gateway.learning.desk import LearnDesk
from services.gateway.learning.jobs import JobKind, LearnJob
from services.gateway.learning.store import JobStore
from services.gateway.lessons import Lesson, LessonShelf
from services.gateway.managing import wording
from services.gateway.managing.answers import chosen_place, is_yes
from services.gateway.managing.finding import Described, LessonFinder
from services.gateway.managing.questions import OpenQuestions, Question, QuestionKind
from services.gateway.managing.topics import means_the_last, topic_words
from services.gateway.managing.versions import version_after, version_before
from services.gateway.managing.wording import Told

_LATEST_JOBS = 200


@dataclass(frozen=True)
class Managed:
    """What was done: what to say, how it stands, and the job that goes on with it, if any."""

    text: str
    action: ManageAction
    state: str
    detail: dict[str, Any] = field(default_factory=dict)
    job: LearnJob | None = None


@dataclass(frozen=True)
class ManagerParts:
    """What a manager works with."""

    registry: AdapterRegistry
    lessons: LessonShelf
    adapters: AdapterShelf
    desk: LearnDesk
    jobs: JobStore
    questions: OpenQuestions
    finder: LessonFinder


class Manager:
    """Serves one request at a time, of any user; methods raise Unavailable when Redis or a service is away."""

    def __init__(self, parts: ManagerParts) -> None:
        self._parts = parts

    async def carry_out(self, tenant: str, user: str, action: ManageAction, request: str) -> Managed:
        """Do what `request` asks for, or ask before what cannot be taken back."""
        match action:
            case ManageAction.LIST:
                return await self._list(tenant, user, request)
            case ManageAction.FORGET:
                return await self._forget(tenant, user, request)
            case ManageAction.FORGET_ALL:
                return await self._forget_all(tenant, user)
            case ManageAction.UNDO:
                return await self._undo(tenant, user)
            case ManageAction.REDO:
                return await self._redo(tenant, user)
            case ManageAction.STATUS:
                return await self._status(tenant, user)
            case ManageAction.CANCEL:
                return await self._cancel(tenant, user)

    async def answered(self, tenant: str, user: str, question: Question, answer: str) -> Managed | None:
        """Do what `answer` agrees to; None where it does not agree, and nothing is done."""
        match question.kind:
            case QuestionKind.FORGET if is_yes(answer):
                return await self._start_forgetting(tenant, user, question.lessons[0])
            case QuestionKind.FORGET_ALL if is_yes(answer):
                return await self._start_forgetting_all(tenant, user, question.lessons)
            case QuestionKind.WHICH:
                place = chosen_place(answer, len(question.lessons))
                return None if place is None else await self._start_forgetting(tenant, user, question.lessons[place])
        return None

    async def _list(self, tenant: str, user: str, request: str) -> Managed:
        lessons = await self._told(tenant, user)
        topic = topic_words(request)
        found = await self._meant(topic, lessons) if topic else lessons
        if not lessons:
            text = wording.NOTHING_LEARNED
        elif not found:
            text = wording.nothing_about(" ".join(topic), lessons)
        else:
            text = wording.taught(found, " ".join(topic))
        return Managed(text, ManageAction.LIST, "done", _shown(found))

    async def _forget(self, tenant: str, user: str, request: str) -> Managed:
        lessons = await self._told(tenant, user)
        topic = topic_words(request)
        found = lessons[:1] if means_the_last(request) else await self._meant(topic, lessons)
        if not lessons:
            return Managed(wording.NOTHING_LEARNED, ManageAction.FORGET, "none")
        if topic and not found:
            return Managed(
                wording.nothing_about(" ".join(topic), lessons), ManageAction.FORGET, "none", _shown(lessons)
            )
        if len(found) == 1:
            question, text = Question(QuestionKind.FORGET, (found[0].lesson,)), wording.confirm(found[0])
        else:
            found = (found or lessons)[: wording.MOST_LISTED]
            question = Question(QuestionKind.WHICH, tuple(one.lesson for one in found))
            text = wording.which(found, " ".join(topic))
        await self._parts.questions.ask(tenant, user, text, question)
        return Managed(text, ManageAction.FORGET, "asked", _shown(found))

    async def _forget_all(self, tenant: str, user: str) -> Managed:
        lessons = await self._told(tenant, user)
        if not lessons:
            return Managed(wording.NOTHING_LEARNED, ManageAction.FORGET_ALL, "none")
        text = wording.confirm_all(lessons)
        question = Question(QuestionKind.FORGET_ALL, tuple(one.lesson for one in lessons))
        await self._parts.questions.ask(tenant, user, text, question)
        return Managed(text, ManageAction.FORGET_ALL, "asked", _shown(lessons))

    async def _start_forgetting(self, tenant: str, user: str, lesson: str) -> Managed:
        try:
            job = await self._parts.desk.forget(tenant, user, lesson)
        except NotFound:
            return Managed(wording.GONE, ManageAction.FORGET, "none")
        except FailedPrecondition as error:
            return Managed(error.message, ManageAction.FORGET, "none")
        return Managed("", ManageAction.FORGET, "started", {"lessons": [{"id": lesson}]}, job)

    async def _start_forgetting_all(self, tenant: str, user: str, lessons: Sequence[str]) -> Managed:
        """Serve the base model, so that each lesson is only deleted, and nothing is trained for those left."""
        for running in await self._unfinished(tenant, user):
            await self._parts.jobs.cancel(tenant, user, running.id)
        await self._parts.adapters.activate(tenant, user, None)
        job, queued = None, []
        for lesson in lessons:
            # A full queue, or a lesson that ends only now; what is gone already needs nothing.
            with suppress(ResourceExhausted, FailedPrecondition):
                with suppress(NotFound):
                    job = await self._parts.desk.forget(tenant, user, lesson)
                queued.append(lesson)
        left = len(lessons) - len(queued)
        text = wording.more_to_forget(left) if left else ""
        detail = {"lessons": [{"id": lesson} for lesson in queued]}
        if job is None:
            return Managed(text or wording.GONE, ManageAction.FORGET_ALL, "none")
        return Managed(text, ManageAction.FORGET_ALL, "started", detail, job)

    async def _undo(self, tenant: str, user: str) -> Managed:
        versions = await self._parts.registry.versions(tenant, user)
        active = await self._parts.adapters.active(tenant, user)
        serving = next((one for one in versions if one.version == active), None)
        if serving is None:
            return Managed(wording.NOTHING_TO_UNDO, ManageAction.UNDO, "none")
        before = version_before(serving, versions)
        known = _lessons_of(before, versions)
        lost = [lesson for lesson in serving.lessons if lesson not in known]
        said = await self._switch(tenant, user, before, lost)
        return Managed(wording.went_back(said), ManageAction.UNDO, "done", {"version": before})

    async def _redo(self, tenant: str, user: str) -> Managed:
        versions = await self._parts.registry.versions(tenant, user)
        active = await self._parts.adapters.active(tenant, user)
        after = version_after(active, versions)
        if after is None:
            return Managed(wording.NOTHING_TO_REDO, ManageAction.REDO, "none")
        known = _lessons_of(active, versions)
        won = [lesson for lesson in _lessons_of(after, versions) if lesson not in known]
        said = await self._switch(tenant, user, after, won)
        return Managed(wording.went_forward(said), ManageAction.REDO, "done", {"version": after})

    async def _switch(self, tenant: str, user: str, version: str | None, changed: Sequence[str]) -> list[str]:
        """Let `version` serve, and return what the lessons `changed` by that say."""
        await self._parts.adapters.activate(tenant, user, version)
        return list((await self._parts.lessons.statements(tenant, user, changed)).values())

    async def _status(self, tenant: str, user: str) -> Managed:
        jobs = await self._unfinished(tenant, user)
        text = wording.running(jobs) if jobs else wording.NOTHING_RUNNING
        return Managed(text, ManageAction.STATUS, "done", {"jobs": [job.id for job in jobs]})

    async def _cancel(self, tenant: str, user: str) -> Managed:
        """Cancel what is being learned; what is being forgotten is still forgotten."""
        jobs = [job for job in await self._unfinished(tenant, user) if job.kind is not JobKind.FORGETTING]
        for job in jobs:
            await self._parts.jobs.cancel(tenant, user, job.id)
        if not jobs:
            return Managed(wording.NOTHING_RUNNING, ManageAction.CANCEL, "none")
        return Managed(wording.cancelled(jobs), ManageAction.CANCEL, "done", {"jobs": [job.id for job in jobs]})

    async def _unfinished(self, tenant: str, user: str) -> list[LearnJob]:
        return [job for job in await self._parts.jobs.latest(tenant, user, _LATEST_JOBS) if not job.is_finished]

    async def _meant(self, topic: Sequence[str], lessons: Sequence[Told]) -> list[Told]:
        described = [Described(one.lesson, one.words) for one in lessons]
        found = await asyncio.to_thread(self._parts.finder.find, topic, described)
        by_id = {one.lesson: one for one in lessons}
        return [by_id[lesson] for lesson in found]

    async def _told(self, tenant: str, user: str) -> list[Told]:
        """The user's lessons, newest first."""
        lessons = await self._parts.lessons.taught(tenant, user)
        made = {one.version: one.created_at for one in await self._parts.registry.versions(tenant, user)}
        return [
            Told(
                one.dataset.lesson,
                _words(one),
                min((made[version] for version in one.versions if version in made), default=None),
                one.active,
            )
            for one in lessons
        ]


def _lessons_of(version: str | None, versions: Sequence[AdapterManifest]) -> list[str]:
    return next((one.lessons for one in versions if one.version == version), [])


def _words(lesson: Lesson) -> str:
    """What the lesson says, or what was read and in which documents."""
    titles = ", ".join(source.title for source in lesson.dataset.sources)
    return ": ".join(part for part in (lesson.dataset.statement, titles) if part)


def _shown(lessons: Sequence[Told]) -> dict[str, Any]:
    return {"lessons": [{"id": one.lesson, "statement": one.words} for one in lessons]}
