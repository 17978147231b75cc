"""Writes the learning benchmark's results as Markdown. Measures nothing."""

from collections.abc import Mapping, Sequence

from benchmarks.learning.scores import Result, Retention, summarise


def table(results: Mapping[str, Sequence[Result]]) -> str:
    """One row for each method, over all lessons."""
    rows = []
    for method, lessons in results.items():
        s = summarise(lessons)
        rows.append(
            f"| {method} | {s.lessons} | {s.live:.2f} | {s.efficacy:.2f} | {s.paraphrase:.2f} | {s.locality:.2f} "
            f"| **{s.score:.2f}** | {s.median_seconds:.1f} |"
        )
    head = "| method | lessons | live | efficacy | paraphrase | locality | S | seconds, median |"
    return "\n".join([head, "|---|---|---|---|---|---|---|---|", *rows])


def table_by_kind(results: Sequence[Result]) -> str:
    """One row for each kind of lesson."""
    rows = []
    for kind in sorted({result.case.kind for result in results}):
        s = summarise([result for result in results if result.case.kind == kind])
        rows.append(
            f"| {kind} | {s.lessons} | {s.efficacy:.2f} | {s.paraphrase:.2f} | {s.locality:.2f} | {s.score:.2f} |"
        )
    head = "| kind | lessons | efficacy | paraphrase | locality | S |"
    return "\n".join([head, "|---|---|---|---|---|---|", *rows])


def retention_table(rows: Mapping[str, Sequence[Retention]]) -> str:
    """What is still known after a row of lessons, and whether lessons take longer and longer."""
    lines = [
        f"| {method} | {r.lessons} | {r.direct:.2f} | {r.paraphrase:.2f} | {r.seconds[0]:.1f} | {r.seconds[-1]:.1f} |"
        for method, taught in rows.items()
        for r in taught
    ]
    head = "| method | lessons in a row | direct | paraphrase | seconds, first | seconds, last |"
    return "\n".join([head, "|---|---|---|---|---|---|", *lines])


def failures(results: Sequence[Result]) -> str:
    """Every wrong reply, for those who look for the cause."""
    lines = []
    for result in results:
        case = result.case
        questions = [case.direct, *case.paraphrases, *case.neighbours]
        for question in questions:
            reply = result.replies[question.text]
            if not question.passes(reply):
                lines.append(f"- {case.id} ({result.taught.state}): {question.text} → {' '.join(reply.split())[:100]}")
    return "\n".join(lines)
