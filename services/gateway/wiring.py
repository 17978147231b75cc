"""Builds the gateway's parts from its settings. The one place that knows them all."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import grpc
from redis.asyncio import Redis

from services.common.chat_examples import ExampleLimits
from services.common.object_store import open_object_store
from services.common.registry import AdapterRegistry
from services.common.rpc import connect
from services.gateway.adapters import AdapterShelf
from services.gateway.api.parts import GatewayParts, Limits
from services.gateway.audit import AuditLog
from services.gateway.clients import AugmenterClient, InferenceClient, PartStates, ServiceFleet, TrainerClient
from services.gateway.conversations import Conversations
from services.gateway.feedback.answers import AnswerLimits, Answers
from services.gateway.feedback.batches import BatchLimits, FeedbackBatches
from services.gateway.feedback.desk import FeedbackDesk, FeedbackLimits
from services.gateway.feedback.shelf import FeedbackShelf
from services.gateway.feedback.spoken import FeedbackInChat
from services.gateway.files import FileShelf
from services.gateway.forgetting import LessonRecords
from services.gateway.imports import AdapterImporter
from services.gateway.intents import SentenceEncoder, load_classifier
from services.gateway.learning.consolidation import ConsolidationLimits, Consolidator
from services.gateway.learning.course import CourseParts, LearnCourse
from services.gateway.learning.desk import LearnDesk
from services.gateway.learning.events import JobEvents
from services.gateway.learning.jobs import LearnJob
from services.gateway.learning.patience import PatienceLimits
from services.gateway.learning.runner import TaskRunner
from services.gateway.learning.store import Claim, JobStore
from services.gateway.lessons import LessonShelf
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
from services.gateway.redis_access import open_redis
from services.gateway.settings import GatewaySettings
from services.gateway.tenants import DEFAULT_TENANT, OperatorKey, TenantKeys, kept_key
from services.gateway.timeline import Timeline
from services.gateway.training_files import TrainingFiles
from services.gateway.works.course import WorkCourse, WorkParts, WritingStyle
from services.gateway.works.desk import WorkDesk, WorkLimits
from services.gateway.works.events import WorkEvents
from services.gateway.works.store import WorkClaim, WorkStore
from services.gateway.works.work import Work

_DAY_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Gateway:
    """What one process runs: the parts behind its API, its workers on jobs and works, its work while nobody asks."""

    parts: GatewayParts
    runner: TaskRunner[Claim]
    writer: TaskRunner[WorkClaim]
    consolidator: Consolidator
    batches: FeedbackBatches


@dataclass(frozen=True)
class _Channels:
    inference: grpc.aio.Channel
    augmenter: grpc.aio.Channel
    trainer: grpc.aio.Channel


@dataclass(frozen=True)
class _Feedback:
    answers: Answers
    shelf: FeedbackShelf
    batches: FeedbackBatches


@asynccontextmanager
async def open_gateway(settings: GatewaySettings) -> AsyncIterator[Gateway]:
    """Open everything the gateway needs and close it at the end.

    Raises FailedPrecondition for a missing encoder or an unusable key file, Unavailable when Redis is away.
    """
    encoder = await asyncio.to_thread(SentenceEncoder, settings.sentence_encoder_dir, settings.sentence_encoder_threads)
    async with AsyncExitStack() as stack:
        redis = open_redis(settings.redis_url.get_secret_value())
        stack.push_async_callback(redis.aclose)
        channels = _Channels(
            **{
                name: await stack.enter_async_context(connect(address))
                for name, address in _service_addresses(settings).items()
            }
        )
        consolidator = _build_consolidator(settings, redis)
        feedback = _build_feedback(settings, redis, consolidator)
        parts = _build_parts(settings, redis, channels, encoder, consolidator, feedback)
        if settings.bootstrap_key_file is not None:
            await parts.keys.register(kept_key(settings.bootstrap_key_file), DEFAULT_TENANT)
        await parts.jobs.prepare()
        runner = _build_runner(settings, redis, channels, parts, consolidator, feedback.batches)
        yield Gateway(parts, runner, _build_writer(settings, parts), consolidator, feedback.batches)


def _service_addresses(settings: GatewaySettings) -> dict[str, str]:
    return {
        "inference": settings.inference_address,
        "augmenter": settings.augmenter_address,
        "trainer": settings.trainer_address,
    }


def _operator(settings: GatewaySettings) -> OperatorKey:
    return OperatorKey(kept_key(settings.operator_key_file) if settings.operator_key_file else None)


def _build_consolidator(settings: GatewaySettings, redis: Redis) -> Consolidator:
    registry = AdapterRegistry(redis)
    object_store = open_object_store(settings.object_store_url, settings.object_store_credentials())
    limits = ConsolidationLimits(
        idle_seconds=settings.consolidate_idle_seconds,
        lessons=settings.consolidate_after_lessons,
        most_lessons=settings.consolidate_most_lessons,
    )
    return Consolidator(redis, _job_store(settings, redis), registry, LessonShelf(registry, object_store), limits)


def _job_store(settings: GatewaySettings, redis: Redis) -> JobStore:
    keep_seconds = settings.keep_jobs_days * _DAY_SECONDS
    return JobStore(redis, settings.lease_seconds, settings.max_unfinished_lessons, keep_seconds)


def _build_feedback(settings: GatewaySettings, redis: Redis, consolidator: Consolidator) -> _Feedback:
    answers = AnswerLimits(settings.answer_keep_seconds, settings.max_answers, settings.answer_prompt_characters)
    batches = BatchLimits(settings.feedback_batch, settings.feedback_idle_seconds, settings.feedback_most)
    shelf = FeedbackShelf(redis, settings.max_feedback)
    return _Feedback(
        Answers(redis, AdapterRegistry(redis), answers),
        shelf,
        FeedbackBatches(shelf, _job_store(settings, redis), consolidator, batches),
    )


def _build_parts(
    settings: GatewaySettings,
    redis: Redis,
    channels: _Channels,
    encoder: SentenceEncoder,
    consolidator: Consolidator,
    feedback: _Feedback,
) -> GatewayParts:
    registry = AdapterRegistry(redis)
    jobs = _job_store(settings, redis)
    inference = InferenceClient(channels.inference, settings.generate_timeout_seconds, settings.call_timeout_seconds)
    object_store = open_object_store(settings.object_store_url, settings.object_store_credentials())
    lessons = LessonShelf(registry, object_store)
    adapters, conversations = AdapterShelf(registry, object_store, inference), Conversations(redis)
    files = FileShelf(redis, object_store, settings.max_files)
    works = WorkStore(redis, settings.lease_seconds, settings.max_works)
    max_import_bytes = settings.max_import_mebibytes * MEBIBYTE
    audit, metrics = AuditLog(redis, settings.audit_entries), GatewayMetrics()
    feedback_desk = FeedbackDesk(
        feedback.shelf,
        feedback.batches,
        audit,
        metrics,
        FeedbackLimits(settings.max_reason_characters, settings.max_statement_characters),
    )
    classifier = load_classifier(encoder)
    desk = LearnDesk(jobs, lessons, files, classifier, consolidator, settings.max_statement_characters)
    questions = OpenQuestions(redis, settings.question_seconds)
    managing = ManagerParts(registry, lessons, adapters, desk, jobs, questions, LessonFinder(encoder))
    return GatewayParts(
        keys=TenantKeys(redis),
        operator=_operator(settings),
        audit=audit,
        ledger=JobLedger(redis),
        pause=LearningPause(redis),
        users=Users(redis, registry, jobs),
        fleet=ServiceFleet(_service_addresses(settings)),
        presence=Presence(redis, f"{socket.gethostname()}-{secrets.token_hex(3)}"),
        models=ModelNames(registry),
        inference=inference,
        conversations=conversations,
        answers=feedback.answers,
        feedback=feedback_desk,
        feedback_in_chat=FeedbackInChat(feedback.answers, feedback_desk),
        desk=desk,
        jobs=jobs,
        events=JobEvents(redis, settings.outage_seconds),
        works=WorkDesk(works, _work_limits(settings)),
        work_store=works,
        work_events=WorkEvents(redis, settings.outage_seconds),
        adapters=adapters,
        importer=AdapterImporter(registry, object_store, inference, adapters, max_import_bytes),
        files=files,
        training_files=TrainingFiles(files, ExampleLimits(settings.max_examples, settings.max_statement_characters)),
        lessons=lessons,
        timeline=Timeline(registry, lessons),
        records=LessonRecords(
            redis, registry, object_store, adapters, jobs, conversations, feedback.answers, feedback.shelf, works
        ),
        classifier=classifier,
        questions=questions,
        manager=Manager(managing),
        services=PartStates(redis, vars(channels)),
        metrics=metrics,
        limits=Limits(
            max_body_bytes=settings.max_body_bytes,
            max_import_bytes=max_import_bytes,
            max_file_bytes=settings.max_file_mebibytes * MEBIBYTE,
            max_statement_characters=settings.max_statement_characters,
            max_unfinished_lessons=settings.max_unfinished_lessons,
            learn_wait_seconds=settings.learn_wait_seconds,
        ),
    )


def _build_runner(
    settings: GatewaySettings,
    redis: Redis,
    channels: _Channels,
    parts: GatewayParts,
    consolidator: Consolidator,
    batches: FeedbackBatches,
) -> TaskRunner[Claim]:
    course_parts = CourseParts(
        store=parts.jobs,
        builder=AugmenterClient(channels.augmenter, settings.build_timeout_seconds),
        trainer=TrainerClient(channels.trainer, settings.train_timeout_seconds, settings.call_timeout_seconds),
        versions=AdapterRegistry(redis),
        records=parts.records,
        audit=parts.audit,
        patience=PatienceLimits(settings.max_break_offs, settings.outage_seconds),
    )

    async def run_course(claim: Claim, cancel_asked: asyncio.Event) -> LearnJob:
        job = await LearnCourse(course_parts, claim, cancel_asked).run()
        parts.metrics.lessons.labels(job.state).inc()
        await consolidator.job_ended(job)
        await batches.job_ended(job)
        return job

    return TaskRunner(
        parts.jobs,
        run_course,
        owner=f"gateway-{secrets.token_hex(6)}",
        max_running=settings.max_running_lessons,
        renew_seconds=settings.renew_seconds,
    )


def _work_limits(settings: GatewaySettings) -> WorkLimits:
    return WorkLimits(
        sections=settings.max_work_sections,
        section_tokens=settings.max_section_tokens,
        brief_characters=settings.max_brief_characters,
        line_characters=settings.max_outline_characters,
        default_section_tokens=settings.section_tokens,
    )


def _build_writer(settings: GatewaySettings, parts: GatewayParts) -> TaskRunner[WorkClaim]:
    work_parts = WorkParts(
        store=parts.work_store,
        models=parts.models,
        inference=parts.inference,
        desk=parts.desk,
        jobs=parts.jobs,
        lessons=parts.events,
        patience=PatienceLimits(settings.max_break_offs, settings.outage_seconds),
        style=WritingStyle(settings.work_window_characters, settings.work_temperature, settings.work_top_p),
    )

    async def write(claim: WorkClaim, cancel_asked: asyncio.Event) -> Work:
        return await WorkCourse(work_parts, claim, cancel_asked).run()

    return TaskRunner(
        parts.work_store,
        write,
        owner=f"gateway-{secrets.token_hex(6)}",
        max_running=settings.max_running_works,
        renew_seconds=settings.renew_seconds,
    )
