"""The running platform's public API, as far as learning from documents needs it. Knows no cases."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from openai import OpenAI

_SECONDS = 3600.0
REPLY_TOKENS = 60


@dataclass
class Learned:
    """How a lesson ended: its state, the seconds spent in each state before, and its record."""

    job: dict[str, Any]
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def total_seconds(self) -> float:
        """From the request to the end."""
        return float(self.job["finished_at"] - self.job["created_at"])


class Platform:
    """Speaks for one tenant; every failure is raised as the clients' own error."""

    def __init__(self, url: str, key: str) -> None:
        self._client = OpenAI(base_url=f"{url}/v1", api_key=key, timeout=_SECONDS, max_retries=0)
        headers = {"Authorization": f"Bearer {key}"}
        self._http = httpx.Client(base_url=f"{url}/v1", headers=headers, timeout=_SECONDS)

    def upload(self, path: Path, user: str) -> str:
        """Upload a file and return its id."""
        return self._client.files.create(file=path, purpose="user_data", extra_body={"user": user}).id

    def learn(self, user: str, **wanted: Any) -> Learned:
        """Start a lesson and follow it to its end."""
        reply = self._http.post("/learn", json={"user": user, **wanted})
        job = reply.raise_for_status().json()
        learned = Learned(job)
        state, since = job["state"], time.monotonic()
        with self._http.stream("GET", f"/learn/{job['id']}/events", params={"user": user}) as events:
            for line in events.iter_lines():
                if line.startswith("data: ") and (now := json.loads(line[6:])["state"]) != state:
                    learned.seconds[state] = learned.seconds.get(state, 0.0) + time.monotonic() - since
                    state, since = now, time.monotonic()
        learned.job = self._get(f"/learn/{job['id']}", user)
        return learned

    def lesson(self, user: str, lesson_id: str) -> dict[str, Any]:
        """What was learned, from where, and what survived selection."""
        return self._get(f"/lessons/{lesson_id}", user)

    def answer(self, model: str, user: str, question: str) -> str:
        """The greedy reply of `model` in a new conversation."""
        reply = self._client.chat.completions.create(
            model=model,
            user=user,
            messages=[{"role": "user", "content": question}],
            temperature=0,
            max_tokens=REPLY_TOKENS,
        )
        return reply.choices[0].message.content or ""

    def _get(self, path: str, user: str) -> dict[str, Any]:
        body: dict[str, Any] = self._http.get(path, params={"user": user}).raise_for_status().json()
        return body
