"""/v1/fine_tuning/jobs: learning from a file of chat examples, as OpenAI's clients ask for it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.common.errors import InvalidArgument, NotFound
from services.common.identifiers import check_job_id
from services.gateway.api.callers import Caller, QueryCaller, Tenant, caller
from services.gateway.api.fine_tuning_bodies import (
    CheckpointListBody,
    FineTuningEventListBody,
    FineTuningJobBody,
    FineTuningJobListBody,
)
from services.gateway.api.fine_tuning_reply import fine_tuning_event_body, fine_tuning_job_body
from services.gateway.api.fine_tuning_request import FineTuningRequest
from services.gateway.api.parts import GatewayParts, Parts
from services.gateway.learning.events import check_event_id
from services.gateway.learning.jobs import JobKind, LearnJob

router = APIRouter(prefix="/v1/fine_tuning/jobs", tags=["fine-tuning"])

JobId = Annotated[str, Path(description="Id of a fine-tuning job.")]


Limit = Annotated[int, Query(ge=1, le=1000, description="Most items.")]
After = Annotated[str, Query(description="Id of the last item of the page before.")]
_ITEMS = 20


@router.post("", summary="Start a fine-tuning job")
async def create_job(request: FineTuningRequest, parts: Parts, tenant: Tenant) -> FineTuningJobBody:
    """Check the training file to its end, then queue a lesson of its examples; the job is also at /v1/learn/{id}."""
    who = caller(tenant, request.user)
    request.check()
    title, metadata = request.title(), request.checked_metadata()
    file = await parts.training_files.checked(who.tenant, who.user, request.file_id())
    job = await parts.desk.learn_examples(who.tenant, who.user, file, title, request.seed_or_new(), metadata)
    return fine_tuning_job_body(job)


@router.get("", summary="List fine-tuning jobs")
async def list_jobs(parts: Parts, who: QueryCaller, limit: Limit = _ITEMS, after: After = "") -> FineTuningJobListBody:
    """The user's fine-tuning jobs, newest first."""
    jobs = [job for job in await parts.jobs.latest(who.tenant, who.user, 0) if job.kind is JobKind.EXAMPLES]
    if after:
        ids = [job.id for job in jobs]
        if after not in ids:
            raise InvalidArgument("`after` must be the id of one of your fine-tuning jobs.", field="after")
        jobs = jobs[ids.index(after) + 1 :]
    shown = [fine_tuning_job_body(job) for job in jobs[:limit]]
    return {"object": "list", "data": shown, "has_more": len(jobs) > limit}


@router.get("/{job_id}", summary="Show a fine-tuning job")
async def show_job(job_id: JobId, parts: Parts, who: QueryCaller) -> FineTuningJobBody:
    """One of the user's fine-tuning jobs."""
    return fine_tuning_job_body(await _job(parts, who, job_id))


@router.post("/{job_id}/cancel", summary="Cancel a fine-tuning job")
async def cancel_job(job_id: JobId, parts: Parts, who: QueryCaller) -> FineTuningJobBody:
    """Ask for a job's end. One that has ended stays as it is; one that is published a moment later has succeeded."""
    job = await _job(parts, who, job_id)
    return fine_tuning_job_body(await parts.jobs.cancel(who.tenant, who.user, job.id))


@router.get("/{job_id}/events", summary="List the events of a fine-tuning job")
async def list_events(
    job_id: JobId, parts: Parts, who: QueryCaller, limit: Limit = _ITEMS, after: After = ""
) -> FineTuningEventListBody:
    """What has happened so far, newest first; each step with its loss."""
    job = await _job(parts, who, job_id)
    if after:
        _check_after(after)
    found = await parts.events.latest(job.id, limit + 1, before=after)
    shown = [fine_tuning_event_body(event_id, event) for event_id, event in found[:limit]]
    return {"object": "list", "data": shown, "has_more": len(found) > limit}


@router.get("/{job_id}/checkpoints", summary="List the checkpoints of a fine-tuning job")
async def list_checkpoints(job_id: JobId, parts: Parts, who: QueryCaller) -> CheckpointListBody:
    """None: only the version that passed the gate is kept."""
    await _job(parts, who, job_id)
    return {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}


async def _job(parts: GatewayParts, who: Caller, job_id: str) -> LearnJob:
    """The caller's fine-tuning job, or NotFound, also for a job of another kind."""
    try:
        job = await parts.jobs.get(who.tenant, who.user, check_job_id(job_id))
    except InvalidArgument as error:
        raise InvalidArgument(error.message, field="id") from error
    if job.kind is not JobKind.EXAMPLES:
        raise NotFound(f"You have no fine-tuning job {job_id}.", field="id")
    return job


def _check_after(event_id: str) -> None:
    try:
        check_event_id(event_id)
    except InvalidArgument as error:
        raise InvalidArgument("`after` must be the id of an event of this job.", field="after") from error
