"""Measures corrections of answers on a running platform (`make up`); replies are greedy, each case has its own user.

    python -m benchmarks.feedback [--ids capital,tram] [--replies]

An answer is asked for, corrected through POST /v1/feedback and learned at once. Before and after, the same questions
are asked in new conversations: the corrected one, three in other words, two about something else.
"""

import argparse
import json
import os
import secrets
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.learning.api import Api, Taught
from services.embedded.home import Home
from services.embedded.settings import EmbeddedSettings

_CASES = Path(__file__).with_name("cases.json")


@dataclass(frozen=True)
class Case:
    """A question whose answer is corrected, and how right replies are told."""

    id: str
    ask: str
    correction: str
    keys: Sequence[str]
    paraphrases: Sequence[str]
    near: Sequence[str]

    def holds_key(self, reply: str) -> bool:
        """Whether `reply` says what the correction does."""
        return any(key in reply.casefold() for key in self.keys)


@dataclass(frozen=True)
class Marks:
    """Shares of right replies, in [0, 1]."""

    corrected: float
    paraphrases: float
    near: float


@dataclass(frozen=True)
class Outcome:
    """One case: how the lesson went, and the marks before and after it."""

    case: Case
    taught: Taught
    preference: float | None
    before: Marks
    after: Marks


def parse_options() -> argparse.Namespace:
    """What the person at the terminal wants."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default=os.environ.get("LORELEI_URL", "http://127.0.0.1:8080"))
    parser.add_argument("--home", type=Path, default=EmbeddedSettings().home, help="the platform's folder")
    parser.add_argument("--ids", help="cases to run, separated by commas; all by default")
    parser.add_argument("--replies", action="store_true", help="show every reply after the lesson")
    return parser.parse_args()


def read_cases(ids: str | None) -> list[Case]:
    """The cases called for."""
    found: Any = json.loads(_CASES.read_text(encoding="utf-8"))["items"]
    wanted = ids.split(",") if ids else [one["id"] for one in found]
    return [Case(**one) for one in found if one["id"] in wanted]


def examine(api: Api, user: str, case: Case, *, show: bool = False) -> Marks:
    """Ask everything about `case`."""

    def share(questions: Sequence[str], *, right: bool) -> float:
        passed = 0
        for question in questions:
            reply = api.answer("lorelei", user, question)
            passed += case.holds_key(reply) is right
            if show:
                print(f"    {question} -> {' '.join(reply.split())}")
        return passed / len(questions)

    return Marks(share([case.ask], right=True), share(case.paraphrases, right=True), share(case.near, right=False))


def run(api: Api, case: Case, *, show: bool) -> Outcome:
    """Correct one answer and see what became of it."""
    user = f"feedback-{case.id}-{secrets.token_hex(3)}"
    before = examine(api, user, case)
    taught, gate = api.correct(user, case.ask, case.correction)
    after = examine(api, user, case, show=show)
    return Outcome(case, taught, (gate or {}).get("preference"), before, after)


def table(outcomes: Sequence[Outcome]) -> str:
    """The outcomes as Markdown, with a row of means."""
    rows = [
        "| case | end | s | rejected reply less likely | corrected | paraphrases | neighbours |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in outcomes:
        less = "–" if one.preference is None else f"{one.preference:.2f}"
        rows.append(f"| {one.case.id} | {one.taught.state} | {one.taught.seconds:.0f} | {less} | {_change([one])} |")
    seconds = statistics.median(one.taught.seconds for one in outcomes)
    rows.append(f"| **all** | | {seconds:.0f} | | {_change(outcomes)} |")
    return "\n".join(rows)


def _change(outcomes: Sequence[Outcome]) -> str:
    def mean(marks: Sequence[float]) -> str:
        return f"{statistics.mean(marks):.2f}"

    pairs = (
        ([getattr(one.before, name) for one in outcomes], [getattr(one.after, name) for one in outcomes])
        for name in ("corrected", "paraphrases", "near")
    )
    return " | ".join(f"{mean(before)} → {mean(after)}" for before, after in pairs)


def main() -> None:
    """Run the cases and print the table of docs/benchmarks/feedback.md."""
    options = parse_options()
    api = Api(options.url, Home(options.home).api_key.read_text(encoding="ascii").strip())
    outcomes = []
    for case in read_cases(options.ids):
        print(case.id, flush=True)
        outcomes.append(run(api, case, show=options.replies))
    print(table(outcomes))


if __name__ == "__main__":
    main()
