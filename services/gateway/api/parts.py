"""What the handlers work with."""

import asyncio
from dataclasses import dataclass, field
from typing import Annotated, Protocol, cast

from fastapi import Depends, Request

from services.gateway.adapters import AdapterShelf
from services.gateway.audit import AuditLog
from services.gateway.conversations import Conversations
from services.gateway.feedback.answers import Answers
from services.gateway.feedback.desk import FeedbackDesk
from services.gateway.feedback.spoken import FeedbackInChat
from services.gateway.files import FileShelf
from services.gateway.forgetting import LessonRecords
from services.gateway.imports import AdapterImporter
from services.gateway.intents import IntentClassifier
from services.gateway.learning.desk import LearnDesk
from services.gateway.learning.events import JobEvents
from services.gateway.learning.store import JobStore
from services.gateway.lessons import LessonShelf
from services.gateway.managing import Manager, OpenQuestions
from services.gateway.metrics import GatewayMetrics
from services.gateway.models import ModelNames
from services.gateway.operating.fleet import Fleet
from services.gateway.operating.jobs import JobLedger
from services.gateway.operating.pausing import LearningPause
from services.gateway.operating.presence import Presence
from services.gateway.operating.users import Users
from services.gateway.serving import Inference
from services.gateway.tenants import OperatorKey, TenantKeys
from services.gateway.timeline import Timeline
from services.gateway.training_files import TrainingFiles
from services.gateway.works.desk import WorkDesk
from services.gateway.works.events import WorkEvents
from services.gateway.works.store import WorkStore


class ServiceStates(Protocol):
    """Knows how the parts behind the gateway are."""

    async def check(self) -> dict[str, str]:
        """ "ready" or "unavailable" for each of redis, inference, augmenter and trainer."""


@dataclass(frozen=True)
class Limits:
    """What a client may ask for."""

    max_body_bytes: int
    max_import_bytes: int
    max_file_bytes: int
    max_statement_characters: int
    max_unfinished_lessons: int
    learn_wait_seconds: float


@dataclass(frozen=True)
class GatewayParts:
    """Everything behind the HTTP API of one process."""

    keys: TenantKeys
    operator: OperatorKey
    audit: AuditLog
    ledger: JobLedger
    pause: LearningPause
    users: Users
    fleet: Fleet
    presence: Presence
    models: ModelNames
    inference: Inference
    conversations: Conversations
    answers: Answers
    feedback: FeedbackDesk
    feedback_in_chat: FeedbackInChat
    desk: LearnDesk
    jobs: JobStore
    events: JobEvents
    works: WorkDesk
    work_store: WorkStore
    work_events: WorkEvents
    adapters: AdapterShelf
    importer: AdapterImporter
    files: FileShelf
    training_files: TrainingFiles
    lessons: LessonShelf
    timeline: Timeline
    records: LessonRecords
    classifier: IntentClassifier
    questions: OpenQuestions
    manager: Manager
    services: ServiceStates
    metrics: GatewayMetrics
    limits: Limits
    draining: asyncio.Event = field(default_factory=asyncio.Event)


async def _parts(request: Request) -> GatewayParts:
    return cast(GatewayParts, request.app.state.parts)


Parts = Annotated[GatewayParts, Depends(_parts)]
