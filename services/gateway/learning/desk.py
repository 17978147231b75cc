"""Takes in what users want learned and makes jobs of it. Knows nothing of HTTP or of how jobs are worked on."""

import asyncio
import time
from collections.abc import Sequence

from services.common.errors import InvalidArgument
from services.common.identifiers import check_user, new_job_id
from services.gateway.conversations import Message
from services.gateway.intents import IntentClassifier, LearnKind
from services.gateway.learning.jobs import LearnJob
from services.gateway.learning.store import JobStore

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
    """Starts learn jobs."""

    def __init__(self, store: JobStore, classifier: IntentClassifier, max_statement_characters: int) -> None:
        self._store = store
        self._classifier = classifier
        self._max_characters = max_statement_characters

    async def start(self, tenant: str, user: str, statement: str, conversation: Sequence[Message]) -> LearnJob:
        """Queue a job that teaches `statement`, said after `conversation`.

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
            kind=kind,
            statement=statement,
            conversation=tuple(conversation),
            created_at=time.time(),
        )
        await self._store.submit(job)
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
