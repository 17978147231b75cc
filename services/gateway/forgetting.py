"""Deletes what is kept of a lesson, wherever it is kept, and proves it. Knows nothing of HTTP or of training."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.common.datasets import dataset_from_bytes
from services.common.errors import FailedPrecondition, NotFound
from services.common.identifiers import check_job_id, check_tenant, check_user
from services.common.keys import adapter_prefix, lesson_dataset_key, lesson_prefix
from services.common.manifest import AdapterManifest
from services.common.object_store import ObjectStore
from services.common.registry import AdapterRegistry
from services.gateway.adapters import AdapterShelf
from services.gateway.conversations import Conversations
from services.gateway.feedback.answers import Answers
from services.gateway.feedback.shelf import FeedbackShelf
from services.gateway.learning.jobs import JobKind
from services.gateway.learning.steps import InForce
from services.gateway.learning.store import JobStore
from services.gateway.redis_access import reaching_redis
from services.gateway.works.store import WorkStore

_log = structlog.get_logger(__name__)

_TELLING_WORDS = 3


@dataclass(frozen=True)
class Erasure:
    """What was deleted of a lesson; nothing of what the lesson said is in it. `erased_at` is in seconds since 1970.

    `messages` counts turns of conversations, and sections of works.
    """

    lesson: str
    erased_at: float
    versions: tuple[str, ...]
    objects: int
    messages: int


class LessonRecords:
    """Everything that is kept of lessons beside the weights of the version in force."""

    def __init__(
        self,
        redis: Redis,
        registry: AdapterRegistry,
        store: ObjectStore,
        adapters: AdapterShelf,
        jobs: JobStore,
        conversations: Conversations,
        answers: Answers,
        feedback: FeedbackShelf,
        works: WorkStore,
    ) -> None:
        # redis-py's types name every decoding at once; this client always decodes.
        self._redis: Any = redis
        self._registry = registry
        self._store = store
        self._adapters = adapters
        self._jobs = jobs
        self._conversations = conversations
        self._answers = answers
        self._feedback = feedback
        self._works = works

    async def in_force(self, tenant: str, user: str) -> InForce:
        """What serves the user now."""
        active = await self._registry.active(tenant, user)
        lessons = (await self._registry.get(tenant, user, active)).lessons if active else []
        return InForce(active or "", tuple(lessons))

    async def left_without(self, tenant: str, user: str, lesson: str) -> tuple[str, ...] | None:
        """Lessons of the version in force but `lesson`, oldest first; None when it does not know `lesson`."""
        known = (await self.in_force(tenant, user)).lessons
        if lesson not in known:
            return None
        left = [one for one in known if one != lesson]
        kept = [await self._store.exists(lesson_dataset_key(tenant, user, one)) for one in left]
        return tuple(one for one, exists in zip(left, kept, strict=True) if exists)

    async def serve_base(self, tenant: str, user: str) -> None:
        """Let the untaught base model serve the user."""
        await self._registry.activate(tenant, user, None)

    async def name_version(self, tenant: str, user: str, version: str, title: str) -> None:
        """Give `version` the user's own name for it."""
        await self._registry.name(tenant, user, version, title)

    async def erase(self, tenant: str, user: str, lesson: str) -> None:
        """Delete all that is kept of `lesson`, and every version that knows it; done again, it changes nothing.

        Raises FailedPrecondition when a version that knows it serves the user.
        """
        said = await self._said(tenant, user, lesson)
        registered, unregistered = await self._knowing(tenant, user, lesson)
        versions = [*registered, *unregistered]
        objects = await self._objects(tenant, user, lesson, versions)
        for version in registered:
            await self._adapters.delete(tenant, user, version)
        for version in unregistered:
            await self._adapters.discard(tenant, user, version)
        messages = await self._conversations.forget(tenant, user, said)
        messages += await self._answers.forget(tenant, user, said)
        messages += await self._feedback.forget(tenant, user, lesson, said)
        messages += await self._jobs.forget(tenant, user, lesson, said)
        messages += await self._works.forget(tenant, user, lesson, said)
        # Last, because what is looked for in conversations is read from it when an interrupted erasure is repeated.
        await self._store.delete_prefix(lesson_prefix(tenant, user, lesson))
        await self._write(tenant, user, Erasure(lesson, time.time(), tuple(versions), len(objects), messages))
        await self._rewrite_log()

    async def erasure(self, tenant: str, user: str, lesson: str) -> Erasure:
        """What was deleted of `lesson`; raises NotFound when it was never erased."""
        with reaching_redis():
            found = await self._redis.get(_key(tenant, user, lesson))
        if found is None:
            raise NotFound(f"No lesson {lesson} of yours was forgotten.", field="id")
        data = json.loads(found)
        return Erasure(**{**data, "versions": tuple(data["versions"])})

    async def remains(self, tenant: str, user: str, lesson: str) -> list[str]:
        """Looks through versions, objects, job records and feedback now, and names what is still kept of `lesson`."""
        registered, unregistered = await self._knowing(tenant, user, lesson)
        versions = [*registered, *unregistered]
        found = await self._objects(tenant, user, lesson, versions)
        if await self._jobs.knows(tenant, user, lesson):
            found.append("the record of its job")
        if any(item.job_id == lesson for item in await self._feedback.latest(tenant, user, 0)):
            found.append("feedback that it was learned from")
        found += [f"a section of {work}" for work in await self._works.holding(tenant, user, lesson)]
        return [*(f"version {version}" for version in versions), *found]

    async def _rewrite_log(self) -> None:
        """Let Redis write its append-only file anew: the old one still holds what was deleted."""
        try:
            await self._redis.bgrewriteaof()
        except RedisError as error:
            # One that runs already will do; a managed Redis allows nobody to ask for it.
            _log.warning("redis_log_not_rewritten", reason=str(error))

    async def _said(self, tenant: str, user: str, lesson: str) -> list[str]:
        """The lesson in the user's words and made self-contained, and the model's answers to questions about it.

        As far as they are still there; an answer of a word or two may stand in any reply and is left out.
        """
        said = []
        if await self._jobs.knows(tenant, user, lesson):
            job = await self._jobs.get(tenant, user, lesson)
            said += [writing.text for writing in job.writings]
            # "Read it" only asks for something to be read; as few words may stand in any turn.
            if job.kind is JobKind.INSTRUCTION or len(job.statement.split()) >= _TELLING_WORDS:
                said.append(job.statement)
            corrections = [one.chosen for one in job.preferences]
            said += [text for text in corrections if len(text.split()) >= _TELLING_WORDS]
        try:
            data = await self._store.get_bytes(lesson_dataset_key(tenant, user, lesson))
            dataset = dataset_from_bytes(data)
            answers = [one.completion for one in dataset.examples if one.kind == "fact"]
            # Of documents, what was chosen from them was learned; their titles alone may stand anywhere.
            told = [fact.text for fact in dataset.learned] or [dataset.statement]
            said += [*told, *(text for text in answers if len(text.split()) >= _TELLING_WORDS)]
        except (NotFound, FailedPrecondition):
            pass
        return [text for text in dict.fromkeys(said_text.rstrip(" .!") for said_text in said) if text]

    async def _knowing(self, tenant: str, user: str, lesson: str) -> tuple[list[str], list[str]]:
        """Versions that know the lesson: those in the registry, and imports that are not in it."""
        registered = await self._registry.versions(tenant, user)
        unregistered = await self._adapters.unregistered_imports(tenant, user)
        return _versions_with(lesson, registered), _versions_with(lesson, unregistered)

    async def _objects(self, tenant: str, user: str, lesson: str, versions: Sequence[str]) -> list[str]:
        prefixes = [lesson_prefix(tenant, user, lesson), *(adapter_prefix(tenant, user, one) for one in versions)]
        return [key for prefix in prefixes for key in await self._store.list_keys(prefix)]

    async def _write(self, tenant: str, user: str, done: Erasure) -> None:
        """Add to what an interrupted erasure has written already."""
        try:
            before = await self.erasure(tenant, user, done.lesson)
        except NotFound:
            before = Erasure(done.lesson, done.erased_at, (), 0, 0)
        whole = Erasure(
            done.lesson,
            done.erased_at,
            tuple(dict.fromkeys([*before.versions, *done.versions])),
            before.objects + done.objects,
            before.messages + done.messages,
        )
        with reaching_redis():
            await self._redis.set(_key(tenant, user, done.lesson), json.dumps(asdict(whole)))


def _versions_with(lesson: str, manifests: Sequence[AdapterManifest]) -> list[str]:
    return [manifest.version for manifest in manifests if lesson in manifest.lessons]


def _key(tenant: str, user: str, lesson: str) -> str:
    return f"erasure:{check_tenant(tenant)}:{check_user(user)}:{check_job_id(lesson)}"
