"""What the operator sees in JSON: what runs, who uses it and how their jobs go. Never what people wrote."""

from typing import Literal

from typing_extensions import TypedDict

from services.common.resources import Resources
from services.gateway.api.pages import PageBody
from services.gateway.learning.jobs import JobKind, JobState
from services.gateway.operating.fleet import Replica, ResidentAdapter, TrainingQueue
from services.gateway.operating.jobs import JobGroup, JobNotice
from services.gateway.operating.users import TenantFigures, UserFigures

_CODES = {
    "INTERNAL": "Something went wrong inside; the logs of the services tell what.",
    "UNAVAILABLE": "A service was away for longer than a job waits.",
    "DEADLINE_EXCEEDED": "A service did not answer in time.",
    "RESOURCE_EXHAUSTED": "A queue or a quota was full for longer than a job waits.",
    "FAILED_PRECONDITION": "What was sent cannot be learned as it is.",
    "INVALID_ARGUMENT": "What was sent cannot be learned as it is.",
    "ABORTED": "The user's version changed meanwhile.",
}


class LearningBody(TypedDict):
    """Whether learning is paused, and since when, in seconds since the epoch."""

    object: Literal["operator.learning"]
    paused: bool
    paused_at: float | None


class ReplicaBody(TypedDict):
    """One process of a service; `adapters` and `model` are inference's, `training` is the trainer's."""

    name: str
    resources: Resources | None
    model: str | None
    adapters: list[ResidentAdapter]
    training: TrainingQueue | None
    state: Literal["ready", "unavailable"]


class OverviewBody(TypedDict):
    """What runs `at` a time, in seconds since the epoch: the number of jobs by state, the replicas by service."""

    object: Literal["operator.overview"]
    at: float
    learning: LearningBody
    jobs: dict[JobGroup, int]
    services: dict[str, list[ReplicaBody]]


class TenantBody(TypedDict):
    """A tenant, and how many users of it a lesson or a conversation was ever kept of."""

    id: str
    object: Literal["operator.tenant"]
    tenant: str
    users: int


class UserBody(TypedDict):
    """A user: the version in force, null for the base model, how many lessons it knows, versions and open jobs."""

    id: str
    object: Literal["operator.user"]
    tenant: str
    user: str
    active_version: str | None
    lessons: int
    versions: int
    unfinished_jobs: int


class JobErrorBody(TypedDict):
    """Why a job failed; `message` is null for a code that says it all."""

    code: str
    message: str | None


class OperatorJobBody(TypedDict):
    """A job; times are in seconds since the epoch, `progress` is in percent, `gate` are the gate's figures by name."""

    id: str
    object: Literal["operator.job"]
    tenant: str
    user: str
    kind: JobKind
    state: JobState
    progress: int
    cancel_requested: bool
    version: str | None
    gate: dict[str, float] | None
    error: JobErrorBody | None
    created_at: float
    started_at: float | None
    finished_at: float | None


class TenantPageBody(PageBody):
    """A page of tenants."""

    data: list[TenantBody]


class UserPageBody(PageBody):
    """A page of users."""

    data: list[UserBody]


class OperatorJobPageBody(PageBody):
    """A page of jobs, newest first."""

    data: list[OperatorJobBody]


def learning_body(since: float | None) -> LearningBody:
    """Whether learning is paused, as JSON; `since` is None where it is not."""
    return {"object": "operator.learning", "paused": since is not None, "paused_at": since}


def replica_body(replica: Replica) -> ReplicaBody:
    """The replica as JSON."""
    return {
        "name": replica.name,
        "resources": replica.resources,
        "model": replica.model or None,
        "adapters": list(replica.adapters),
        "training": replica.training,
        "state": "ready" if replica.ready else "unavailable",
    }


def tenant_body(figures: TenantFigures) -> TenantBody:
    """The tenant as JSON."""
    return {"id": figures.tenant, "object": "operator.tenant", "tenant": figures.tenant, "users": figures.users}


def user_body(figures: UserFigures) -> UserBody:
    """The user as JSON."""
    return {
        "id": figures.user,
        "object": "operator.user",
        "tenant": figures.tenant,
        "user": figures.user,
        "active_version": figures.active_version,
        "lessons": figures.lessons,
        "versions": figures.versions,
        "unfinished_jobs": figures.unfinished_jobs,
    }


def operator_job_body(job: JobNotice) -> OperatorJobBody:
    """The job as JSON."""
    code = job.error_code
    return {
        "id": job.id,
        "object": "operator.job",
        "tenant": job.tenant,
        "user": job.user,
        "kind": job.kind,
        "state": job.state,
        "progress": job.progress,
        "cancel_requested": job.cancel_requested,
        "version": job.version or None,
        "gate": dict(job.gate) or None,
        "error": {"code": code.lower(), "message": _CODES.get(code)} if code else None,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }
