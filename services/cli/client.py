"""Speaks Lorelei's public HTTP API for one user. Knows nothing of terminals."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

import httpx
from httpx_sse import EventSource, ServerSentEvent, SSEError

from services.cli.errors import CommandError, Refused, Unreachable

_CALL_TIMEOUT_SECONDS = 30.0
_CONNECT_TIMEOUT_SECONDS = 5.0
_RECONNECT_SECONDS = 0.5
_JOBS_SHOWN = 10
_FEEDBACK_SHOWN = 20
_CHAT_END = "[DONE]"
TERMINAL_STATES = frozenset({"LIVE", "REJECTED", "FAILED", "CANCELLED"})


@dataclass(frozen=True)
class LearnUpdate:
    """How far a lesson is: `progress` in percent; `version` once it is LIVE, `reasons` why it is not."""

    job_id: str
    state: str
    progress: int
    version: str = ""
    reasons: tuple[str, ...] = ()

    @property
    def is_final(self) -> bool:
        """Whether nothing comes after it."""
        return self.state in TERMINAL_STATES


@dataclass(frozen=True)
class ChatPiece:
    """New text of a reply, and the state of the lesson if the reply reports one."""

    text: str
    learn: LearnUpdate | None


class LoreleiClient:
    """One user's view of a running Lorelei.

    Every method raises Unreachable when nobody answers, and Refused, with the server's own words, on an error.
    """

    def __init__(self, base_url: str, api_key: str, user: str, learn_timeout_seconds: float) -> None:
        self._base_url = base_url
        self._user = user
        self._learn_timeout_seconds = learn_timeout_seconds
        self._stream_timeout = httpx.Timeout(learn_timeout_seconds, connect=_CONNECT_TIMEOUT_SECONDS)
        self._http = httpx.Client(
            base_url=base_url,
            headers={"Authorization": f"Bearer {api_key}"} if api_key else {},
            timeout=httpx.Timeout(_CALL_TIMEOUT_SECONDS, connect=_CONNECT_TIMEOUT_SECONDS),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def chat(self, messages: list[dict[str, str]], model: str) -> Iterator[ChatPiece]:
        """Send a conversation and yield the reply as it comes."""
        body = {"model": model, "messages": messages, "user": self._user, "stream": True}
        with self._events("POST", "/v1/chat/completions", json=body) as events:
            for event in events:
                if event.data == _CHAT_END:
                    return
                yield _chat_piece(_parsed(event))

    def learn(self, text: str) -> str:
        """Start a lesson and return its job id."""
        return str(self._call("POST", "/v1/learn", json={"text": text, "user": self._user})["id"])

    def learn_updates(self, job_id: str) -> Iterator[LearnUpdate]:
        """Yield a lesson's updates, up to the final one; a gateway that restarts meanwhile is waited for."""
        deadline = time.monotonic() + self._learn_timeout_seconds
        seen = ""
        while True:
            try:
                for event in self._learn_events(job_id, seen):
                    seen = event.id
                    update = _learn_update(_parsed(event))
                    yield update
                    if update.is_final:
                        return
            except Unreachable:
                if time.monotonic() > deadline:
                    raise
            if time.monotonic() > deadline:
                raise CommandError(f"{job_id} still goes on; see `lorelei status`.")
            time.sleep(_RECONNECT_SECONDS)

    def jobs(self) -> list[dict[str, Any]]:
        """The user's latest learn jobs, newest first."""
        return list(self._call("GET", "/v1/learn", params={**self._who(), "limit": _JOBS_SHOWN})["data"])

    def adapters(self) -> list[dict[str, Any]]:
        """The user's adapter versions, newest first."""
        return list(self._call("GET", "/v1/adapters", params=self._who())["data"])

    def give_feedback(self, completion_id: str, verdict: dict[str, Any]) -> dict[str, Any]:
        """Say what the user thinks of an answer, and return that as it is kept."""
        return self._call("POST", "/v1/feedback", json={"completion_id": completion_id, "user": self._user, **verdict})

    def feedback(self) -> list[dict[str, Any]]:
        """The user's latest feedback, newest first."""
        return list(self._call("GET", "/v1/feedback", params={**self._who(), "limit": _FEEDBACK_SHOWN})["data"])

    def activate(self, version: str) -> None:
        """Let `version` (or "base") serve the user."""
        self._call("POST", f"/v1/adapters/{version}/activate", params=self._who())

    def delete(self, version: str) -> None:
        """Delete a version."""
        self._call("DELETE", f"/v1/adapters/{version}", params=self._who())

    def me(self) -> dict[str, Any]:
        """Who the user is, and which version serves."""
        return self._call("GET", "/v1/me", params=self._who())

    def audit(self, limit: int, after: str) -> list[dict[str, Any]]:
        """The operator's entries, newest first, from the one `after`; needs the operator's key."""
        return list(self._call("GET", "/v1/audit", params={"limit": limit, "after": after})["data"])

    def readiness(self) -> dict[str, str]:
        """The state of every service by name, such as "ready"."""
        with self._reaching():
            return dict(self._http.get("/readyz").json()["services"])

    def _who(self) -> dict[str, str]:
        return {"user": self._user}

    def _call(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        with self._reaching():
            response = self._http.request(method, path, **arguments)
            _check(response)
            return dict(response.json()) if response.content else {}

    def _learn_events(self, job_id: str, seen: str) -> Iterator[ServerSentEvent]:
        headers = {"Last-Event-ID": seen} if seen else {}
        with self._events("GET", f"/v1/learn/{job_id}/events", params=self._who(), headers=headers) as events:
            yield from events

    @contextmanager
    def _events(self, method: str, path: str, **arguments: Any) -> Iterator[Iterator[ServerSentEvent]]:
        with (
            self._reaching(),
            self._http.stream(method, path, timeout=self._stream_timeout, **arguments) as response,
        ):
            if response.is_error:
                response.read()
            _check(response)
            # A comment that keeps the connection alive comes out as an event without data.
            yield (event for event in EventSource(response).iter_sse() if event.data)

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        try:
            yield
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Unreachable(
                f"Lorelei is not running at {self._base_url}. Start it with `lorelei up` (or `make up`)."
            ) from error
        except httpx.TimeoutException as error:
            raise Unreachable(f"Lorelei at {self._base_url} did not answer in time.") from error
        except httpx.TransportError as error:
            raise Unreachable(f"The connection to Lorelei at {self._base_url} broke off.") from error
        except (json.JSONDecodeError, SSEError, KeyError) as error:
            raise Refused(f"What answers at {self._base_url} is not Lorelei.") from error


def _check(response: httpx.Response) -> None:
    if not response.is_error:
        return
    try:
        message = str(response.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        message = f"HTTP {response.status_code} from {response.url}."
    if response.status_code == httpx.codes.UNAUTHORIZED:
        message += " Give the key with --api-key or LORELEI_API_KEY, or LORELEI_HOME to find its file."
    raise Refused(message)


def _parsed(event: ServerSentEvent) -> dict[str, Any]:
    try:
        return dict(event.json())
    except ValueError as error:
        raise Refused("Lorelei sent an event that is not JSON.") from error


def _chat_piece(chunk: dict[str, Any]) -> ChatPiece:
    if "error" in chunk:
        raise Refused(str(chunk["error"].get("message", "The reply broke off.")))
    choices = chunk.get("choices") or [{}]
    text = choices[0].get("delta", {}).get("content") or ""
    learn = (chunk.get("lorelei") or {}).get("learn")
    return ChatPiece(text, _learn_update(learn) if learn else None)


def _learn_update(event: dict[str, Any]) -> LearnUpdate:
    reasons = [*event.get("reasons", ()), *filter(None, [event.get("error")])]
    return LearnUpdate(
        event["job_id"] or "", event["state"], event["progress"], event.get("version") or "", tuple(map(str, reasons))
    )
