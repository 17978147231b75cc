"""Speaks Lorelei's own endpoints for one user, and chat. Knows nothing of terminals."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, BinaryIO, Self

from httpx_sse import ServerSentEvent

from services.cli.errors import CommandError, Refused, Unreachable
from services.cli.transport import Transport, parsed
from services.cli.updates import ChatPiece, LearnUpdate

_CALL_TIMEOUT_SECONDS = 30.0
_RECONNECT_SECONDS = 0.5
_CHAT_END = "[DONE]"
_NOT_FOUND = 404

Body = dict[str, Any]


class LoreleiClient:
    """One user's view of a running Lorelei; bodies are returned as they come.

    Every method raises Unreachable when nobody answers, and Refused, with the server's own words, on an error.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        user: str,
        learn_timeout_seconds: float,
        call_timeout_seconds: float = _CALL_TIMEOUT_SECONDS,
    ) -> None:
        self._user = user
        self._learn_timeout_seconds = learn_timeout_seconds
        self._http = Transport(base_url, api_key, call_timeout_seconds, learn_timeout_seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def chat(self, messages: list[dict[str, str]], model: str, **more: Any) -> Iterator[ChatPiece]:
        """Send a conversation, with `more` parameters of a completion, and yield the reply as it comes."""
        body = {"model": model, "messages": messages, "user": self._user, "stream": True, **more}
        wanted = {**body, "stream_options": {"include_usage": True}}
        with self._http.events("POST", "/v1/chat/completions", json=wanted) as events:
            for event in events:
                if event.data == _CHAT_END:
                    return
                yield _chat_piece(parsed(event))

    def upload(self, name: str, content: BinaryIO) -> Body:
        """Keep a file to learn from."""
        form = {"purpose": "user_data", "user": self._user}
        return self._http.call("POST", "/v1/files", data=form, files={"file": (name, content)})

    def delete_file(self, file_id: str) -> Body:
        """Delete a file."""
        return self._http.call("DELETE", f"/v1/files/{file_id}", params=self._who())

    def learn(self, **wanted: Any) -> Body:
        """Start a lesson of `text`, `file_ids`, `urls` or a `query` and return its job."""
        return self._http.call("POST", "/v1/learn", json={**wanted, "user": self._user})

    def learn_updates(self, job_id: str) -> Iterator[LearnUpdate]:
        """Yield a job's updates, up to the final one; a gateway that restarts meanwhile is waited for."""
        deadline = time.monotonic() + self._learn_timeout_seconds
        seen = ""
        while True:
            try:
                for event in self._learn_events(job_id, seen):
                    seen = event.id
                    update = _learn_update(parsed(event))
                    yield update
                    if update.is_final:
                        return
            except Unreachable:
                if time.monotonic() > deadline:
                    raise
            if time.monotonic() > deadline:
                raise CommandError(f"{job_id} still goes on; watch it with `lorelei jobs follow {job_id}`.")
            time.sleep(_RECONNECT_SECONDS)

    def job(self, job_id: str) -> Body:
        """One learn job."""
        return self._http.call("GET", f"/v1/learn/{job_id}", params=self._who())

    def jobs(self, limit: int) -> Body:
        """The user's latest learn jobs, newest first."""
        return self._http.call("GET", "/v1/learn", params={**self._who(), "limit": limit})

    def cancel(self, job_id: str) -> Body:
        """Ask for a job's end and return the job."""
        return self._http.call("POST", f"/v1/learn/{job_id}/cancel", params=self._who())

    def lessons(self) -> Body:
        """What the user's versions know, newest first."""
        return self._http.call("GET", "/v1/lessons", params=self._who())

    def lesson(self, lesson: str) -> Body:
        """One lesson with all that it was trained on."""
        return self._http.call("GET", f"/v1/lessons/{lesson}", params=self._who())

    def kept_lesson(self, lesson: str) -> Body | None:
        """The same, or None when it is gone."""
        return _unless_gone(self.lesson, lesson)

    def forget(self, lesson: str) -> Body:
        """Start to forget a lesson and return the job that does so."""
        return self._http.call("DELETE", f"/v1/lessons/{lesson}", params=self._who())

    def erasure(self, lesson: str) -> Body:
        """What was deleted of a forgotten lesson, and what remains."""
        return self._http.call("GET", f"/v1/lessons/{lesson}/erasure", params=self._who())

    def versions(self) -> Body:
        """The user's adapter versions, newest first."""
        return self._http.call("GET", "/v1/adapters", params=self._who())

    def version(self, version: str) -> Body:
        """One version, with its answers to the gate's questions."""
        return self._http.call("GET", f"/v1/adapters/{version}", params=self._who())

    def kept_version(self, version: str) -> Body | None:
        """The same, or None when it is gone."""
        return _unless_gone(self.version, version)

    def compose(self, lessons: list[str], name: str) -> Body:
        """Start to train a version of exactly `lessons` and return the job that does so."""
        return self._http.call("POST", "/v1/adapters", json={"lessons": lessons, "name": name, "user": self._user})

    def activate(self, version: str) -> Body:
        """Let `version` (or "base") serve the user."""
        return self._http.call("POST", f"/v1/adapters/{version}/activate", params=self._who())

    def name_version(self, version: str, name: str) -> Body:
        """Give a version the user's own name; an empty one takes it away."""
        return self._http.call("PATCH", f"/v1/adapters/{version}", params=self._who(), json={"name": name})

    def delete_version(self, version: str) -> Body:
        """Delete a version."""
        return self._http.call("DELETE", f"/v1/adapters/{version}", params=self._who())

    def export_version(self, version: str) -> AbstractContextManager[tuple[int, Iterator[bytes]]]:
        """A zip file of the version: its size in bytes (0: unknown), and its blocks."""
        return self._http.download(f"/v1/adapters/{version}/download", params=self._who())

    def import_version(self, packed: BinaryIO, name: str) -> Body:
        """Make a version of a zip file."""
        headers = {"Content-Type": "application/zip"}
        return self._http.call(
            "POST", "/v1/adapters/import", params={**self._who(), "name": name}, headers=headers, content=packed
        )

    def give_feedback(self, completion_id: str, verdict: Body) -> Body:
        """Say what the user thinks of an answer, and return that as it is kept."""
        body = {"completion_id": completion_id, "user": self._user, **verdict}
        return self._http.call("POST", "/v1/feedback", json=body)

    def feedback(self, limit: int) -> Body:
        """The user's latest feedback, newest first."""
        return self._http.call("GET", "/v1/feedback", params={**self._who(), "limit": limit})

    def learn_feedback(self, feedback_id: str) -> Body:
        """Learn a correction now, or once more; returns it with its `job_id`."""
        return self._http.call("POST", f"/v1/feedback/{feedback_id}/learn", params=self._who())

    def delete_feedback(self, feedback_id: str) -> Body:
        """Delete feedback; what was learned from it stays."""
        return self._http.call("DELETE", f"/v1/feedback/{feedback_id}", params=self._who())

    def me(self) -> Body:
        """Who the user is, and which version serves."""
        return self._http.call("GET", "/v1/me", params=self._who())

    def audit(self, limit: int, after: str) -> Body:
        """The operator's entries, newest first, from the one `after`; needs the operator's key."""
        return self._http.call("GET", "/v1/audit", params={"limit": limit, "after": after})

    def keys(self, tenant: str | None) -> Body:
        """API keys of all tenants or of one, newest first; needs the operator's key."""
        return self._http.call("GET", "/v1/operator/keys", params={"tenant": tenant} if tenant else {})

    def add_key(self, tenant: str) -> Body:
        """Make a key of a tenant; needs the operator's key."""
        return self._http.call("POST", "/v1/operator/keys", json={"tenant": tenant})

    def revoke_key(self, key_id: str) -> Body:
        """Revoke a key; needs the operator's key."""
        return self._http.call("DELETE", f"/v1/operator/keys/{key_id}")

    def health(self) -> Body:
        """Whether the gateway's process is alive."""
        return self._http.call("GET", "/healthz")

    def readiness(self) -> dict[str, str]:
        """The state of every service by name, such as "ready"; raises Refused when what answers is not Lorelei."""
        services = self._http.look("/readyz").get("services")
        if not isinstance(services, dict):
            raise Refused("What answers is not Lorelei.")
        return services

    def _who(self) -> dict[str, str]:
        return {"user": self._user}

    def _learn_events(self, job_id: str, seen: str) -> Iterator[ServerSentEvent]:
        headers = {"Last-Event-ID": seen} if seen else {}
        with self._http.events("GET", f"/v1/learn/{job_id}/events", params=self._who(), headers=headers) as events:
            yield from events


def _unless_gone(read: Callable[[str], Body], name: str) -> Body | None:
    try:
        return read(name)
    except Refused as error:
        if error.status != _NOT_FOUND:
            raise
        return None


def _chat_piece(chunk: Body) -> ChatPiece:
    if "error" in chunk:
        raise Refused(str(chunk["error"].get("message", "The reply broke off.")))
    choices = chunk.get("choices") or [{}]
    text = choices[0].get("delta", {}).get("content") or ""
    beside = chunk.get("lorelei") or {}
    learn = beside.get("learn")
    tokens = (chunk.get("usage") or {}).get("completion_tokens")
    return ChatPiece(chunk.get("id") or "", text, _learn_update(learn) if learn else None, beside, tokens)


def _learn_update(event: Body) -> LearnUpdate:
    return LearnUpdate(event["job_id"] or "", event["state"], event["progress"], event.get("detail") or {}, body=event)
