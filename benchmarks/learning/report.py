"""Writes what was measured as Markdown. Measures and draws nothing."""

from collections.abc import Callable, Sequence

from benchmarks.learning import explanations
from benchmarks.learning.figures import Comparison, compare, corrected, dataset_seconds, rows
from benchmarks.learning.records import LessonResult, Record, Setting
from benchmarks.learning.scores import STYLE, Spread, Summary, passed, spread, summarise


def page(records: Sequence[Record]) -> str:
    """Everything that `records` tell, section by section."""
    settings = [record for record in records if isinstance(record, Setting)]
    comparison = compare(records)
    parts = [explanations.opening(settings)] if settings else []
    if comparison.cases:
        parts += ["## Methods side by side", methods_table(comparison), explanations.COLUMNS]
        parts += [_left_out(comparison), explanations.fine_tuning(settings, _built(comparison)), explanations.DRIFT]
        parts += ["## By kind of lesson", kinds_table(comparison), explanations.KINDS]
    if rows(records):
        parts += ["## Many lessons to one user", retention_table(records), explanations.RETENTION]
    if corrected(records):
        parts += ["## Corrections", corrections_table(records), explanations.CORRECTIONS]
    return "\n\n".join(part for part in parts if part) + "\n"


def methods_table(comparison: Comparison) -> str:
    """One row for each method, over all lessons about facts."""
    columns: list[tuple[str, Callable[[Summary], float | None], str]] = [
        ("live", lambda s: s.live, ".2f"),
        ("efficacy", lambda s: s.efficacy, ".2f"),
        ("paraphrase", lambda s: s.paraphrase, ".2f"),
        ("locality", lambda s: s.locality, ".2f"),
        ("**S**", lambda s: s.score, ".2f"),
        ("seconds", lambda s: s.median_seconds, ".1f"),
        ("KL", lambda s: s.kl, ".4f"),
        ("same answer", lambda s: s.same, ".2f"),
    ]
    lines = [["method", "lessons", "seeds", *(name for name, _, _ in columns)]]
    for method in comparison.by_method:
        seeds = summaries(comparison, method)
        if seeds:
            cells = [shown(spread(seeds, figure), form) for _, figure, form in columns]
            lines.append([method, str(seeds[0].lessons), str(len(seeds)), *cells])
    return _table(lines)


def summaries(comparison: Comparison, method: str) -> list[Summary]:
    """The method's lessons about facts, summed up for each seed."""
    facts = [[one for one in seed if one.kind != STYLE] for seed in comparison.by_method[method]]
    return [summarise(seed) for seed in facts if seed]


def kinds_table(comparison: Comparison) -> str:
    """One row for each kind of lesson, one column for each method, all seeds together."""
    methods = list(comparison.by_method)
    pooled = {method: comparison.pooled(method) for method in methods}
    lines = [["kind", "lessons", *methods]]
    kinds = sorted({one.kind for results in pooled.values() for one in results}, key=lambda kind: (kind == STYLE, kind))
    for kind in kinds:
        of_kind = {method: [one for one in pooled[method] if one.kind == kind] for method in methods}
        lessons = max(len({one.case for one in results}) for results in of_kind.values())
        lines.append([kind, str(lessons), *(_kind_cell(kind, of_kind[method]) for method in methods)])
    return _table(lines)


def retention_table(records: Sequence[Record]) -> str:
    """What is still known after so many lessons, and whether lessons take longer and longer."""
    found = rows(records)
    counts = sorted({count for row in found.values() for count in row.direct})
    lines = [
        ["method", "seeds", *(f"after {count}" for count in counts), "seconds, first", "seconds, last", "KL, last"]
    ]
    for method, row in found.items():
        known = [
            " / ".join(shown(share[count]) for share in (row.direct, row.paraphrase, row.neighbour))
            if count in row.direct
            else "–"
            for count in counts
        ]
        drift = shown(row.kl[max(row.kl)], ".4f") if row.kl else "–"
        seconds = [shown(row.first_seconds, ".1f"), shown(row.last_seconds, ".1f")]
        lines.append([method, str(row.seeds), *known, *seconds, drift])
    return _table(lines)


def corrections_table(records: Sequence[Record]) -> str:
    """What is known after a lesson and its change."""
    lines = [["method", "corrections", "new answer, and not the old one"]]
    lines += [[method, str(count), shown(right)] for method, (count, right) in corrected(records).items()]
    return _table(lines)


def failures(records: Sequence[Record], method: str) -> str:
    """Every wrong reply of one method, for those who look for the cause."""
    return "\n".join(
        f"- {result.case} ({result.state}): {answer.question} → {' '.join(answer.reply.split())[:100]}"
        for result in records
        if isinstance(result, LessonResult) and result.method == method
        for answer in result.answers
        if not answer.passed
    )


def shown(figure: Spread | None, form: str = ".2f") -> str:
    """A mean, with its deviation where there is one."""
    if figure is None:
        return "–"
    deviation = "" if figure.deviation is None else f" ± {figure.deviation:{form}}"
    return f"{figure.mean:{form}}{deviation}"


def _kind_cell(kind: str, results: Sequence[LessonResult]) -> str:
    if not results:
        return "–"
    if kind == STYLE:
        return f"**{passed(answer for result in results for answer in result.answers):.2f}** obeyed"
    one = summarise(results)
    return f"{one.efficacy:.2f} {one.paraphrase:.2f} {one.locality:.2f} **{one.score:.2f}**"


def _left_out(comparison: Comparison) -> str:
    if not comparison.unfinished:
        return ""
    return f"{comparison.unfinished} lessons that not every method was taught yet are left out."


def _built(comparison: Comparison) -> float | None:
    return dataset_seconds(comparison.pooled("fine-tuning")) if "fine-tuning" in comparison.by_method else None


def _table(lines: Sequence[Sequence[str]]) -> str:
    head, *body = ["| " + " | ".join(line) + " |" for line in lines]
    return "\n".join([head, "|---" * len(lines[0]) + "|", *body])
