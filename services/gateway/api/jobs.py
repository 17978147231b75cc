"""How a job looks in JSON, whatever it does."""

from dataclasses import asdict
from typing import Any

from services.gateway.learning.jobs import LearnJob


def job_body(job: LearnJob) -> dict[str, Any]:
    """The job as JSON."""
    return {
        "id": job.id,
        "object": "learn.job",
        "user": job.user,
        "kind": job.kind,
        "statement": job.statement,
        "file_ids": [file.id for file in job.files],
        "urls": list(job.urls),
        "writings": [writing.title for writing in job.writings],
        "corrections": len(job.preferences),
        "sources": [asdict(source) for source in job.sources],
        "known_lesson": job.known_lesson or None,
        "lessons": list(job.lessons),
        "forgotten": job.forgotten or None,
        "name": job.title or None,
        "state": job.state,
        "progress": job.progress,
        "cancel_requested": job.cancel_requested,
        "version": job.version or None,
        "reasons": list(job.reasons),
        "error": job.error or None,
        "gate": dict(job.gate) or None,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }
