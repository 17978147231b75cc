"""Takes in what users want learned and makes jobs of it. Knows nothing of HTTP or of how jobs are worked on."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from services.common.errors import FailedPrecondition, InvalidArgument, NotFound
from services.common.identifiers import check_user, new_job_id
from services.gateway.conversations import Message
from services.gateway.files import FileShelf
from services.gateway.intents import IntentClassifier, LearnKind, is_bare_link, learn_statement, links_in
from services.gateway.intents.own_writing import points_at_own_writing
from services.gateway.learning.consolidation import Consolidator
from services.gateway.learning.jobs import JobFile, JobKind, LearnJob, Writing, title_of
from services.gateway.learning.store import JobStore
from services.gateway.lessons import LessonShelf


class DocumentMissing(InvalidArgument):
    """Lorelei understands that a document is to be read, but none came with the request."""

    def __init__(self) -> None:
        super().__init__(
            "No document came with this. Attach a file, or paste a link, and say it again. Nothing was changed.",
            field="text",
            reason="DOCUMENT_MISSING",
        )


@dataclass(frozen=True)
class LessonRequest:
    """What a user wants learned: what they said, after which conversation, and what came with it.

    `kind` is the way to learn where the user chose it. `query` is to be searched for on the web. No second attempt
    begins that would end after `max_seconds`; 0 is the trainer's own limit.
    """

    statement: str
    conversation: tuple[Message, ...] = ()
    file_ids: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    query: str = ""
    max_seconds: int = 0
    kind: LearnKind | None = None

    @property
    def is_said_alone(self) -> bool:
        """Whether nothing to read came with it."""
        return not (self.file_ids or self.urls or self.query)


class NothingWritten(InvalidArgument):
    """What the model wrote is to be remembered, but it has not written anything."""

    def __init__(self) -> None:
        super().__init__(
            "I have not written anything in this conversation yet. Ask me to write something first, "
            "or send the conversation along. Nothing was changed.",
            field="messages",
            reason="NOTHING_WRITTEN",
        )


class LearnDesk:
    """Starts jobs."""

    def __init__(
        self,
        store: JobStore,
        lessons: LessonShelf,
        files: FileShelf,
        classifier: IntentClassifier,
        consolidator: Consolidator,
        max_statement_characters: int,
    ) -> None:
        self._store = store
        self._consolidator = consolidator
        self._lessons = lessons
        self._files = files
        self._classifier = classifier
        self._max_characters = max_statement_characters

    async def start(self, tenant: str, user: str, wanted: LessonRequest) -> LearnJob:
        """Queue a job that teaches what is `wanted`.

        Raises InvalidArgument for an empty or overlong statement, DocumentMissing, NotFound for a file that is not this
        user's, ResourceExhausted, Unavailable.
        """
        self._check(wanted)
        if wanted.is_said_alone and points_at_own_writing(wanted.statement):
            text = _last_writing(wanted.conversation)
            return await self.remember(tenant, user, new_job_id(), Writing(title_of(text), text), wanted.statement)
        kind, urls = await self._way(wanted)
        files = [await self._file(tenant, user, file_id) for file_id in dict.fromkeys(wanted.file_ids)]
        job = LearnJob(
            id=new_job_id(),
            tenant=tenant,
            user=check_user(user),
            kind=JobKind(kind),
            statement=wanted.query or wanted.statement,
            conversation=wanted.conversation,
            created_at=time.time(),
            files=tuple(files),
            urls=urls,
            max_seconds=wanted.max_seconds,
        )
        return await self._queue(job)

    async def remember(self, tenant: str, user: str, job_id: str, writing: Writing, statement: str = "") -> LearnJob:
        """Queue the job `job_id` that teaches what the model wrote; again with the same id it changes nothing.

        Raises ResourceExhausted, Unavailable.
        """
        job = LearnJob(job_id, tenant, check_user(user), JobKind.WRITING, statement, (), time.time())
        return await self._queue(replace(job, writings=(writing,)))

    async def learn_examples(
        self, tenant: str, user: str, file: JobFile, title: str, seed: int, metadata: Mapping[str, str]
    ) -> LearnJob:
        """Queue a job that teaches the chat examples in `file`; the version gets the `title`, if any, as its name.

        Raises ResourceExhausted, Unavailable.
        """
        job = LearnJob(new_job_id(), tenant, check_user(user), JobKind.EXAMPLES, file.name, (), time.time())
        return await self._queue(replace(job, files=(file,), title=title, seed=seed, metadata=metadata))

    async def _way(self, wanted: LessonRequest) -> tuple[LearnKind, tuple[str, ...]]:
        """Which way to learn, and the links to read."""
        if wanted.query:
            return LearnKind.WEB, ()
        links = tuple(dict.fromkeys([*wanted.urls, *links_in(wanted.statement)]))
        if wanted.file_ids or wanted.urls or is_bare_link(wanted.statement):
            return LearnKind.DOCUMENT, links
        kind = wanted.kind
        if kind is None:
            kind = await asyncio.to_thread(self._classifier.way_of_learning, wanted.statement)
        if kind is LearnKind.INSTRUCTION:
            return kind, ()
        if links and wanted.kind is not LearnKind.WEB:
            return LearnKind.DOCUMENT, links
        if kind is LearnKind.DOCUMENT:
            raise DocumentMissing
        return kind, ()

    async def _file(self, tenant: str, user: str, file_id: str) -> JobFile:
        file = await self._files.get(tenant, user, file_id)
        return JobFile(file.id, file.filename, file.media_type)

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

    def _check(self, wanted: LessonRequest) -> None:
        if wanted.query and (wanted.file_ids or wanted.urls):
            raise InvalidArgument("Give either a query or documents, not both.", field="query")
        if not (wanted.statement or wanted.file_ids or wanted.urls or wanted.query):
            raise InvalidArgument(
                "Write what I should learn, for example: [Learn] My dog is called Biscuit.", field="text"
            )
        for field, text in (("text", wanted.statement), ("query", wanted.query)):
            if len(text) > self._max_characters:
                raise InvalidArgument(
                    f"The {field} has {len(text)} characters; at most {self._max_characters} are allowed.", field=field
                )


def _last_writing(conversation: Sequence[Message]) -> str:
    """The model's last text, but for what it said of a lesson; raises NothingWritten."""
    for before, turn in reversed(list(pairwise([Message("system", ""), *conversation]))):
        answers_lesson = before.role == "user" and learn_statement(before.content) is not None
        if turn.role == "assistant" and turn.content.strip() and not answers_lesson:
            return turn.content
    raise NothingWritten
