"""Builds the parts behind the HTTP API."""

import secrets
import socket

from services.common.chat_examples import ExampleLimits
from services.gateway.adapters import AdapterShelf
from services.gateway.api.parts import GatewayParts, Limits
from services.gateway.audit import AuditLog
from services.gateway.clients import PartStates, ServiceFleet
from services.gateway.conversations import Conversations
from services.gateway.feedback.desk import FeedbackDesk, FeedbackLimits
from services.gateway.feedback.spoken import FeedbackInChat
from services.gateway.files import FileShelf
from services.gateway.forgetting import LessonRecords
from services.gateway.imports import AdapterImporter
from services.gateway.intents import SentenceEncoder, load_classifier
from services.gateway.learning.consolidation import Consolidator
from services.gateway.learning.desk import LearnDesk
from services.gateway.learning.events import JobEvents
from services.gateway.managing import Manager, OpenQuestions
from services.gateway.managing.finding import LessonFinder
from services.gateway.managing.manager import ManagerParts
from services.gateway.metrics import GatewayMetrics
from services.gateway.models import ModelNames
from services.gateway.operating.jobs import JobLedger
from services.gateway.operating.pausing import LearningPause
from services.gateway.operating.presence import Presence
from services.gateway.operating.users import Users
from services.gateway.peft_archive import MEBIBYTE
from services.gateway.settings import GatewaySettings
from services.gateway.tenants import OperatorKey, TenantKeys, kept_key
from services.gateway.timeline import Timeline
from services.gateway.training_files import TrainingFiles
from services.gateway.wiring.foundation import Foundation, service_addresses
from services.gateway.wiring.idle import FeedbackParts
from services.gateway.works.desk import WorkDesk, WorkLimits
from services.gateway.works.events import WorkEvents
from services.gateway.works.store import WorkStore


def build_parts(
    settings: GatewaySettings,
    base: Foundation,
    encoder: SentenceEncoder,
    consolidator: Consolidator,
    feedback: FeedbackParts,
) -> GatewayParts:
    """All of them; `encoder` tells what messages mean."""
    limits = _limits(settings)
    adapters, conversations = AdapterShelf(base.registry, base.objects, base.inference), Conversations(base.redis)
    files = FileShelf(base.redis, base.objects, settings.max_files)
    works = WorkStore(base.redis, settings.lease_seconds, settings.max_works)
    audit, metrics = AuditLog(base.redis, settings.audit_entries), GatewayMetrics()
    said = FeedbackLimits(settings.max_reason_characters, settings.max_statement_characters)
    feedback_desk = FeedbackDesk(feedback.shelf, feedback.batches, audit, metrics, said)
    classifier = load_classifier(encoder)
    desk = LearnDesk(base.jobs, base.lessons, files, classifier, consolidator, settings.max_statement_characters)
    questions = OpenQuestions(base.redis, settings.question_seconds)
    finder = LessonFinder(encoder)
    return GatewayParts(
        keys=TenantKeys(base.redis),
        operator=OperatorKey(kept_key(settings.operator_key_file) if settings.operator_key_file else None),
        audit=audit,
        ledger=JobLedger(base.redis),
        pause=LearningPause(base.redis),
        users=Users(base.redis, base.registry, base.jobs),
        fleet=ServiceFleet(service_addresses(settings)),
        presence=Presence(base.redis, f"{socket.gethostname()}-{secrets.token_hex(3)}"),
        models=ModelNames(base.registry),
        inference=base.inference,
        conversations=conversations,
        answers=feedback.answers,
        feedback=feedback_desk,
        feedback_in_chat=FeedbackInChat(feedback.answers, feedback_desk),
        desk=desk,
        jobs=base.jobs,
        events=JobEvents(base.redis, settings.outage_seconds),
        works=WorkDesk(works, _work_limits(settings)),
        work_store=works,
        work_events=WorkEvents(base.redis, settings.outage_seconds),
        adapters=adapters,
        importer=AdapterImporter(base.registry, base.objects, base.inference, adapters, limits.max_import_bytes),
        files=files,
        training_files=TrainingFiles(files, ExampleLimits(settings.max_examples, settings.max_statement_characters)),
        lessons=base.lessons,
        timeline=Timeline(base.registry, base.lessons),
        records=LessonRecords(
            base.redis,
            base.registry,
            base.objects,
            adapters,
            base.jobs,
            conversations,
            feedback.answers,
            feedback.shelf,
            works,
        ),
        classifier=classifier,
        questions=questions,
        manager=Manager(ManagerParts(base.registry, base.lessons, adapters, desk, base.jobs, questions, finder)),
        services=PartStates(base.redis, vars(base.channels)),
        metrics=metrics,
        limits=limits,
    )


def _limits(settings: GatewaySettings) -> Limits:
    return Limits(
        max_body_bytes=settings.max_body_bytes,
        max_import_bytes=settings.max_import_mebibytes * MEBIBYTE,
        max_file_bytes=settings.max_file_mebibytes * MEBIBYTE,
        max_statement_characters=settings.max_statement_characters,
        max_unfinished_lessons=settings.max_unfinished_lessons,
        learn_wait_seconds=settings.learn_wait_seconds,
    )


def _work_limits(settings: GatewaySettings) -> WorkLimits:
    return WorkLimits(
        sections=settings.max_work_sections,
        section_tokens=settings.max_section_tokens,
        brief_characters=settings.max_brief_characters,
        line_characters=settings.max_outline_characters,
        default_section_tokens=settings.section_tokens,
    )
