"""Writes the learning benchmark's page and pictures from files of results; measures nothing.

python -m benchmarks.learning.publish results.jsonl [more.jsonl …] --folder docs/benchmarks
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks.learning.figures import compare, rows
from benchmarks.learning.pictures import Point, draw_retention, draw_seconds
from benchmarks.learning.records import Record, Setting, read_records
from benchmarks.learning.report import page, summaries
from benchmarks.learning.scores import Spread, spread

PAGE = "learning-methods.md"
SECONDS = "learning-seconds.svg"
RETENTION = "learning-retention.svg"


def publish(records: Sequence[Record], folder: Path) -> list[Path]:
    """Write the page and the pictures for which there are figures; return their paths."""
    drawn = [*_seconds_picture(records, folder / SECONDS), *_retention_picture(records, folder / RETENTION)]
    pictures = "".join(f"\n![{alternative}]({path.name})\n" for path, alternative in drawn)
    (folder / PAGE).write_text(page(records) + pictures, encoding="utf-8")
    return [folder / PAGE, *(path for path, _ in drawn)]


def _seconds_picture(records: Sequence[Record], path: Path) -> list[tuple[Path, str]]:
    comparison = compare(records)
    found = {method: summaries(comparison, method) for method in comparison.by_method}
    points = {
        method: Point(_sure(spread(seeds, lambda s: s.score)), _sure(spread(seeds, lambda s: s.median_seconds)))
        for method, seeds in found.items()
        if seeds
    }
    if not points:
        return []
    draw_seconds(points, path)
    return [(path, "S of each method against the seconds until a lesson is live")]


def _retention_picture(records: Sequence[Record], path: Path) -> list[tuple[Path, str]]:
    known = {method: row.right for method, row in rows(records).items()}
    if not known:
        return []
    draw_retention(known, path)
    return [(path, "Share of questions answered rightly against the number of lessons taught to one user")]


def _sure(figure: Spread | None) -> Spread:
    if figure is None:
        raise ValueError("A figure that every lesson has is missing.")
    return figure


def main() -> None:
    """Read, write, and say what was written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", nargs="+", type=Path, help="files that `python -m benchmarks.learning --out` wrote")
    parser.add_argument("--folder", type=Path, default=Path("docs/benchmarks"), help="where page and pictures go")
    options = parser.parse_args()
    records = [record for path in options.results for record in read_records(path)]
    if len({record.model_sha256 for record in records if isinstance(record, Setting)}) > 1:
        raise SystemExit("The files hold results of different base models.")
    for path in publish(records, options.folder):
        print(path)


if __name__ == "__main__":
    main()
