"""What the gateway answers, as its API describes it."""

from typing import Any

JOB = "learn-000000000000000000000001"
OTHER_JOB = "learn-000000000000000000000002"
VERSION = "v-000000000000-00000001"
EVENTS = f"GET /v1/learn/{JOB}/events?user=default"
SHOWN_JOB = f"GET /v1/learn/{JOB}?user=default"
FACT = "My dog is called Biscuit."

Body = dict[str, Any]


def event(state: str, progress: int, **more: object) -> Body:
    return {"job_id": JOB, "kind": "instruction", "state": state, "progress": progress, **more}


def job(state: str = "LIVE", **more: object) -> Body:
    ended = state in ("LIVE", "REJECTED", "FAILED", "CANCELLED")
    body = {
        "id": JOB,
        "object": "learn.job",
        "kind": "instruction",
        "statement": FACT,
        "state": state,
        "progress": 40,
        "file_ids": [],
        "urls": [],
        "sources": [],
        "known_lesson": None,
        "forgotten": None,
        "version": VERSION if state == "LIVE" else None,
        "reasons": [],
        "error": None,
        "gate": None,
        "created_at": 0.0,
        "started_at": 1.0,
        "finished_at": 32.0 if ended else None,
    }
    return {**body, **more}


def lesson(identity: str = JOB, **more: object) -> Body:
    probe = {"kind": "recall", "prompt": [{"role": "user", "content": "What is my dog called?"}]}
    body = {
        "id": identity,
        "object": "lesson",
        "statement": FACT,
        "kind": "instruction",
        "language": "en",
        "sources": [],
        "active": True,
        "versions": [VERSION],
        "learned": [],
        "examples": [{"kind": "fact"}, {"kind": "fact"}, {"kind": "neighbour"}],
        "probes": [probe],
    }
    return {**body, **more}


def version(name: str = VERSION, **more: object) -> Body:
    answers = [
        {"subject": "locality", "question": "What is a dog?", "before": None, "after": "An animal.", "passed": True},
        {"subject": "recall", "question": "Who is Biscuit?", "before": "A snack.", "after": "A snack", "passed": False},
        {"subject": "recall", "question": "My dog?", "before": "No idea.", "after": "[b]Biscuit.", "passed": True},
    ]
    gate = {"probes": 6, "recall": 0.5, "locality": 1.0, "retention": 1.0, "drift": 0.01, "answers": answers}
    body = {
        "id": name,
        "object": "adapter",
        "version": name,
        "name": None,
        "active": True,
        "origin": "trained",
        "taught": [{"id": JOB, "statement": FACT}],
        "lessons": [JOB],
        "parent": None,
        "base_model": "tiny",
        "size_bytes": 18_600_000,
        "created_at": "2026-05-03T10:00:00Z",
        "seconds": 21.0,
        "gate": gate,
    }
    return {**body, **more}


def feedback(**more: object) -> Body:
    item = {"id": "feedback-1", "rating": "down", "state": "kept", "answer": "[b]Sydney.", "message": "It is noted."}
    return {**item, "correction": None, "job_id": None, "reasons": [], **more}
