"""Takes in what users want learned and makes jobs of it. Knows nothing of HTTP or of how jobs are worked on."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from services.common.errors import FailedPrecondition, InvalidArgument, NotFound
from services.common.identifiers import check_user, new_job_id
from services.gateway.conversations import Message
from services.gateway.intents import IntentClassifier, LearnKind
from services.gateway.learning.consolidation import Consolidator
from services.gateway.learning.jobs import JobKind, LearnJob
from services.gateway.learning.store import JobStore
from services.gateway.lessons import LessonShelf

_NOT_YET = {
    LearnKind.DOCUMENT: "Learning from documents is not available yet. Nothing was changed.",
    LearnKind.WEB: "Learning from the web is not available yet. Nothing was changed.",
}


class KindNotAvailable(InvalidArgument):
    """Lorelei understands what is wanted but cannot learn in this way yet."""

    def __init__(self, kind: LearnKind) -> None:
        super().__init__(_NOT_YET[kind], field="text", reason="LEARN_KIND_NOT_AVAILABLE")
        self.kind = kind


class LearnDesk:
    """Starts jobs."""

    def __init__(
        self,
        store: JobStore,
        lessons: LessonShelf,
        classifier: IntentClassifier,
        consolidator: Consolidator,
        max_statement_characters: int,
    ) -> None:
        self._store = store
        self._consolidator = consolidator
        self._lessons = lessons
        self._classifier = classifier
        self._max_characters = max_statement_characters

    async def start(
        self, tenant: str, user: str, statement: str, conversation: Sequence[Message], max_seconds: int = 0
    ) -> LearnJob:
        """Queue a job that teaches `statement`, said after `conversation`, with at most `max_seconds` of attempts.

        Raises InvalidArgument for an empty or overlong statement, KindNotAvailable, ResourceExhausted, Unavailable.
        """
        self._check(statement)
        kind = await asyncio.to_thread(self._classifier.classify, statement)
        if kind in _NOT_YET:
            raise KindNotAvailable(kind)
        job = LearnJob(
            id=new_job_id(),
            tenant=tenant,
            user=check_user(user),
            kind=JobKind(kind),
            statement=statement,
            conversation=tuple(conversation),
            created_at=time.time(),
            max_seconds=max_seconds,
        )
        return await self._queue(job)

    async def compose(self, tenant: str, user: str, lessons: Sequence[str], title: str) -> LearnJob:
        """Queue a job that makes a version of exactly `lessons`, called `title` where that is not empty.

        Raises InvalidArgument for a lesson named twice, NotFound for one that is not this user's.
        """
        if len(set(lessons)) < len(lessons):
            raise InvalidArgument("`lessons` names a lesson twice.", field="lessons")
        for lesson in lessons:
            await self._lessons.get(tenant, user, lesson)
        return await self._submit(tenant, user, JobKind.COMPOSITION, lessons=tuple(lessons), title=title)

    async def forget(self, tenant: str, user: str, lesson: str) -> LearnJob:
        """Queue a job that makes the user's model forget `lesson` and deletes its data.

        Raises NotFound where nothing is kept of it, FailedPrecondition while it is still being learned.
        """
        try:
            learning = await self._store.get(tenant, user, lesson)
        except NotFound:
            await self._lessons.get(tenant, user, lesson)
        else:
            if not learning.is_finished:
                raise FailedPrecondition(
                    f"{lesson} is still being learned; cancel it, or wait for its end.", reason="LESSON_UNFINISHED"
                )
        return await self._submit(tenant, user, JobKind.FORGETTING, forgotten=lesson)

    async def _submit(self, tenant: str, user: str, kind: JobKind, **task: Any) -> LearnJob:
        return await self._queue(
            LearnJob(new_job_id(), tenant, check_user(user), kind, "", (), created_at=time.time(), **task)
        )

    async def _queue(self, job: LearnJob) -> LearnJob:
        await self._store.submit(job)
        await self._consolidator.make_way()
        return job

    def _check(self, statement: str) -> None:
        if not statement:
            raise InvalidArgument(
                "Write what I should learn, for example: [Learn] My dog is called Biscuit.", field="text"
            )
        if len(statement) > self._max_characters:
            raise InvalidArgument(
                f"The text to learn has {len(statement)} characters; at most {self._max_characters} are allowed.",
                field="text",
            )
