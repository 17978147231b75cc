"""The queue of learn jobs on a real Redis: order, leases, fencing, one terminal state."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.asyncio import Redis

from services.common.errors import NotFound, ResourceExhausted, Unavailable
from services.common.identifiers import new_job_id
from services.gateway.conversations import Message
from services.gateway.learning import scripts
from services.gateway.learning.events import JobEvents
from services.gateway.learning.jobs import JobKind, JobState, LearnEvent, LearnJob
from services.gateway.learning.store import Claim, ClaimLostError, JobStore, events_key
from services.gateway.redis_access import open_redis

SOON = 0.05
MAX_UNFINISHED = 3
KEEP_SECONDS = 1000


@pytest.fixture
async def client(redis: Redis, redis_url: str) -> AsyncIterator[Redis]:
    async with open_redis(redis_url) as client:
        yield client


@pytest.fixture
async def store(client: Redis) -> JobStore:
    store = JobStore(client, lease_seconds=60, max_unfinished_per_user=MAX_UNFINISHED, keep_seconds=KEEP_SECONDS)
    await store.prepare()
    return store


@pytest.fixture
def late_store(client: Redis, store: JobStore) -> JobStore:
    """A worker for whom every other worker's lease has run out."""
    return JobStore(client, lease_seconds=0, max_unfinished_per_user=MAX_UNFINISHED, keep_seconds=KEEP_SECONDS)


def new_job(user: str = "ada", **changes: Any) -> LearnJob:
    fields: dict[str, Any] = {
        "id": new_job_id(),
        "tenant": "acme",
        "user": user,
        "kind": JobKind.INSTRUCTION,
        "statement": "My dog is called Biscuit.",
        "conversation": (Message("user", "Hi"), Message("assistant", "Hello, «friend»!")),
        "created_at": time.time(),
    }
    return LearnJob(**fields | changes)


async def submitted(store: JobStore, user: str = "ada", **changes: Any) -> LearnJob:
    job = new_job(user, **changes)
    await store.submit(job)
    return job


async def claimed(store: JobStore, owner: str = "worker") -> Claim:
    claim = await store.claim(owner, SOON)
    assert claim is not None
    return claim


async def events_of(client: Redis, job: LearnJob, after: str = "0-0") -> list[tuple[str, LearnEvent]]:
    events = JobEvents(client, outage_seconds=1)
    return [found async for found in events.follow(job.id, after) if found is not None]


async def test_a_claimed_job_is_the_one_submitted(store: JobStore) -> None:
    job = await submitted(store)
    claim = await claimed(store)
    assert claim.job == job
    assert await store.get("acme", "ada", job.id) == job


async def test_an_empty_queue_gives_nothing(store: JobStore) -> None:
    assert await store.claim("worker", SOON) is None


async def test_preparing_again_loses_no_job(store: JobStore) -> None:
    job = await submitted(store)
    await store.prepare()
    assert (await claimed(store)).job.id == job.id


async def test_submitting_twice_queues_once(store: JobStore) -> None:
    job = await submitted(store)
    await store.submit(job)
    await claimed(store)
    assert await store.claim("worker", SOON) is None
    assert len(await store.latest("acme", "ada", 10)) == 1


async def test_a_waiting_worker_gets_a_new_job_at_once(store: JobStore) -> None:
    waiting = asyncio.create_task(store.claim("worker", 2))
    job = await submitted(store)
    claim = await waiting
    assert claim is not None
    assert claim.job.id == job.id


async def test_another_users_job_is_not_found(store: JobStore) -> None:
    job = await submitted(store)
    for tenant, user in (("acme", "bob"), ("other", "ada")):
        with pytest.raises(NotFound):
            await store.get(tenant, user, job.id)
        with pytest.raises(NotFound):
            await store.cancel(tenant, user, job.id)
        assert await store.latest(tenant, user, 10) == []


async def test_the_latest_jobs_come_first(store: JobStore) -> None:
    jobs = [await submitted(store, created_at=float(second)) for second in range(3)]
    assert [job.id for job in await store.latest("acme", "ada", 2)] == [jobs[2].id, jobs[1].id]


async def test_too_many_unfinished_jobs_are_refused_until_one_ends(store: JobStore) -> None:
    for _ in range(MAX_UNFINISHED):
        await submitted(store)
    with pytest.raises(ResourceExhausted, match="3 of your lessons"):
        await submitted(store)
    await submitted(store, user="bob")
    await store.finish(await claimed(store), JobState.LIVE)
    await submitted(store)


