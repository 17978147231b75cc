"""/v1/operator: what runs, who uses it and how their jobs go, for who runs Lorelei. Never what people wrote."""

import time
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from services.common.errors import InvalidArgument
from services.common.identifiers import JOB_ID_PATTERN, NAME_PATTERN, check_job_id
from services.gateway.api.callers import OPERATORS_ONLY, check_operator
from services.gateway.api.operator_bodies import (
    LearningBody,
    OperatorJobBody,
    OperatorJobPageBody,
    OverviewBody,
    TenantPageBody,
    UserPageBody,
    learning_body,
    operator_job_body,
    replica_body,
    tenant_body,
    user_body,
)
from services.gateway.api.pages import page_body
from services.gateway.api.parts import GatewayParts, Parts
from services.gateway.audit import AuditEntry, AuditKind
from services.gateway.operating.jobs import JobGroup

router = APIRouter(
    prefix="/v1/operator", tags=["operator"], dependencies=[Depends(check_operator)], responses=OPERATORS_ONLY
)

Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("/overview", summary="See what runs")
async def show_overview(parts: Parts) -> OverviewBody:
    """Every replica with what it uses, the adapters that are resident, jobs by state, and whether learning is paused.

    What a replica uses is measured now; what a gateway uses, within the last seconds. Needs the operator's key.
    """
    services = {"gateway": await parts.presence.gateways(), **await parts.fleet.replicas()}
    return {
        "object": "operator.overview",
        "at": time.time(),
        "learning": await _learning(parts),
        "jobs": await parts.ledger.counts(),
        "services": {name: [replica_body(one) for one in replicas] for name, replicas in services.items()},
    }


@router.get("/tenants", summary="List tenants")
async def list_tenants(
    parts: Parts, limit: Limit = 100, after: Annotated[str, Query(description="Last tenant of the page before.")] = ""
) -> TenantPageBody:
    """All tenants by name, with the number of their users. Needs the operator's key."""
    found = await parts.users.tenants(limit + 1, after)
    return {**page_body([one.tenant for one in found], limit), "data": [tenant_body(one) for one in found[:limit]]}


@router.get("/tenants/{tenant}/users", summary="List a tenant's users")
async def list_users(
    tenant: Annotated[str, Path(description="Name of a tenant.", json_schema_extra={"pattern": NAME_PATTERN})],
    parts: Parts,
    limit: Limit = 100,
    after: Annotated[str, Query(description="Last user of the page before.")] = "",
) -> UserPageBody:
    """The users of whom anything was kept, by name: their version, how many lessons it knows, open jobs.

    Needs the operator's key.
    """
    found = await parts.users.of_tenant(tenant, limit + 1, after)
    return {**page_body([one.user for one in found], limit), "data": [user_body(one) for one in found[:limit]]}


@router.get("/jobs", summary="List jobs of all tenants")
async def list_jobs(
    parts: Parts,
    state: Annotated[JobGroup, Query(description="Which jobs.")] = JobGroup.RUNNING,
    limit: Limit = 100,
    after: Annotated[str, Query(description="Id of the last job of the page before.")] = "",
) -> OperatorJobPageBody:
    """Jobs, newest first: whose, of which kind, how far, and why they failed. Needs the operator's key."""
    found = await parts.ledger.page(state, limit + 1, _checked(after, "after") if after else "")
    return {**page_body([one.id for one in found], limit), "data": [operator_job_body(one) for one in found[:limit]]}


@router.post("/jobs/{job_id}/cancel", summary="Cancel anybody's job")
async def cancel_job(
    job_id: Annotated[str, Path(description="Id of a learn job.", json_schema_extra={"pattern": JOB_ID_PATTERN})],
    parts: Parts,
) -> OperatorJobBody:
    """Ask for a job's end, as its user can; one that has ended stays as it is. Needs the operator's key."""
    job = await parts.ledger.get(_checked(job_id, "id"))
    await _note(parts, AuditKind.JOB_CANCELLED, job.tenant, job.user, job.id)
    await parts.jobs.cancel(job.tenant, job.user, job.id)
    return operator_job_body(await parts.ledger.get(job.id))


@router.get("/learning", summary="Is learning paused?")
async def show_learning(parts: Parts) -> LearningBody:
    """Whether learning is paused, and since when. Needs the operator's key."""
    return await _learning(parts)


@router.post("/learning/pause", summary="Pause learning")
async def pause_learning(parts: Parts) -> LearningBody:
    """Let no further job begin, on any replica; those that run end, new ones wait. Needs the operator's key."""
    await _note(parts, AuditKind.LEARNING_PAUSED)
    await parts.pause.pause()
    return await _learning(parts)


@router.post("/learning/resume", summary="Go on with learning")
async def resume_learning(parts: Parts) -> LearningBody:
    """Let jobs begin again. Needs the operator's key."""
    await _note(parts, AuditKind.LEARNING_RESUMED)
    await parts.pause.resume()
    return await _learning(parts)


def _checked(job_id: str, field: str) -> str:
    try:
        return check_job_id(job_id)
    except InvalidArgument as error:
        raise InvalidArgument(error.message, field=field) from error


async def _learning(parts: GatewayParts) -> LearningBody:
    return learning_body(await parts.pause.since())


async def _note(parts: GatewayParts, kind: AuditKind, tenant: str = "", user: str = "", job: str = "") -> None:
    """Write down what is about to be done, so that nothing is done unseen."""
    await parts.audit.record(AuditEntry(kind, time.time(), tenant, user, subject=job))
