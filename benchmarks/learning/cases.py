"""Learning cases and how replies to their questions are judged. Knows nothing of models."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Question:
    """One question; a right reply holds one of `keys`, where there are any, and none of `forbidden`; case is ignored.

    A key that begins with ^ must begin the reply.
    """

    text: str
    keys: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()

    def passes(self, reply: str) -> bool:
        """Whether `reply` is right."""
        said = reply.strip().casefold()
        if any(key.casefold() in said for key in self.forbidden):
            return False
        return not self.keys or any(_holds(said, key.casefold()) for key in self.keys)


def _holds(said: str, key: str) -> bool:
    return said.startswith(key[1:]) if key.startswith("^") else key in said


@dataclass(frozen=True)
class Case:
    """One lesson: the direct question, other wordings, and neighbours that must not be contaminated."""

    id: str
    kind: str
    statement: str
    direct: Question
    paraphrases: tuple[Question, ...]
    neighbours: tuple[Question, ...]


@dataclass(frozen=True)
class Correction:
    """A lesson that a later one changes; the questions are asked after the second."""

    id: str
    statement: str
    correction: str
    questions: tuple[Question, ...]


def read_cases(path: Path) -> list[Case]:
    """The cases of one file, in its order."""
    return [_case(item) for item in _items(path)]


def read_corrections(path: Path) -> list[Correction]:
    """The corrections of one file, in its order."""
    return [
        Correction(
            id=item["id"],
            statement=item["learn"],
            correction=item["correct"],
            questions=tuple(
                Question(asked["q"], tuple(asked["keys"]), tuple(asked["old_keys"]))
                for asked in (item["ask"], *item["paraphrases"])
            ),
        )
        for item in _items(path)
    ]


def read_general_prompts(path: Path = FOLDER / "general.json") -> list[str]:
    """Everyday prompts that no lesson is about."""
    prompts: list[str] = json.loads(path.read_text(encoding="utf-8"))["items"]
    return prompts


def _items(path: Path) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["items"]
    return items


def _case(item: dict[str, Any]) -> Case:
    return Case(
        id=item["id"],
        kind=item["kind"],
        statement=item["learn"],
        direct=Question(item["ask"]["q"], tuple(item["ask"]["keys"])),
        paraphrases=tuple(Question(asked["q"], tuple(asked["keys"])) for asked in item["paraphrases"]),
        neighbours=tuple(Question(asked["q"], forbidden=tuple(asked["not_keys"])) for asked in item["near"]),
    )
