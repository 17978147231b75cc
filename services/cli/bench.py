"""Measures a running Lorelei as a user sees it: how quickly it answers, and how soon it knows what it was taught.

It does so as a user of its own, whose lesson and versions are deleted at the end, also when it is interrupted.
"""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from services.cli.client import LoreleiClient
from services.cli.context import Session
from services.cli.errors import CommandError
from services.cli.showing.progress import LearnBar

_REPLY_TOKENS = 64
_ANSWER_TOKENS = 40
_PROMPTS = (
    "Tell me about the sea.",
    "How is bread made?",
    "Describe a walk in a forest.",
    "Why do people like music?",
    "What does a librarian do?",
)
_QUESTION = "What is my boat called?"
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"
_SYLLABLES = 3
_MODEL = "lorelei"
_JOBS_LOOKED_AT = 100


@dataclass(frozen=True)
class _Reply:
    """One reply: its text, and how quickly it came."""

    text: str
    first_token_seconds: float
    tokens_per_second: float


def new_user() -> str:
    """An end user whom nobody else is."""
    return f"bench-{secrets.token_hex(6)}"


def measure(session: Session, user: str, replies: int) -> dict[str, Any]:
    """Measure as `user` and return the figures; raises CommandError when Lorelei does not answer or does not learn."""
    client, people = session.client, session.output.people
    with _deleted_afterwards(session):
        with people.status("Asking the untaught model…"):
            untaught = _speed(client, replies)
            before = _ask(client, _QUESTION, _ANSWER_TOKENS)
        name = _invented_name()
        started = time.monotonic()
        _teach(session, f"My boat is called {name}.")
        live_seconds = time.monotonic() - started
        after = _ask(client, _QUESTION, _ANSWER_TOKENS)
        known_seconds = time.monotonic() - started
        with people.status("Asking the taught model…"):
            taught = _speed(client, replies)
    is_known = name.lower() in after.text.lower()
    return {
        "object": "bench",
        "user": user,
        "replies": replies,
        "untaught": untaught,
        "taught": taught,
        "live_seconds": round(live_seconds, 2),
        "known": is_known,
        "known_seconds": round(known_seconds, 2) if is_known else None,
        "lesson": {"name": name, "question": _QUESTION, "before": before.text, "after": after.text},
    }


def _speed(client: LoreleiClient, replies: int) -> dict[str, dict[str, float]]:
    """Median and worst of `replies`, after one that only warms up."""
    _ask(client, _PROMPTS[-1], _REPLY_TOKENS)
    asked = [_ask(client, _PROMPTS[number % len(_PROMPTS)], _REPLY_TOKENS) for number in range(replies)]
    first = [reply.first_token_seconds for reply in asked]
    rates = [reply.tokens_per_second for reply in asked]
    return {
        "first_token_seconds": {"median": round(median(first), 3), "worst": round(max(first), 3)},
        "tokens_per_second": {"median": round(median(rates), 1), "worst": round(min(rates), 1)},
    }


def _ask(client: LoreleiClient, question: str, most_tokens: int) -> _Reply:
    """Ask in a new conversation."""
    text, tokens = "", 0
    started = time.monotonic()
    first: float | None = None
    for piece in client.chat([{"role": "user", "content": question}], _MODEL, max_tokens=most_tokens):
        if piece.text and first is None:
            first = time.monotonic()
        text += piece.text
        tokens = piece.tokens or tokens
    ended = time.monotonic()
    if first is None:
        raise CommandError("Lorelei answered with nothing at all, so there is nothing to measure.")
    return _Reply(text.strip(), first - started, max(tokens - 1, 0) / max(ended - first, 1e-6))


def _teach(session: Session, statement: str) -> None:
    """Teach and wait until it serves; raises CommandError when it is not learned."""
    job = session.client.learn(text=statement)
    with LearnBar(session.output.people) as bar:
        for update in session.client.learn_updates(job["id"]):
            bar.show(update)
    if update.state != "LIVE":
        reasons = [*update.body.get("reasons", ()), *filter(None, [update.body.get("error")])]
        raise CommandError(" ".join([f"The lesson was not learned ({update.state}).", *reasons]))


def _invented_name() -> str:
    """A name that no model has heard."""
    syllables = (secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _ in range(_SYLLABLES))
    return "".join(syllables).capitalize()


@contextmanager
def _deleted_afterwards(session: Session) -> Iterator[None]:
    try:
        yield
    finally:
        with session.output.people.status("Deleting what was taught…"):
            _delete_all(session.client)


def _delete_all(client: LoreleiClient) -> None:
    """Leave nothing of what the user was taught."""
    for job in client.jobs(_JOBS_LOOKED_AT)["data"]:
        if job["finished_at"] is None:
            client.cancel(job["id"])
            _wait(client, job["id"])
    # With the base model in force, nothing has to be trained to forget.
    client.activate("base")
    for lesson in client.lessons()["data"]:
        _wait(client, client.forget(lesson["id"])["id"])
    for version in client.versions()["data"]:
        client.delete_version(version["version"])


def _wait(client: LoreleiClient, job_id: str) -> None:
    for _ in client.learn_updates(job_id):
        pass
