"""/v1/operator: what runs, who uses it and how their jobs go, for who runs Lorelei. Never what people wrote."""

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from services.common.errors import InvalidArgument
from services.common.identifiers import JOB_ID_PATTERN, NAME_PATTERN, check_job_id
from services.gateway.api.callers import OPERATORS_ONLY, check_operator
from services.gateway.api.parts import GatewayParts, Parts
from services.gateway.audit import AuditEntry, AuditKind
from services.gateway.operating.fleet import Replica
from services.gateway.operating.jobs import JobGroup, JobNotice

router = APIRouter(
    prefix="/v1/operator", tags=["operator"], dependencies=[Depends(check_operator)], responses=OPERATORS_ONLY
)

_CODES = {
    "INTERNAL": "Something went wrong inside; the logs of the services tell what.",
    "UNAVAILABLE": "A service was away for longer than a job waits.",
    "DEADLINE_EXCEEDED": "A service did not answer in time.",
    "RESOURCE_EXHAUSTED": "A queue or a quota was full for longer than a job waits.",
    "FAILED_PRECONDITION": "What was sent cannot be learned as it is.",
    "INVALID_ARGUMENT": "What was sent cannot be learned as it is.",
    "ABORTED": "The user's version changed meanwhile.",
}

Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("/overview", summary="See what runs")
async def show_overview(parts: Parts) -> dict[str, Any]:
    """Every replica with what it uses, the adapters that are resident, jobs by state, and whether learning is paused.

    What a replica uses is measured now; what a gateway uses, within the last seconds. Needs the operator's key.
    """
    services = {"gateway": await parts.presence.gateways(), **await parts.fleet.replicas()}
    return {
        "object": "operator.overview",
        "at": time.time(),
        "learning": await _learning(parts),
        "jobs": await parts.ledger.counts(),
        "services": {name: [_replica(one) for one in replicas] for name, replicas in services.items()},
    }


@router.get("/tenants", summary="List tenants")
async def list_tenants(
    parts: Parts, limit: Limit = 100, after: Annotated[str, Query(description="Last tenant of the page before.")] = ""
) -> dict[str, Any]:
    """All tenants by name, with the number of their users. Needs the operator's key."""
    found = await parts.users.tenants(limit + 1, after)
    return _page([{"id": one.tenant, "object": "operator.tenant", **asdict(one)} for one in found], limit)


@router.get("/tenants/{tenant}/users", summary="List a tenant's users")
async def list_users(
    tenant: Annotated[str, Path(description="Name of a tenant.", json_schema_extra={"pattern": NAME_PATTERN})],
    parts: Parts,
    limit: Limit = 100,
    after: Annotated[str, Query(description="Last user of the page before.")] = "",
) -> dict[str, Any]:
    """The users of whom anything was kept, by name: their version, how many lessons it knows, open jobs.

    Needs the operator's key.
    """
    found = await parts.users.of_tenant(tenant, limit + 1, after)
    return _page([{"id": one.user, "object": "operator.user", **asdict(one)} for one in found], limit)


@router.get("/jobs", summary="List jobs of all tenants")
async def list_jobs(
    parts: Parts,
    state: Annotated[JobGroup, Query(description="Which jobs.")] = JobGroup.RUNNING,
    limit: Limit = 100,
    after: Annotated[str, Query(description="Id of the last job of the page before.")] = "",
) -> dict[str, Any]:
    """Jobs, newest first: whose, of which kind, how far, and why they failed. Needs the operator's key."""
    found = await parts.ledger.page(state, limit + 1, _checked(after, "after") if after else "")
    return _page([_job_body(one) for one in found], limit)


@router.post("/jobs/{job_id}/cancel", summary="Cancel anybody's job")
async def cancel_job(
    job_id: Annotated[str, Path(description="Id of a learn job.", json_schema_extra={"pattern": JOB_ID_PATTERN})],
    parts: Parts,
) -> dict[str, Any]:
    """Ask for a job's end, as its user can; one that has ended stays as it is. Needs the operator's key."""
    job = await parts.ledger.get(_checked(job_id, "id"))
    await _note(parts, AuditKind.JOB_CANCELLED, job.tenant, job.user, job.id)
    await parts.jobs.cancel(job.tenant, job.user, job.id)
    return _job_body(await parts.ledger.get(job.id))


@router.get("/learning", summary="Is learning paused?")
async def show_learning(parts: Parts) -> dict[str, Any]:
    """Whether learning is paused, and since when. Needs the operator's key."""
    return await _learning(parts)


@router.post("/learning/pause", summary="Pause learning")
async def pause_learning(parts: Parts) -> dict[str, Any]:
    """Let no further job begin, on any replica; those that run end, new ones wait. Needs the operator's key."""
    await _note(parts, AuditKind.LEARNING_PAUSED)
    await parts.pause.pause()
    return await _learning(parts)


@router.post("/learning/resume", summary="Go on with learning")
async def resume_learning(parts: Parts) -> dict[str, Any]:
    """Let jobs begin again. Needs the operator's key."""
    await _note(parts, AuditKind.LEARNING_RESUMED)
    await parts.pause.resume()
    return await _learning(parts)


def _checked(job_id: str, field: str) -> str:
    try:
        return check_job_id(job_id)
    except InvalidArgument as error:
        raise InvalidArgument(error.message, field=field) from error


async def _learning(parts: GatewayParts) -> dict[str, Any]:
    since = await parts.pause.since()
    return {"object": "operator.learning", "paused": since is not None, "paused_at": since}


async def _note(parts: GatewayParts, kind: AuditKind, tenant: str = "", user: str = "", job: str = "") -> None:
    """Write down what is about to be done, so that nothing is done unseen."""
    await parts.audit.record(AuditEntry(kind, time.time(), tenant, user, subject=job))


def _page(found: Sequence[dict[str, Any]], limit: int) -> dict[str, Any]:
    page = found[:limit]
    ends = {"first_id": page[0]["id"], "last_id": page[-1]["id"]} if page else {"first_id": None, "last_id": None}
    return {"object": "list", "data": page, **ends, "has_more": len(found) > limit}


def _replica(replica: Replica) -> dict[str, Any]:
    shown = asdict(replica)
    is_ready = shown.pop("ready")
    return {**shown, "state": "ready" if is_ready else "unavailable", "model": replica.model or None}


def _job_body(job: JobNotice) -> dict[str, Any]:
    shown = asdict(job)
    code = shown.pop("error_code")
    return {
        **shown,
        "object": "operator.job",
        "version": job.version or None,
        "gate": dict(job.gate) or None,
        "error": {"code": code.lower(), "message": _CODES.get(code)} if code else None,
    }
