"""The platform's public API, as far as teaching and asking need it. Knows no cases."""

from dataclasses import dataclass
from typing import Any

import httpx
from openai import OpenAI

from services.trainer.gate.serving import AdapterVersion

REPLY_TOKENS = 60
_LEARN_SECONDS = 900.0


@dataclass(frozen=True)
class Taught:
    """How a lesson ended, and its seconds; those of building its dataset where they are known apart."""

    state: str
    seconds: float
    dataset_seconds: float | None = None


class Api:
    """Speaks for one tenant; every failure is raised as the clients' own error."""

    def __init__(self, url: str, key: str) -> None:
        self._client = OpenAI(base_url=f"{url}/v1", api_key=key, timeout=_LEARN_SECONDS, max_retries=0)
        self._http = httpx.Client(
            base_url=f"{url}/v1", headers={"Authorization": f"Bearer {key}"}, timeout=_LEARN_SECONDS
        )

    def learn(self, user: str, statement: str) -> Taught:
        """Teach `user` and wait for the end, or wait for the end of the job that teaches it already."""
        begun = [job for job in self._get("/learn", user)["data"] if job["statement"] == statement]
        job = begun[0] if begun else self._post("/learn", {"text": statement, "user": user})
        return self._end_of(job, user)

    def consolidate(self, user: str) -> Taught:
        """Let a fresh version of all that `user` was taught be made, as the platform does while nobody learns."""
        lessons = [lesson["id"] for lesson in reversed(self._get("/lessons", user)["data"])]
        return self._end_of(self._post("/adapters", {"lessons": lessons, "user": user}), user)

    def correct(self, user: str, question: str, correction: str) -> tuple[Taught, dict[str, float] | None]:
        """Ask `user`'s model, correct its answer, and let that be learned; how that ended, and what the gate found."""
        reply = self._client.chat.completions.create(
            model="lorelei",
            user=user,
            messages=[{"role": "user", "content": question}],
            temperature=0,
            max_tokens=REPLY_TOKENS,
        )
        told = {"completion_id": reply.id, "rating": "down", "correction": correction, "learn_now": True, "user": user}
        job = self._get(f"/learn/{self._post('/feedback', told)['job_id']}", user)
        taught = self._end_of(job, user)
        gate: dict[str, float] | None = self._get(f"/learn/{job['id']}", user)["gate"]
        return taught, gate

    def answer(self, model: str, user: str, question: str, note: str = "") -> str:
        """The greedy reply of `model` in a new conversation, with `note` as its system message where there is one."""
        messages = [{"role": "system", "content": note}] if note else []
        reply = self._client.chat.completions.create(
            model=model,
            user=user,
            messages=[*messages, {"role": "user", "content": question}],  # type: ignore[list-item]
            temperature=0,
            max_tokens=REPLY_TOKENS,
        )
        return reply.choices[0].message.content or ""

    def tenant(self) -> str:
        """The tenant that the key speaks for."""
        return str(self._get("/me", "default")["tenant"])

    def active_version(self, user: str) -> AdapterVersion | None:
        """The version that serves `user`; None for the base model."""
        caller = self._get("/me", user)
        version = caller["active_version"]
        return AdapterVersion(caller["tenant"], user, version) if version else None

    def _end_of(self, job: dict[str, Any], user: str) -> Taught:
        with self._http.stream("GET", f"/learn/{job['id']}/events", params={"user": user}) as events:
            for _ in events.iter_lines():
                pass
        ended = self._get(f"/learn/{job['id']}", user)
        return Taught(ended["state"], ended["finished_at"] - ended["created_at"])

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        reply = self._http.post(path, json=body)
        job: dict[str, Any] = reply.raise_for_status().json()
        return job

    def _get(self, path: str, user: str) -> dict[str, Any]:
        reply = self._http.get(path, params={"user": user})
        body: dict[str, Any] = reply.raise_for_status().json()
        return body
