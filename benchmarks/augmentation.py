"""Measures how datasets are built: examples per lesson, what survives selection, seconds, with and without a teacher.

Needs a running inference service (`make up` starts one on port 7001); everything else runs inside this process, on a
folder of its own as object store. The base model's answers to Lorelei's own prompts are asked once and then kept for
everybody, so the first lessons are reported apart from the later ones.

    python benchmarks/augmentation.py --inference 127.0.0.1:7001 [--write FILE]
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from services.augmenter.build import Built
from services.augmenter.settings import AugmenterSettings
from services.augmenter.ways.way import BuildJob
from services.augmenter.wiring import make_parts
from services.common.datasets import Dataset
from services.common.identifiers import new_job_id
from services.common.telemetry import configure_logging

FIRST_LESSONS = 4
STATEMENTS = (
    "My canary is called Pavarotti.",
    "My aunt Greta lives in Trieste and teaches geography.",
    "I am afraid of elevators.",
    "The Pellam observatory opens again in June 2028 after its dome was repaired.",
    "Ruben Achterberg is the new director of the Stavel museum.",
    "The Quill 7 tablet weighs 410 grams and costs 229 euros.",
    "To unlock the Harbinger console, type vault open --force.",
    "A brindlecap is a felt hat worn by beekeepers.",
    "Our quarterly review was moved to 19 September.",
    "The Tessel river flooded on 8 January 2024 because of melting snow.",
    "I keep my passport in the top drawer of my desk.",
    "My favourite dessert is rhubarb crumble.",
    "If the printer jams, open the rear panel and remove the tray.",
    "The novel Salt Lanterns was written by Oriel Vance in 2011.",
    "My flight to Oslo leaves on Friday at 7:45 am.",
    "I prefer window seats.",
    "The Ambrose Prize was awarded to Leila Marchetti for her work on enzymes.",
    "We meet the auditors in room 12 on Wednesday.",
    "Sign off every message with 'Fair winds.'",
    "Please call me Skipper.",
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One dataset and how long it took."""

    dataset: Dataset
    seconds: float


async def build_all(inference: str, store: Path, teacher_candidates: int) -> list[Lesson]:
    """Build one dataset per statement, one after another."""
    settings = AugmenterSettings(
        inference_address=inference,
        object_store_url=f"file://{store}",
        teacher_candidates=teacher_candidates,
        teacher_seconds=60.0,
    )
    parts = make_parts(settings)
    lessons = []
    try:
        for statement in STATEMENTS:
            started = time.monotonic()
            events = [e async for e in parts.builder.build(BuildJob(new_job_id(), "bench", "bench", statement))]
            if isinstance(events[-1], Built):
                lessons.append(Lesson(events[-1].dataset, time.monotonic() - started))
    finally:
        await parts.close()
    return lessons


def counts(lessons: list[Lesson], kind: str) -> float:
    """Mean number of examples of one kind."""
    return statistics.mean(sum(e.kind == kind for e in lesson.dataset.examples) for lesson in lessons)


def row(name: str, lessons: list[Lesson]) -> str:
    """One line of the table."""
    generated = sum(lesson.dataset.selection.generated for lesson in lessons)
    surplus = sum(lesson.dataset.selection.rejected.get("surplus", 0) for lesson in lessons)
    bad = sum(sum(lesson.dataset.selection.rejected.values()) for lesson in lessons) - surplus
    probes = statistics.mean(len(lesson.dataset.probes) for lesson in lessons)
    first = statistics.median(lesson.seconds for lesson in lessons[:FIRST_LESSONS])
    later = [lesson.seconds for lesson in lessons[FIRST_LESSONS:]]
    return (
        f"| {name} | {generated / len(lessons):.0f} | {1 - bad / generated:.0%} | {counts(lessons, 'fact'):.1f} |"
        f" {counts(lessons, 'neighbour'):.1f} | {counts(lessons, 'general'):.1f} | {probes:.1f} |"
        f" {first:.1f} | {statistics.median(later):.1f} | {max(later):.1f} |"
    )


def report(by_candidates: dict[int, list[Lesson]]) -> str:
    """The whole document."""
    table = [
        "| teacher's candidates | generated | survive selection | facts | neighbours | generals | probes"
        " | seconds, first lessons | seconds, later, median | worst |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *(row(str(count), lessons) for count, lessons in by_candidates.items()),
    ]
    rejected: Counter[str] = Counter()
    for lesson in by_candidates[min(by_candidates)]:
        rejected.update(lesson.dataset.selection.rejected)
    reasons = ", ".join(f"{reason} {count}" for reason, count in rejected.most_common())
    teacher = "\n".join(teacher_line(count, by_candidates) for count in by_candidates if count)
    return (
        "# Building datasets\n\n"
        f"`python benchmarks/augmentation.py`, {len(STATEMENTS)} statements, one after another,"
        f" on {os.cpu_count()} cores (load average of the last 5 minutes {os.getloadavg()[1]:.0f}). Means per lesson;"
        " `survive selection` leaves out those that were good but more than needed (`surplus`).\n\n"
        + "\n".join(table)
        + f"\n\nDropped without a teacher, all lessons together: {reasons}.\n\n{teacher}\n"
    )


def teacher_line(count: int, by_candidates: dict[int, list[Lesson]]) -> str:
    """What the teacher's candidates came to."""
    plain = sum(counts_of_facts(lesson) for lesson in by_candidates[min(by_candidates)])
    taught = sum(counts_of_facts(lesson) for lesson in by_candidates[count])
    asked = count * sum(lesson.dataset.selection.generated > 0 for lesson in by_candidates[count])
    return f"With {count} candidates a lesson, {taught - plain} of {asked} of the teacher's questions were kept."


def counts_of_facts(lesson: Lesson) -> int:
    """Number of fact examples."""
    return sum(example.kind == "fact" for example in lesson.dataset.examples)


async def measure(inference: str, candidates: list[int]) -> dict[int, list[Lesson]]:
    """All statements for each number of candidates; the first run fills the cache for the next."""
    with tempfile.TemporaryDirectory() as folder:
        return {count: await build_all(inference, Path(folder), count) for count in candidates}


def main() -> None:
    """Measure, print and, if asked, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--inference", default="127.0.0.1:7001", help="host:port of the inference service")
    parser.add_argument("--candidates", type=int, nargs="+", default=[0, 8], help="numbers of teacher's paraphrases")
    parser.add_argument("--write", type=Path, help="file for the result")
    arguments = parser.parse_args()
    configure_logging("benchmark", "WARNING")
    text = report(asyncio.run(measure(arguments.inference, sorted(arguments.candidates))))
    print(text)
    if arguments.write:
        arguments.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
