"""Measures the intent classifier: accuracy on unseen phrasings, how far its confidence holds, and milliseconds.

Usage: python -m benchmarks.intents SENTENCE_ENCODER_FOLDER [SPLIT ...]
"""

import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from services.gateway.intents import Intent, IntentClassifier, SentenceEncoder, Understanding, load_classifier
from services.gateway.intents.asking import alternatives_of, is_sure_to_manage
from services.gateway.intents.cases import Case, read_cases
from services.gateway.intents.trigger import learn_statement

# `held_out` was looked at while the cases and the features grew; of `fresh`, written beforehand, only the scores were.
SPLITS = ("held_out", "fresh")
BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)
LONG_TEXT = "The committee met again and postponed the renovation of the old town hall. " * 50


@dataclass(frozen=True)
class Outcome:
    """A case and what it was taken for."""

    case: Case
    found: Understanding

    @property
    def is_right(self) -> bool:
        """Whether the intent is the labelled one."""
        return self.found.intent is self.case.intent

    @property
    def is_triggered(self) -> bool:
        """Whether the case begins with the trigger."""
        return learn_statement(self.case.text) is not None


def understood(classifier: IntentClassifier, cases: Sequence[Case]) -> list[Outcome]:
    """What each of `cases` is taken for."""
    return [Outcome(case, classifier.understand(case.text)) for case in cases]


def share(verdicts: Sequence[bool]) -> str:
    """How many of `verdicts` are true, as a share and as numbers."""
    return f"{sum(verdicts) / len(verdicts):.3f} ({sum(verdicts)} of {len(verdicts)})" if verdicts else "-"


def report_accuracy(outcomes: Sequence[Outcome]) -> None:
    """By language, and of management by action."""
    print(f"  accuracy {share([one.is_right for one in outcomes])}")
    by_language = defaultdict(list)
    for one in outcomes:
        by_language[one.case.language].append(one.is_right)
    print("  " + ", ".join(f"{language} {share(rights)}" for language, rights in sorted(by_language.items())))
    managed = [one for one in outcomes if one.case.intent is Intent.MANAGE and one.is_right]
    print(f"  action of what is recognised as manage {share([one.found.action is one.case.action for one in managed])}")


def report_confusion(outcomes: Sequence[Outcome]) -> None:
    """One row for each intent that is meant, one column for each that is found."""
    counts = Counter((one.case.intent, one.found.intent) for one in outcomes)
    print("  meant \\ found      " + " ".join(f"{intent[:12]:>12}" for intent in Intent))
    for meant in Intent:
        print(f"  {meant:18} " + " ".join(f"{counts[meant, found]:12}" for found in Intent))


def report_calibration(outcomes: Sequence[Outcome]) -> None:
    """How often the classifier is right, by how sure it is, and the mean distance of the two."""
    distance = 0.0
    for low, high in pairwise(BINS):
        inside = [one for one in outcomes if low < one.found.confidence <= high]
        if inside:
            mean = statistics.mean(one.found.confidence for one in inside)
            right = statistics.mean(one.is_right for one in inside)
            distance += abs(mean - right) * len(inside) / len(outcomes)
            print(f"  confidence {low:.2f} to {high:.2f}: {len(inside):4} cases, mean {mean:.2f}, right {right:.2f}")
    print(f"  expected calibration error {distance:.3f}")


def report_dispatch(outcomes: Sequence[Outcome]) -> None:
    """What the thresholds make of it: who is asked, and what is acted on."""
    facts = [one for one in outcomes if one.is_triggered and one.case.intent is Intent.LEARN_INSTRUCTION]
    triggered = [one for one in outcomes if one.is_triggered]
    silent = [one for one in triggered if not alternatives_of(one.found)]
    plain = [one for one in outcomes if not one.is_triggered]
    managed = [one for one in plain if is_sure_to_manage(one.found)]
    meant = [one for one in plain if one.case.intent is Intent.MANAGE]
    print(f"  [Learn] facts asked about {share([bool(alternatives_of(one.found)) for one in facts])}")
    print(f"  [Learn] messages asked about {share([bool(alternatives_of(one.found)) for one in triggered])}")
    print(f"  [Learn] messages not asked about that are right {share([one.is_right for one in silent])}")
    print(f"  managed that was meant so {share([one.case.intent is Intent.MANAGE for one in managed])}")
    print(f"  meant to manage and managed {share([is_sure_to_manage(one.found) for one in meant])}")


def latencies_ms(classifier: IntentClassifier, texts: Sequence[str], clock: Callable[[], float]) -> list[float]:
    """Milliseconds of each understanding, one at a time, as the gateway does it."""
    measured = []
    for text in texts:
        started = clock()
        classifier.understand(text)
        measured.append((clock() - started) * 1000)
    return sorted(measured)


def main(folder: Path, splits: Sequence[str]) -> None:
    """Print the figures that docs/benchmarks/intents.md reports."""
    started = time.perf_counter()
    classifier = load_classifier(SentenceEncoder(folder, threads=1))
    print(f"opening: {time.perf_counter() - started:.2f} s")
    texts = []
    for split in splits:
        print(f"{split}:")
        outcomes = understood(classifier, read_cases(split))
        texts += [one.case.text for one in outcomes]
        for report in (report_accuracy, report_confusion, report_calibration, report_dispatch):
            report(outcomes)
        if split != "fresh":
            wrong = (one for one in outcomes if not one.is_right)
            print("".join(f"  {one.case.text!r}: {one.case.intent} taken for {one.found.intent}\n" for one in wrong))
    for name, measured in (("cases", texts), ("a text of 3,700 characters", [LONG_TEXT] * 200)):
        # Where other work shares the cores, what one core has to do shows only in the time of the processor.
        for what, clock in (("passed", time.perf_counter), ("of the processor", time.process_time)):
            times = latencies_ms(classifier, measured, clock)
            p95 = times[int(len(times) * 0.95)]
            print(f"{name}, ms {what}: median {statistics.median(times):.1f}, p95 {p95:.1f}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit("usage: python -m benchmarks.intents SENTENCE_ENCODER_FOLDER [SPLIT ...]")
    main(Path(sys.argv[1]), sys.argv[2:] or SPLITS)
