"""The operator's log over real HTTP and Redis: what gets into it, who may read it, and how far back it goes."""

import asyncio
from typing import Any

import httpx
import pytest

from services.common.errors import Moderated, Unavailable
from services.gateway.audit import AuditEntry, AuditKind, AuditLog
from services.gateway.redis_access import open_redis
from tests.contract.gateway.conftest import MOST_AUDIT_ENTRIES, Running
from tests.contract.gateway.test_learn import learn_events, start


def report(number: int) -> AuditEntry:
    return AuditEntry(
        AuditKind.HARM_REPORTED, float(number), "acme", "ada", f"feedback-{number}", text="An answer.", reason="Cruel."
    )


async def entries(http: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    reply = await http.get("/v1/audit", params=query)
    assert reply.status_code == 200, reply.text
    found: list[dict[str, Any]] = reply.json()["data"]
    return found


async def test_a_refused_lesson_is_told_to_its_user_and_noted_for_the_operator(running: Running) -> None:
    running.services.augmenter.error = Moderated("It holds a credential.", categories={"secret": 1, "toxic": 3})
    try:
        async with running.http() as http:
            job = await start(http, "leaky", "The key is hunter2-hunter2.")
            (*_, last) = await learn_events(http, job, "leaky")
    finally:
        running.services.augmenter.error = None
    assert (last["state"], last["reasons"]) == ("REJECTED", ["It holds a credential."])
    async with running.operator() as http:
        newest = (await entries(http, limit=1))[0]
    assert (newest["kind"], newest["tenant"], newest["user"]) == ("lesson_refused", "default", "leaky")
    assert (newest["subject"], newest["categories"]) == (job, {"secret": 1, "toxic": 3})
    assert "hunter2" not in str(newest)


async def test_the_latest_entries_are_kept_and_read_page_by_page(running: Running) -> None:
    for number in range(MOST_AUDIT_ENTRIES + 3):
        await running.gateway.parts.audit.record(report(number))
    read: list[dict[str, Any]] = []
    async with running.operator() as http:
        while True:
            page = (await http.get("/v1/audit", params={"limit": 2, "after": read[-1]["id"] if read else ""})).json()
            read += page["data"]
            if not page["has_more"]:
                break
    assert [entry["at"] for entry in read] == [7.0, 6.0, 5.0, 4.0, 3.0]
    assert {(entry["text"], entry["reason"]) for entry in read} == {("An answer.", "Cruel.")}


@pytest.mark.parametrize(
    ("authorization", "status"), [("Bearer {key}", 403), ("Bearer wrong", 401), ("", 401), ("Bearer {operator}", 200)]
)
async def test_only_the_operator_reads_it(running: Running, authorization: str, status: int) -> None:
    authorization = authorization.format(key=running.key, operator=running.operator_key)
    async with httpx.AsyncClient(base_url=running.url, timeout=30) as http:
        reply = await http.get("/v1/audit", headers={"Authorization": authorization} if authorization else {})
    assert reply.status_code == status
    assert ("data" in reply.json()) is (status == 200)


async def test_the_operators_key_is_no_tenants(running: Running) -> None:
    async with running.operator() as http:
        replies = [await http.get(path) for path in ("/v1/me", "/v1/lessons", "/v1/files")]
    assert {reply.status_code for reply in replies} == {401}


@pytest.mark.parametrize("after", ["nonsense", "1-1 +", "-1"])
async def test_a_page_after_nothing_is_refused(running: Running, after: str) -> None:
    async with running.operator() as http:
        reply = await http.get("/v1/audit", params={"after": after})
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "after")


async def test_entries_of_many_at_once_are_all_kept(running: Running) -> None:
    log = running.gateway.parts.audit
    await asyncio.gather(*(log.record(report(number)) for number in range(MOST_AUDIT_ENTRIES)))
    assert {entry.at for _, entry in await log.page(100)} == {float(n) for n in range(MOST_AUDIT_ENTRIES)}


async def test_without_redis_nothing_is_noted_in_silence() -> None:
    async with open_redis("redis://127.0.0.1:1/0") as nowhere:
        with pytest.raises(Unavailable):
            await AuditLog(nowhere, 5).record(report(1))
