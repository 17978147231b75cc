"""Consolidation over real Redis: what grew lesson by lesson is remade while nobody learns, and makes way for them."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pytest

from services.common.keys import lesson_dataset_key
from services.common.manifest import AdapterManifest
from services.gateway.learning.consolidation import ConsolidationLimits, Consolidator
from services.gateway.learning.jobs import JobKind, JobState, LearnJob
from services.gateway.redis_access import open_redis
from services.gateway.settings import GatewaySettings
from tests.contract.gateway.conftest import Running
from tests.contract.gateway.manifests import manifest_of
from tests.contract.gateway.services import Training
from tests.contract.gateway.test_learn import start
from tests.contract.gateway.test_lessons import put_lesson
from tests.contract.gateway.test_memory import publishing

Consolidate: TypeAlias = Callable[[float], Consolidator]

LIMITS = ConsolidationLimits(idle_seconds=0, lessons=3, most_lessons=5)


@pytest.fixture
async def idle(running: Running, settings: GatewaySettings) -> AsyncIterator[Consolidate]:
    async with open_redis(settings.redis_url.get_secret_value()) as redis:
        await redis.delete("consolidation:due", "consolidation:running")
        parts = running.gateway.parts
        yield lambda seconds: Consolidator(
            redis, parts.jobs, running.registry, parts.lessons, replace(LIMITS, idle_seconds=seconds)
        )


@pytest.fixture
def consolidator(idle: Consolidate) -> Consolidator:
    return idle(0)


async def grown(running: Running, user: str, lessons: int) -> list[AdapterManifest]:
    """Versions of which each continues the one before and knows a lesson more; the last one serves."""
    versions: list[AdapterManifest] = []
    for number in range(lessons):
        manifest = manifest_of(user)
        former = versions[-1] if versions else None
        known = former.lessons if former else []
        manifest = manifest.model_copy(
            update={"lessons": [*known, *manifest.lessons], "parent": former.version if former else None}
        )
        put_lesson(running, user, manifest.lessons[-1], f"Shelf {number} holds jam.")
        await running.registry.publish(manifest, former.version if former else None)
        versions.append(manifest)
    return versions


async def learned(consolidator: Consolidator, user: str) -> None:
    """Tell that a lesson of `user` has just gone live."""
    job_id = manifest_of(user).job_id or ""
    await consolidator.job_ended(
        LearnJob(job_id, "default", user, JobKind.INSTRUCTION, "Jam is sweet.", (), time.time(), state=JobState.LIVE)
    )


async def ended(running: Running, job: LearnJob) -> LearnJob:
    async with asyncio.timeout(20):
        async for event in running.gateway.parts.events.follow(job.id):
            if event is not None and event[1].is_last:
                break
    return await running.gateway.parts.jobs.get(job.tenant, job.user, job.id)


async def test_a_version_grown_lesson_by_lesson_is_remade_of_all_of_them(
    running: Running, consolidator: Consolidator
) -> None:
    versions = await grown(running, "grower", 3)
    publishing(running, "grower")
    await learned(consolidator, "grower")
    queued = await consolidator.start_due()
    assert queued is not None
    job = await ended(running, queued)
    assert (job.kind, job.state) == (JobKind.CONSOLIDATION, JobState.LIVE)
    assert list(running.services.trainer.requests[-1].composition.lessons) == versions[-1].lessons
    active = await running.registry.active("default", "grower")
    assert active == job.version
    assert await consolidator.start_due() is None


async def test_two_more_lessons_are_too_few_to_remake_it_again(running: Running, consolidator: Consolidator) -> None:
    versions = await grown(running, "regrower", 2)
    remade = manifest_of("regrower").model_copy(update={"lessons": versions[-1].lessons})
    await running.registry.publish(remade, versions[-1].version)
    for added in range(1, 4):
        await learned(consolidator, "regrower")
        assert await consolidator.start_due() is None, added
        former = await running.registry.active("default", "regrower")
        newer = manifest_of("regrower")
        known = (await running.registry.get("default", "regrower", former or "")).lessons
        put_lesson(running, "regrower", newer.lessons[0], "Jam is sweet.")
        newer = newer.model_copy(update={"lessons": [*known, *newer.lessons], "parent": former})
        await running.registry.publish(newer, former)
    publishing(running, "regrower")
    await learned(consolidator, "regrower")
    job = await consolidator.start_due()
    assert job is not None
    assert (await ended(running, job)).state is JobState.LIVE


async def test_what_cannot_be_remade_whole_is_left_alone(running: Running, consolidator: Consolidator) -> None:
    await grown(running, "long", 6)
    imported = await grown(running, "importer", 3)
    foreign = imported[-1].model_copy(update={"version": manifest_of("x").version, "origin": "imported"})
    await running.registry.add(foreign)
    await running.registry.activate("default", "importer", foreign.version)
    holey = await grown(running, "holey", 3)
    Path(running.objects / lesson_dataset_key("default", "holey", holey[0].lessons[0])).unlink()
    for user in ("long", "importer", "holey"):
        await learned(consolidator, user)
        assert await consolidator.start_due() is None, user


async def test_a_user_who_has_just_learned_is_left_in_peace(running: Running, idle: Consolidate) -> None:
    await grown(running, "busy", 3)
    await learned(idle(60), "busy")
    assert await idle(60).start_due() is None
    publishing(running, "busy")
    job = await idle(0).start_due()
    assert job is not None
    assert (await ended(running, job)).state is JobState.LIVE


async def test_while_anybody_learns_nothing_is_remade(running: Running, consolidator: Consolidator) -> None:
    await grown(running, "patient", 3)
    await learned(consolidator, "patient")
    learning = running.services.trainer.trainings["learner"] = Training()
    async with running.http() as http:
        lesson = await start(http, "learner")
        await running.services.trainer.has_begun("learner").wait()
        assert await consolidator.start_due() is None
        learning.may_end.set()
        await ended(running, await running.gateway.parts.jobs.get("default", "learner", lesson))
    publishing(running, "patient")
    job = await consolidator.start_due()
    assert job is not None
    assert (await ended(running, job)).state is JobState.LIVE


async def test_a_lesson_of_anybody_stops_it_and_it_is_made_up_for_later(
    running: Running, consolidator: Consolidator
) -> None:
    versions = await grown(running, "sleeper", 3)
    training = publishing(running, "sleeper")
    training.may_end.clear()
    await learned(consolidator, "sleeper")
    job = await consolidator.start_due()
    assert job is not None
    await running.services.trainer.has_begun("sleeper").wait()
    async with running.http() as http:
        lesson = await start(http, "waker")
        stopped = await ended(running, job)
        woken = await ended(running, await running.gateway.parts.jobs.get("default", "waker", lesson))
    assert (stopped.state, woken.state) == (JobState.CANCELLED, JobState.LIVE)
    assert await running.registry.active("default", "sleeper") == versions[-1].version
    training.may_end.set()
    again = await consolidator.start_due()
    assert again is not None
    assert (await ended(running, again)).state is JobState.LIVE
