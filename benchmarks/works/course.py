"""Has a text learned section by section on a running platform. Knows nothing of how answers are judged."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.documents.exam import Question
from benchmarks.documents.platform import Platform

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Learned:
    """One section: its text, how its lesson ended after how many seconds, and what is asked about it."""

    text: str
    state: str
    write_seconds: float
    learn_seconds: float
    facts: tuple[str, ...]
    questions: tuple[Question, ...]


class WorkPlatform(Platform):
    """The platform's API for long works."""

    def write(self, user: str, wanted: dict[str, Any]) -> dict[str, Any]:
        """Let a work be written and return it when it has ended."""
        reply = self._http.post("/works", json={**wanted, "user": user})
        work_id = reply.raise_for_status().json()["id"]
        with self._http.stream("GET", f"/works/{work_id}/events", params={"user": user}) as events:
            events.raise_for_status()
            for _ in events.iter_lines():
                pass
        return self._get(f"/works/{work_id}", user)

    def job(self, user: str, job_id: str) -> dict[str, Any]:
        """The record of a learn job."""
        return self._get(f"/learn/{job_id}", user)


def own_text(platform: WorkPlatform, user: str, sections: int) -> list[Learned]:
    """The model writes; the questions are the held-out probes of each section's own lesson."""
    case = json.loads((CASES / "own.json").read_text(encoding="utf-8"))
    work = platform.write(user, {**case, "outline": case["outline"][:sections]})
    return [_section(platform, user, section) for section in work["sections"]]


def given_text(platform: WorkPlatform, user: str, sections: int) -> list[Learned]:
    """A text of ours is learned as if the model had written it; the questions are ours, and no lesson saw them."""
    case = json.loads((CASES / "skerrow.json").read_text(encoding="utf-8"))
    found = []
    for number, section in enumerate(case["sections"][:sections], start=1):
        written = [
            {"role": "user", "content": f"Write part {number} of “{case['title']}”."},
            {"role": "assistant", "content": section["text"]},
        ]
        learned = platform.learn(user, text="Remember what you just wrote.", messages=written)
        questions = tuple(Question(one["q"], tuple(one["keys"])) for one in section["questions"])
        found.append(
            Learned(
                section["text"],
                learned.job["state"],
                0.0,
                learned.total_seconds,
                _facts(platform, user, learned.job),
                questions,
            )
        )
    return found


def _section(platform: WorkPlatform, user: str, section: dict[str, Any]) -> Learned:
    job = platform.job(user, section["lesson"])
    live = job["state"] == "LIVE" and not job["known_lesson"]
    probes = platform.lesson(user, job["id"])["probes"] if live else []
    asked = [
        Question(probe["prompt"][-1]["content"], tuple(probe["expected"]))
        for probe in probes
        if probe["kind"] == "recall"
    ]
    return Learned(
        section["text"],
        job["state"],
        section["seconds"],
        job["finished_at"] - job["created_at"],
        _facts(platform, user, job),
        tuple(asked),
    )


def _facts(platform: WorkPlatform, user: str, job: dict[str, Any]) -> tuple[str, ...]:
    if job["state"] != "LIVE" or job["known_lesson"]:
        return ()
    return tuple(fact["text"] for fact in platform.lesson(user, job["id"])["learned"])
