"""Measures the local moderation: of cases written for it, what share is caught and what share is refused without need.

Usage: python -m benchmarks.moderation [--mistakes SPLIT]
"""

import argparse
import asyncio
import csv
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from services.augmenter.moderation.local import LocalModerator
from services.augmenter.moderation.moderator import Origin
from services.augmenter.settings import AugmenterSettings

CASES = Path(__file__).parent / "moderation_cases"
# `tune` was looked at while the rules changed; of `unseen`, written at the same time, only the scores were.
SPLITS = ("tune", "unseen")
ROUNDS = 5
# Users may teach how to reach people and what to answer; the other two are refused from everybody.
ORIGINS = {
    "toxicity": Origin.USER,
    "secrets": Origin.USER,
    "personal data": Origin.DOCUMENT,
    "injection": Origin.WEB,
}


@dataclass(frozen=True)
class Case:
    """One sentence; `is_bad` says that it must be refused."""

    category: str
    is_bad: bool
    text: str


def read_cases(split: str) -> list[Case]:
    """The cases of one split, in order of their file."""
    with (CASES / f"{split}.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Case(category, kind == "bad", text) for category, kind, text in rows]


async def refused(moderator: LocalModerator, cases: list[Case]) -> list[bool]:
    """Whether each case is refused, for whatever reason, when it comes from where its category matters."""
    verdicts = []
    for case in cases:
        (finding,) = await moderator.judge([case.text], ORIGINS[case.category])
        verdicts.append(finding is not None)
    return verdicts


def table(split: str, cases: list[Case], verdicts: list[bool]) -> list[str]:
    """One Markdown row per category."""
    asked = Counter((case.category, case.is_bad) for case in cases)
    hit = Counter((case.category, case.is_bad) for case, verdict in zip(cases, verdicts, strict=True) if verdict)
    return [
        f"| {split} | {category} | {_share(hit[category, True], asked[category, True])}"
        f" | {_share(hit[category, False], asked[category, False])} |"
        for category in ORIGINS
    ]


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.0%})"


async def measure(mistakes: str | None) -> None:
    """Print the figures that docs/benchmarks/moderation.md reports, and the mistakes of one split where asked."""
    moderator = LocalModerator(AugmenterSettings().toxicity_threshold)
    await moderator.prepare()
    print("| split | category | caught | refused without need |\n|---|---|---|---|")
    for split in SPLITS:
        cases = read_cases(split)
        verdicts = await refused(moderator, cases)
        print("\n".join(table(split, cases, verdicts)))
        if split == mistakes:
            wrong = [case for case, verdict in zip(cases, verdicts, strict=True) if verdict is not case.is_bad]
            print("\n".join(f"{'missed' if case.is_bad else 'refused'}: {case.text}" for case in wrong))
    texts = [case.text for split in SPLITS for case in read_cases(split)] * ROUNDS
    started = time.perf_counter()
    await moderator.judge(texts, Origin.DOCUMENT)
    print(f"\n{(time.perf_counter() - started) * 1000 / len(texts):.2f} ms a sentence, {len(texts)} at once")


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mistakes", choices=SPLITS, help="Print what was judged wrongly in this split.")
    asyncio.run(measure(parser.parse_args().mistakes))


if __name__ == "__main__":
    main()
