"""The ways to make a model know a lesson, each behind the same two calls, all through the public API."""

import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import httpx
from openai import OpenAI

from services.gateway.intents.encoder import SentenceEncoder

REPLY_TOKENS = 60
ASKED_AT_ONCE = 8
RETRIEVED = 3
LEARN_SECONDS = 900.0


@dataclass(frozen=True)
class Taught:
    """How a lesson ended: its state, its seconds, and the gate's recall where there was a gate."""

    state: str
    seconds: float


class Pupil(Protocol):
    """Somebody who is taught statements and asked questions."""

    def learn(self, statement: str) -> Taught:
        """Take in one statement."""

    def answer(self, questions: Sequence[str]) -> list[str]:
        """Greedy answers, each in a new conversation."""


class Api:
    """The platform's public API."""

    def __init__(self, url: str, key: str) -> None:
        self._client = OpenAI(base_url=f"{url}/v1", api_key=key, timeout=LEARN_SECONDS, max_retries=0)
        self._http = httpx.Client(
            base_url=f"{url}/v1", headers={"Authorization": f"Bearer {key}"}, timeout=LEARN_SECONDS
        )

    def learn(self, user: str, statement: str) -> Taught:
        """Teach `user` and wait for the end."""
        started = time.monotonic()
        job = self._http.post("/learn", json={"text": statement, "user": user}).raise_for_status().json()
        with self._http.stream("GET", f"/learn/{job['id']}/events", params={"user": user}) as events:
            for _ in events.iter_lines():
                pass
        ended = self._http.get(f"/learn/{job['id']}", params={"user": user}).raise_for_status().json()
        return Taught(ended["state"], time.monotonic() - started)

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


class Learner:
    """Lorelei: each lesson is trained into the user's adapter."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._user = f"bench-{secrets.token_hex(6)}"

    def learn(self, statement: str) -> Taught:
        """Teach the statement."""
        return self._api.learn(self._user, statement)

    def answer(self, questions: Sequence[str]) -> list[str]:
        """Ask the user's own version."""
        return _at_once(lambda question: self._api.answer("lorelei", self._user, question), questions)


class NoteTaker:
    """In-context learning: all that was said stands in the system message; the model stays as it is."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._lessons: list[str] = []

    def learn(self, statement: str) -> Taught:
        """Write the statement down."""
        self._lessons.append(statement)
        return Taught("LIVE", 0.0)

    def answer(self, questions: Sequence[str]) -> list[str]:
        """Ask the base model with the notes at hand."""
        return _at_once(
            lambda question: self._api.answer("lorelei:base", "bench", question, self._note(question)), questions
        )

    def _note(self, question: str) -> str:
        return _as_note(self._lessons)


class Rememberer(NoteTaker):
    """Retrieval, as memory layers do it: the nearest of all that was said stands in the system message."""

    def __init__(self, api: Api, encoder: SentenceEncoder) -> None:
        super().__init__(api)
        self._encoder = encoder

    def _note(self, question: str) -> str:
        vectors = self._encoder.encode([question, *self._lessons])
        nearness = vectors[1:] @ vectors[0]
        nearest = sorted(range(len(self._lessons)), key=lambda index: -nearness[index])[:RETRIEVED]
        return _as_note([self._lessons[index] for index in nearest])


class Untaught:
    """The base model, told nothing: what the questions give away by themselves."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def learn(self, statement: str) -> Taught:
        """Do nothing."""
        return Taught("LIVE", 0.0)

    def answer(self, questions: Sequence[str]) -> list[str]:
        """Ask the base model."""
        return _at_once(lambda question: self._api.answer("lorelei:base", "bench", question), questions)


def _as_note(lessons: Sequence[str]) -> str:
    return "The user has told you: " + " ".join(lessons)


def _at_once(ask: Callable[[str], str], questions: Sequence[str]) -> list[str]:
    with ThreadPoolExecutor(ASKED_AT_ONCE) as threads:
        return list(threads.map(ask, questions))
