"""Measures learning through the public API, Lorelei side by side with notes in the prompt and with retrieval.

Needs a running platform (`make up`). Each lesson goes to a user of its own; replies are greedy.

    python -m benchmarks.learning --cases report --methods untaught notes retrieval lorelei
    python -m benchmarks.learning --cases tune --ids snerrow burgundy --methods lorelei --failures
    python -m benchmarks.learning --cases report --in-a-row 10 --methods lorelei
"""

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from benchmarks.learning.cases import FOLDER, Case, read_cases, read_corrections
from benchmarks.learning.methods import Api, Learner, NoteTaker, Pupil, Rememberer, Untaught
from benchmarks.learning.report import failures, retention_table, table, table_by_kind
from benchmarks.learning.scores import Result, correct, examine, retain
from services.embedded.home import Home
from services.gateway.intents.encoder import SentenceEncoder

METHODS = ("untaught", "notes", "retrieval", "lorelei")


def makers(api: Api, home: Home) -> dict[str, Callable[[], Pupil]]:
    """How to make a new pupil of each method."""
    return {
        "untaught": lambda: Untaught(api),
        "notes": lambda: NoteTaker(api),
        "retrieval": lambda: Rememberer(api, SentenceEncoder(home.sentence_encoder, threads=1)),
        "lorelei": lambda: Learner(api),
    }


def chosen_cases(options: argparse.Namespace) -> list[Case]:
    """The cases that the options ask for."""
    path = Path(options.cases) if options.cases.endswith(".json") else FOLDER / f"{options.cases}.json"
    cases = [case for case in read_cases(path) if not options.ids or case.id in options.ids]
    return cases[: options.limit]


def lesson_by_lesson(options: argparse.Namespace, make: dict[str, Callable[[], Pupil]]) -> str:
    """Each lesson to a new pupil."""
    results: dict[str, list[Result]] = {method: [] for method in options.methods}
    for case in chosen_cases(options):
        for method in options.methods:
            result = examine(make[method](), case)
            results[method].append(result)
            passed = [sum(result.efficacy), sum(result.paraphrase), sum(result.locality)]
            print(f"{case.id} {method}: {result.taught.state} {result.taught.seconds:.1f} s {passed}", flush=True)
    last = options.methods[-1]
    parts = [table(results), f"By kind of lesson, {last}:", table_by_kind(results[last])]
    return "\n\n".join([*parts, failures(results[last])] if options.failures else parts)


def in_a_row(options: argparse.Namespace, make: dict[str, Callable[[], Pupil]]) -> str:
    """All lessons to one pupil."""
    cases = chosen_cases(options)[: options.in_a_row]
    return retention_table({method: [retain(make[method](), cases)] for method in options.methods})


def corrections(options: argparse.Namespace, make: dict[str, Callable[[], Pupil]]) -> str:
    """Lessons that a later one changes."""
    changes = read_corrections(FOLDER / "corrections.json")[: options.limit]
    lines = []
    for method in options.methods:
        passed = [ok for change in changes for ok in correct(make[method](), change)]
        lines.append(f"| {method} | {len(changes)} | {sum(passed) / len(passed):.2f} |")
    return "\n".join(["| method | corrections | new answer, and not the old one |", "|---|---|---|", *lines])


def main() -> None:
    """Measure, print and, if asked, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default=os.environ.get("LORELEI_URL", "http://127.0.0.1:8080"))
    parser.add_argument("--home", type=Path, default=Path(os.environ.get("LORELEI_HOME", ".lorelei")))
    parser.add_argument("--cases", default="report", help="tune, report, or a JSON file in their format")
    parser.add_argument("--ids", nargs="*", default=[], help="only these cases")
    parser.add_argument("--limit", type=int, help="only the first so many")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--in-a-row", type=int, help="teach so many lessons to one user instead")
    parser.add_argument("--corrections", action="store_true", help="teach lessons and their changes instead")
    parser.add_argument("--failures", action="store_true", help="list the wrong replies of the last method")
    parser.add_argument("--write", type=Path, help="Markdown file for the result")
    options = parser.parse_args()
    home = Home(options.home)
    make = makers(Api(options.url, home.api_key.read_text(encoding="ascii").strip()), home)
    measure = corrections if options.corrections else in_a_row if options.in_a_row else lesson_by_lesson
    page = measure(options, make)
    print(page)
    if options.write:
        options.write.write_text(page + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
