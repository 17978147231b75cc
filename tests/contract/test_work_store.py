"""The works' store on a real Redis: one writer at a time, one unfinished work per user, one terminal state."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis

from services.common.errors import AlreadyExists, NotFound, ResourceExhausted, Unavailable
from services.gateway.learning.store import ClaimLostError
from services.gateway.redis_access import open_redis
from services.gateway.works.events import WorkEvents
from services.gateway.works.store import WorkClaim, WorkStore
from services.gateway.works.work import Section, Work, WorkState, event_of, new_work_id

SOON = 0.05
MOST_WORKS = 2
WRITTEN = (Section("Maren keeps the light.", 1.0),)


@pytest.fixture
async def client(redis: Redis, redis_url: str) -> AsyncIterator[Redis]:
    async with open_redis(redis_url) as client:
        yield client


@pytest.fixture
def store(client: Redis) -> WorkStore:
    return WorkStore(client, lease_seconds=60, most_works=MOST_WORKS)


@pytest.fixture
def late_store(client: Redis) -> WorkStore:
    """A worker whose own leases run out at once."""
    return WorkStore(client, lease_seconds=0, most_works=MOST_WORKS)


async def submitted(store: WorkStore, user: str = "ada") -> Work:
    work = Work(new_work_id(), "acme", user, "Skerrow", "Write.", ("a", "b"), 99, True, time.time())
    await store.submit(work)
    return work


async def claimed(store: WorkStore, owner: str = "worker") -> WorkClaim:
    claim = await store.claim(owner, SOON)
    assert claim is not None
    return claim


async def events_of(client: Redis, work: Work) -> list[Any]:
    return [found[1] async for found in WorkEvents(client, outage_seconds=1).follow(work.id) if found is not None]


async def test_a_claimed_work_is_the_one_submitted_and_nobody_elses(store: WorkStore) -> None:
    work = await submitted(store)
    assert (await claimed(store)).job == work
    assert await store.claim("other", SOON) is None


async def test_what_is_recorded_outlives_the_writer(store: WorkStore, late_store: WorkStore) -> None:
    work = await submitted(store)
    dead = await claimed(late_store, "dead")
    await late_store.record(dead, sections=WRITTEN)
    heir = await claimed(store, "heir")
    assert heir.job.sections == WRITTEN
    for write in (store.record(dead, error="x"), store.finish(dead, WorkState.FAILED), store.renew(dead)):
        with pytest.raises(ClaimLostError):
            await write
    assert (await store.get("acme", "ada", work.id)).sections == WRITTEN


async def test_a_work_that_is_given_back_is_claimed_at_once(store: WorkStore) -> None:
    await submitted(store)
    await store.release(await claimed(store, "leaving"))
    assert await store.claim("coming", SOON) is not None


async def test_a_user_has_one_unfinished_work_and_not_more_than_may_be_kept(store: WorkStore) -> None:
    for _ in range(MOST_WORKS):
        await submitted(store)
        with pytest.raises(AlreadyExists):
            await submitted(store)
        await store.finish(await claimed(store), WorkState.DONE)
    await submitted(store, "bob")
    with pytest.raises(ResourceExhausted, match=f"{MOST_WORKS} of your works"):
        await submitted(store)
    await store.delete("acme", "ada", (await store.all("acme", "ada"))[0].id)
    await submitted(store)


async def test_the_last_event_has_the_terminal_state(store: WorkStore, client: Redis) -> None:
    work = await submitted(store)
    claim = await claimed(store)
    claim = await store.record(claim, event_of(replace(work, sections=WRITTEN), section=1), sections=WRITTEN)
    await store.finish(claim, WorkState.DONE)
    events = await events_of(client, work)
    assert [(event.section, event.state) for event in events] == [(0, "WRITING"), (1, "WRITING"), (0, "DONE")]
    assert await store.claim("anybody", SOON) is None


async def test_a_work_that_nobody_has_begun_is_cancelled_at_once(store: WorkStore, client: Redis) -> None:
    work = await submitted(store)
    assert (await store.cancel("acme", "ada", work.id)).state is WorkState.CANCELLED
    assert (await events_of(client, work))[-1].is_last
    assert await store.claim("anybody", SOON) is None
    await submitted(store)


async def test_a_work_that_is_being_written_hears_of_the_cancel(store: WorkStore) -> None:
    work = await submitted(store)
    claim = await claimed(store)
    assert not await store.renew(claim)
    assert (await store.cancel("acme", "ada", work.id)).state is WorkState.WRITING
    assert await store.renew(claim)


async def test_what_was_forgotten_is_not_brought_back_by_the_writer(store: WorkStore) -> None:
    work = await submitted(store)
    first = replace(WRITTEN[0], lesson=work.lesson_of(0), lesson_state="LIVE")
    claim = await store.record(await claimed(store), sections=(first,))
    assert await store.forget("acme", "ada", first.lesson, []) == 1
    assert await store.holding("acme", "ada", first.lesson) == []
    await store.record(claim, sections=(first, *WRITTEN))
    kept = (await store.get("acme", "ada", work.id)).sections
    assert [(one.text, one.forgotten) for one in kept] == [("", True), (WRITTEN[0].text, False)]


async def test_a_work_of_another_user_or_tenant_is_not_found(store: WorkStore) -> None:
    work = await submitted(store)
    for tenant, user in (("acme", "bob"), ("other", "ada")):
        with pytest.raises(NotFound):
            await store.get(tenant, user, work.id)


async def test_without_redis_users_are_told_and_writers_lose_their_claim() -> None:
    async with open_redis("redis://127.0.0.1:1/0") as nowhere:
        store = WorkStore(nowhere, lease_seconds=1, most_works=1)
        work = Work(new_work_id(), "acme", "ada", "T", "B", ("a", "b"), 99, True, 0.0)
        with pytest.raises(Unavailable):
            await store.submit(work)
        with pytest.raises(ClaimLostError):
            await store.record(WorkClaim(work, "lease"), error="x")
