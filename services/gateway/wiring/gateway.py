"""Opens a whole gateway: what its API works with, and what works beside it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.gateway.api.parts import GatewayParts
from services.gateway.feedback.batches import FeedbackBatches
from services.gateway.intents import SentenceEncoder
from services.gateway.learning.consolidation import Consolidator
from services.gateway.learning.runner import TaskRunner
from services.gateway.learning.store import Claim
from services.gateway.settings import GatewaySettings
from services.gateway.tenants import DEFAULT_TENANT, kept_key
from services.gateway.wiring.foundation import open_foundation
from services.gateway.wiring.idle import build_consolidator, build_feedback
from services.gateway.wiring.parts import build_parts
from services.gateway.wiring.workers import build_runner, build_writer
from services.gateway.works.store import WorkClaim


@dataclass(frozen=True)
class Gateway:
    """What one process runs: the parts behind its API, its workers on jobs and works, its work while nobody asks."""

    parts: GatewayParts
    runner: TaskRunner[Claim]
    writer: TaskRunner[WorkClaim]
    consolidator: Consolidator
    batches: FeedbackBatches


@asynccontextmanager
async def open_gateway(settings: GatewaySettings) -> AsyncIterator[Gateway]:
    """Open everything the gateway needs and close it at the end.

    Raises FailedPrecondition for a missing encoder or an unusable key file, Unavailable when Redis is away.
    """
    encoder = await asyncio.to_thread(SentenceEncoder, settings.sentence_encoder_dir, settings.sentence_encoder_threads)
    async with open_foundation(settings) as base:
        consolidator = build_consolidator(settings, base)
        feedback = build_feedback(settings, base, consolidator)
        parts = build_parts(settings, base, encoder, consolidator, feedback)
        if settings.bootstrap_key_file is not None:
            await parts.keys.register(kept_key(settings.bootstrap_key_file), DEFAULT_TENANT)
        await parts.jobs.prepare()
        runner = build_runner(settings, base, parts, consolidator, feedback.batches)
        yield Gateway(parts, runner, build_writer(settings, parts), consolidator, feedback.batches)