async def test_one_users_jobs_run_in_order_and_others_beside_them(store: JobStore) -> None:
    first, second = await submitted(store), await submitted(store)
    of_bob = await submitted(store, user="bob")
    claim = await claimed(store)
    assert [claim.job.id, (await claimed(store)).job.id] == [first.id, of_bob.id]
    assert await store.claim("worker", SOON) is None
    await store.finish(claim, JobState.FAILED, error="It broke.")
    assert (await claimed(store)).job.id == second.id


async def test_two_workers_never_hold_the_same_job(store: JobStore, client: Redis) -> None:
    other = JobStore(client, lease_seconds=60, max_unfinished_per_user=MAX_UNFINISHED, keep_seconds=KEEP_SECONDS)
    jobs = {(await submitted(store, user=f"user{number}")).id for number in range(20)}

    async def work(one: JobStore, owner: str) -> list[str]:
        done = []
        while claim := await one.claim(owner, SOON):
            done.append(claim.job.id)
            await one.finish(claim, JobState.LIVE)
        return done

    by_a, by_b = await asyncio.gather(work(store, "a"), work(other, "b"))
    assert sorted([*by_a, *by_b]) == sorted(jobs)


async def test_changes_are_stored_and_told(store: JobStore, client: Redis) -> None:
    job = await submitted(store)
    claim = await store.record(await claimed(store), state=JobState.PREPARING, progress=10, started_at=1.5)
    claim = await store.record(claim, detail={"step": 3}, state=JobState.TRAINING, progress=40, dataset_key="a/b")
    await store.finish(claim, JobState.LIVE, version="v-1", progress=100, gate={"recall": 1.0})
    stored = await store.get("acme", "ada", job.id)
    assert (stored.state, stored.version, stored.dataset_key) == (JobState.LIVE, "v-1", "a/b")
    assert (stored.started_at, stored.gate, stored.progress) == (1.5, {"recall": 1.0}, 100)
    assert stored.finished_at is not None
    events = await events_of(client, job)
    assert [event.state for _, event in events] == ["QUEUED", "PREPARING", "TRAINING", "LIVE"]
    assert events[2][1].detail == {"step": 3}
    assert await events_of(client, job, after=events[1][0]) == events[2:]


async def test_a_leased_job_is_not_handed_out_again(store: JobStore) -> None:
    await submitted(store)
    await claimed(store)
    assert await store.claim("other", SOON) is None


async def test_an_expired_lease_lets_another_worker_go_on_where_the_first_stood(
    store: JobStore, late_store: JobStore
) -> None:
    await submitted(store)
    lost = await store.record(await claimed(store), state=JobState.TRAINING, dataset_key="a/b")
    found = await claimed(late_store, "other")
    assert found.job == lost.job


async def test_a_lost_lease_cannot_write(store: JobStore, late_store: JobStore) -> None:
    job = await submitted(store)
    lost = await claimed(store)
    found = await claimed(late_store, "other")
    for attempt in (
        store.renew(lost),
        store.release(lost),
        store.record(lost, progress=50),
        store.finish(lost, JobState.FAILED, error="stale"),
    ):
        with pytest.raises(ClaimLostError):
            await attempt
    assert (await store.get("acme", "ada", job.id)).state is JobState.QUEUED
    await store.finish(found, JobState.LIVE)


async def test_the_same_owner_claiming_anew_shuts_its_former_self_out(store: JobStore, late_store: JobStore) -> None:
    await submitted(store)
    lost, found = await claimed(store, "worker"), await claimed(late_store, "worker")
    assert lost.lease != found.lease
    with pytest.raises(ClaimLostError):
        await store.renew(lost)


async def test_renewing_keeps_the_lease(client: Redis, store: JobStore) -> None:
    await submitted(store)
    claim = await claimed(store)
    await client.xclaim(scripts.STREAM, scripts.GROUP, scripts.CONSUMER, 0, [await _entry(client)], idle=120_000)
    assert await store.renew(claim) is False
    assert await store.claim("other", SOON) is None


async def test_without_renewal_the_lease_ends(client: Redis, store: JobStore) -> None:
    await submitted(store)
    await claimed(store)
    await client.xclaim(scripts.STREAM, scripts.GROUP, scripts.CONSUMER, 0, [await _entry(client)], idle=120_000)
    assert await store.claim("other", SOON) is not None


