"""Builds the workers of one process: on learn jobs, and on long texts."""

import asyncio
import secrets

from services.gateway.api.parts import GatewayParts
from services.gateway.clients import AugmenterClient, TrainerClient
from services.gateway.feedback.batches import FeedbackBatches
from services.gateway.learning.consolidation import Consolidator
from services.gateway.learning.course import CourseParts, LearnCourse
from services.gateway.learning.jobs import LearnJob
from services.gateway.learning.patience import PatienceLimits
from services.gateway.learning.runner import TaskRunner
from services.gateway.learning.store import Claim
from services.gateway.settings import GatewaySettings
from services.gateway.wiring.foundation import Foundation
from services.gateway.works.course import WorkCourse, WorkParts, WritingStyle
from services.gateway.works.store import WorkClaim
from services.gateway.works.work import Work


def build_runner(
    settings: GatewaySettings,
    base: Foundation,
    parts: GatewayParts,
    consolidator: Consolidator,
    batches: FeedbackBatches,
) -> TaskRunner[Claim]:
    """The worker on learn jobs; it tells `consolidator` and `batches` of each one's end."""
    course_parts = CourseParts(
        store=parts.jobs,
        builder=AugmenterClient(base.channels.augmenter, settings.build_timeout_seconds),
        trainer=TrainerClient(base.channels.trainer, settings.train_timeout_seconds, settings.call_timeout_seconds),
        versions=base.registry,
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
        owner=_owner(),
        max_running=settings.max_running_lessons,
        renew_seconds=settings.renew_seconds,
    )


def build_writer(settings: GatewaySettings, parts: GatewayParts) -> TaskRunner[WorkClaim]:
    """The worker on long texts."""
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
        owner=_owner(),
        max_running=settings.max_running_works,
        renew_seconds=settings.renew_seconds,
    )


def _owner() -> str:
    """Who holds a lease, unlike any other worker."""
    return f"gateway-{secrets.token_hex(6)}"
