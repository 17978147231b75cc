"""The ways to make a model know a lesson, each behind the same calls. Knows no cases and judges nothing."""

import hashlib
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from benchmarks.learning.api import Api, Taught
from benchmarks.learning.backstage import Backstage, Lesson
from services.gateway.intents.encoder import SentenceEncoder
from services.trainer.gate.serving import AdapterVersion

LORELEI = "lorelei"
METHODS = ("untaught", "notes", "retrieval", "fine-tuning", LORELEI)
# What a row of lessons has become after a fresh version of all of them was made.
CONSOLIDATED = f"{LORELEI}, consolidated"
# Greedy answers of the base model are the same every time; what is trained differs by its seed.
TRAINED = ("fine-tuning", LORELEI)
# Those that are meant to know many lessons at once.
LASTING = ("notes", "retrieval", LORELEI)

RETRIEVED = 3
_ASKED_AT_ONCE = 8


class Pupil(Protocol):
    """Somebody who is taught statements and asked questions."""

    def learn(self, statement: str) -> Taught:
        """Take in one statement."""

    def answer(self, questions: Sequence[str]) -> list[str]:
        """Greedy answers, each in a new conversation."""

    def version(self) -> AdapterVersion | None:
        """The weights that answer; None for the base model's."""

    def recall(self, statements: Sequence[str]) -> None:
        """Be who was taught these statements, in an earlier run of the benchmark, under the same name."""

    def leave(self) -> None:
        """Take away what is of use to this pupil only."""


class Untaught:
    """The base model, told nothing: what the questions give away by themselves."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def learn(self, statement: str) -> Taught:
        """Do nothing."""
        return Taught("LIVE", 0.0)

    def answer(self, questions: Sequence[str]) -> list[str]:
        """Ask the base model, with a note where there is one."""
        return _at_once(
            lambda question: self._api.answer("lorelei:base", "bench", question, self._note(question)), questions
        )

    def version(self) -> None:
        """The base model answers."""

    def recall(self, statements: Sequence[str]) -> None:
        """Learn them anew, which takes no time."""
        for statement in statements:
            self.learn(statement)

    def leave(self) -> None:
        """Nothing was left behind."""

    def _note(self, question: str) -> str:
        return ""


class NoteTaker(Untaught):
    """In-context learning: all that was said stands in the system message; the model stays as it is."""

    def __init__(self, api: Api) -> None:
        super().__init__(api)
        self._lessons: list[str] = []

    def learn(self, statement: str) -> Taught:
        """Write the statement down."""
        self._lessons.append(statement)
        return Taught("LIVE", 0.0)

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


class Learner:
    """Lorelei: each lesson is trained into the user's adapter, through the public API alone."""

    def __init__(self, api: Api, user: str) -> None:
        self._api = api
        self._user = user

    def learn(self, statement: str) -> Taught:
        """Teach the statement."""
        return self._api.learn(self._user, statement)

    def answer(self, questions: Sequence[str]) -> list[str]:
        """Ask the user's own version."""
        return _at_once(lambda question: self._api.answer("lorelei", self._user, question), questions)

    def consolidate(self) -> Taught:
        """Do what the platform does by itself while nobody learns."""
        return self._api.consolidate(self._user)

    def version(self) -> AdapterVersion | None:
        """The user's active version."""
        return self._api.active_version(self._user)

    def recall(self, statements: Sequence[str]) -> None:
        """The platform has not forgotten."""

    def leave(self) -> None:
        """The user stays, to be looked at."""


class SeededLearner(Learner):
    """Lorelei with another seed than the platform's own: its augmenter and trainer are called without the gateway."""

    def __init__(self, api: Api, user: str, backstage: Backstage, seed: int) -> None:
        super().__init__(api, user)
        self._backstage = backstage
        self._seed = seed
        self._tenant = api.tenant()

    def learn(self, statement: str) -> Taught:
        """Do what the gateway does for a lesson, and name the seed to the trainer."""
        started = time.monotonic()
        lesson = Lesson(_job_id(self._user, statement), self._tenant, self._user)
        key = self._backstage.build_dataset(lesson, statement)
        built = time.monotonic()
        state = self._backstage.train(lesson, key, self._seed)
        return Taught(state, time.monotonic() - started, built - started)


def _job_id(user: str, statement: str) -> str:
    """The same for the same lesson: services repeat what they have done for a job, if a run is taken up again."""
    return f"learn-{hashlib.sha256(f'{user}/{statement}'.encode()).hexdigest()[:24]}"


def _as_note(lessons: Sequence[str]) -> str:
    return "The user has told you: " + " ".join(lessons)


def _at_once(ask: Callable[[str], str], questions: Sequence[str]) -> list[str]:
    with ThreadPoolExecutor(_ASKED_AT_ONCE) as threads:
        return list(threads.map(ask, questions))