async def test_a_released_job_is_handed_out_at_once(store: JobStore) -> None:
    job = await submitted(store)
    await store.release(await claimed(store))
    assert (await claimed(store, "other")).job.id == job.id


async def test_an_expired_job_is_found_behind_many_leased_ones(client: Redis, store: JobStore) -> None:
    for number in range(15):
        await submitted(store, user=f"user{number}")
    claims = [await claimed(store) for _ in range(15)]
    await store.release(claims[-1])
    assert (await claimed(store)).job.id == claims[-1].job.id


async def test_a_finished_job_finishes_once(store: JobStore, client: Redis) -> None:
    job = await submitted(store)
    claim = await claimed(store)
    await store.finish(claim, JobState.LIVE, version="v-1")
    with pytest.raises(ClaimLostError):
        await store.finish(claim, JobState.FAILED, error="again")
    assert (await store.get("acme", "ada", job.id)).state is JobState.LIVE
    assert sum(event.is_last for _, event in await events_of(client, job)) == 1


async def test_a_finished_job_leaves_nothing_in_the_queue(store: JobStore, client: Redis) -> None:
    await submitted(store)
    await store.finish(await claimed(store), JobState.LIVE)
    assert await client.xlen(scripts.STREAM) == 0
    assert (await client.xpending(scripts.STREAM, scripts.GROUP))["pending"] == 0


async def test_a_queued_job_is_cancelled_at_once_and_the_next_one_runs(store: JobStore) -> None:
    first, second = await submitted(store), await submitted(store)
    assert (await store.cancel("acme", "ada", first.id)).state is JobState.CANCELLED
    assert (await claimed(store)).job.id == second.id


async def test_cancelling_behind_the_head_keeps_the_order(store: JobStore) -> None:
    first, second, third = [await submitted(store) for _ in range(3)]
    claim = await claimed(store)
    await store.cancel("acme", "ada", second.id)
    assert claim.job.id == first.id
    assert await store.claim("worker", SOON) is None
    await store.finish(claim, JobState.LIVE)
    assert (await claimed(store)).job.id == third.id


async def test_a_running_job_hears_of_its_cancel(store: JobStore, late_store: JobStore) -> None:
    job = await submitted(store)
    claim = await claimed(store)
    assert await store.renew(claim) is False
    assert (await store.cancel("acme", "ada", job.id)).cancel_requested
    assert await store.renew(claim) is True
    assert (await claimed(late_store)).job.cancel_requested


async def test_cancelling_a_finished_job_changes_nothing(store: JobStore) -> None:
    job = await submitted(store)
    await store.finish(await claimed(store), JobState.LIVE)
    assert (await store.cancel("acme", "ada", job.id)).state is JobState.LIVE


async def test_only_finished_jobs_are_forgotten_after_a_while(store: JobStore, client: Redis) -> None:
    ended, cancelled, waiting = [await submitted(store) for _ in range(3)]
    await store.finish(await claimed(store), JobState.LIVE)
    await store.cancel("acme", "ada", cancelled.id)
    for job in (ended, cancelled):
        for key in (f"job:{job.id}", events_key(job.id)):
            assert 0 < await client.ttl(key) <= KEEP_SECONDS
    for key in (f"job:{waiting.id}", events_key(waiting.id)):
        assert await client.ttl(key) == -1


async def test_jobs_whose_records_are_gone_take_no_place_in_lists(store: JobStore, client: Redis) -> None:
    old, gone, new = [await submitted(store, created_at=float(at)) for at in range(3)]
    await client.expire(f"job:{gone.id}", 0)
    assert [job.id for job in await store.latest("acme", "ada", 2)] == [new.id, old.id]
    assert await client.zcard("jobs:acme:ada") == 2
    with pytest.raises(NotFound):
        await store.get("acme", "ada", gone.id)


async def test_without_redis_users_hear_it_and_workers_lose_their_claims() -> None:
    async with open_redis("redis://127.0.0.1:1/0") as nowhere:
        store = JobStore(nowhere, lease_seconds=60, max_unfinished_per_user=MAX_UNFINISHED, keep_seconds=KEEP_SECONDS)
        with pytest.raises(Unavailable):
            await store.submit(new_job())
        with pytest.raises(Unavailable):
            await store.claim("worker", SOON)
        with pytest.raises(ClaimLostError):
            await store.renew(Claim(new_job(), "worker/1"))


async def _entry(client: Redis) -> str:
    (entry,) = await client.xpending_range(scripts.STREAM, scripts.GROUP, "-", "+", 1)
    return str(entry["message_id"])
