"""Measures the intent classifier: accuracy on unseen phrasings, and milliseconds a statement.

Usage: python -m benchmarks.intents SENTENCE_ENCODER_FOLDER
"""

import statistics
import sys
import time
from pathlib import Path

from services.gateway.intents import IntentClassifier, LearnKind, SentenceEncoder, load_classifier
from services.gateway.intents.fitting import read_examples

# `held_out` was looked at while the training examples grew; of `fresh`, written afterwards, only the scores were.
SPLITS = ("held_out", "fresh")
ROUNDS = 5


def mistakes(classifier: IntentClassifier, examples: dict[LearnKind, list[str]]) -> list[str]:
    """One line for each held-out statement that is classified wrongly."""
    found = ((kind, statement, classifier.classify(statement)) for kind in examples for statement in examples[kind])
    return [f"{statement!r}: {kind} taken for {got}" for kind, statement, got in found if got is not kind]


def report_accuracy(classifier: IntentClassifier, split: str) -> list[str]:
    """Print the accuracy and the mistakes on `split`, and return its statements."""
    examples = read_examples(split)
    statements = [statement for kind in examples for statement in examples[kind]]
    wrong = mistakes(classifier, examples)
    print(f"{split}: accuracy {1 - len(wrong) / len(statements):.3f} ({len(statements)} statements)")
    print("".join(f"  {line}\n" for line in wrong), end="")
    return statements


def latencies_ms(classifier: IntentClassifier, statements: list[str]) -> list[float]:
    """Milliseconds of each classification, one at a time, as the gateway does it."""
    measured = []
    for statement in statements * ROUNDS:
        started = time.perf_counter()
        classifier.classify(statement)
        measured.append((time.perf_counter() - started) * 1000)
    return sorted(measured)


def main(folder: Path) -> None:
    """Print the figures that docs/benchmarks/intents.md reports."""
    started = time.perf_counter()
    classifier = load_classifier(SentenceEncoder(folder, threads=1))
    print(f"opening: {time.perf_counter() - started:.2f} s")
    statements = [statement for split in SPLITS for statement in report_accuracy(classifier, split)]
    times = latencies_ms(classifier, statements)
    print(f"latency ms: median {statistics.median(times):.1f}, p95 {times[int(len(times) * 0.95)]:.1f}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m benchmarks.intents SENTENCE_ENCODER_FOLDER")
    main(Path(sys.argv[1]))
