"""The operator's lists of jobs on a real Redis: each job is in the one group where it stands, as long as it is kept."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from services.common.errors import InvalidArgument, NotFound
from services.common.identifiers import new_job_id
from services.gateway.learning.jobs import JobState
from services.gateway.learning.scripts import index_key
from services.gateway.learning.store import JobStore, job_key
from services.gateway.operating.jobs import JobGroup, JobLedger
from services.gateway.redis_access import open_redis
from tests.contract.test_job_store import KEEP_SECONDS, MAX_UNFINISHED, claimed, new_job, submitted


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
def ledger(client: Redis) -> JobLedger:
    return JobLedger(client)


async def test_a_job_is_always_in_one_group(store: JobStore, ledger: JobLedger) -> None:
    job = await submitted(store)
    seen = [await _groups_of(ledger, job.id)]
    claim = await store.record(await claimed(store), state=JobState.PREPARING)
    seen.append(await _groups_of(ledger, job.id))
    claim = await store.record(claim, state=JobState.TRAINING, progress=30)
    seen.append(await _groups_of(ledger, job.id))
    await store.finish(claim, JobState.FAILED, error="It said Biscuit.", error_code="AWAY")
    seen.append(await _groups_of(ledger, job.id))
    assert seen == [[JobGroup.QUEUED], [JobGroup.RUNNING], [JobGroup.RUNNING], [JobGroup.FAILED]]
    notice = await ledger.get(job.id)
    assert (notice.tenant, notice.user, notice.progress, notice.error_code) == ("acme", "ada", 30, "AWAY")
    assert "Biscuit" not in str(notice)


async def test_what_is_no_longer_kept_is_not_listed(client: Redis, store: JobStore, ledger: JobLedger) -> None:
    jobs = [await submitted(store, user) for user in ("ada", "bob", "eve")]
    await client.delete(job_key(jobs[1].id))
    page = await ledger.page(JobGroup.QUEUED, 10)
    assert [one.id for one in page] == [jobs[2].id, jobs[0].id]
    assert (await ledger.counts())[JobGroup.QUEUED] == 2
    with pytest.raises(NotFound):
        await ledger.get(jobs[1].id)
    with pytest.raises(InvalidArgument):
        await ledger.page(JobGroup.QUEUED, 10, after=new_job_id())


async def test_ends_that_are_older_than_their_records_go(client: Redis, store: JobStore, ledger: JobLedger) -> None:
    old = new_job("ada", created_at=1.0)
    for job in (old, new_job("bob")):
        await store.submit(job)
        await store.finish(await claimed(store), JobState.LIVE)
    assert await client.zscore(index_key(JobGroup.LIVE), old.id) is None
    assert (await ledger.counts())[JobGroup.LIVE] == 1


async def test_a_page_goes_on_behind_a_job_that_has_left_the_group(store: JobStore, ledger: JobLedger) -> None:
    jobs = [await submitted(store, user) for user in ("ada", "bob", "eve")]
    page = await ledger.page(JobGroup.QUEUED, 2)
    await store.cancel("acme", "bob", jobs[1].id)
    rest = await ledger.page(JobGroup.QUEUED, 2, after=page[-1].id)
    assert [one.id for one in page] == [jobs[2].id, jobs[1].id]
    assert [one.id for one in rest] == [jobs[0].id]


async def _groups_of(ledger: JobLedger, job_id: str) -> list[JobGroup]:
    return [group for group in JobGroup if job_id in {one.id for one in await ledger.page(group, 10)}]
