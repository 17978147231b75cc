"""Draws what was measured, for people: the same figures give the same SVG. Knows no records."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from benchmarks.learning.scores import Spread

# Grey that can be read on white and on nearly black; colours of Okabe and Ito that can, and that colour-blind people
# can tell apart; shapes for those who see none.
_INK = "#7a7a7a"
_LOOKS = {
    "untaught": ("#8c8c8c", "X"),
    "notes": ("#e69f00", "s"),
    "retrieval": ("#cc79a7", "D"),
    "fine-tuning": ("#0a84c6", "^"),
    "lorelei": ("#d55e00", "o"),
}
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "path",
    "svg.hashsalt": "lorelei",
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
# Shares of the axes that one name takes.
_LABEL_WIDTH, _LABEL_HEIGHT = 0.2, 0.055


@dataclass(frozen=True)
class Point:
    """One method: its S, and its seconds until a lesson is live."""

    score: Spread
    seconds: Spread


def draw_seconds(points: Mapping[str, Point], path: Path) -> None:
    """How well a lesson is learned against how long that takes."""
    with mpl.rc_context(_STYLE):
        figure, axes = _canvas("seconds from the statement until it is live", "S (1 is best)")
        for method, point in points.items():
            colour, marker = _LOOKS[method]
            axes.errorbar(
                point.seconds.mean,
                point.score.mean,
                xerr=point.seconds.deviation,
                yerr=point.score.deviation,
                color=colour,
                marker=marker,
                markersize=9,
                linestyle="none",
            )
        longest = max(point.seconds.mean + (point.seconds.deviation or 0.0) for point in points.values())
        axes.set_xlim(-0.04 * max(longest, 1.0), 1.25 * max(longest, 1.0))
        _label(axes, {method: (point.seconds.mean, point.score.mean) for method, point in points.items()}, (8, 9))
        _save(figure, path)


def draw_retention(rows: Mapping[str, Mapping[int, Spread]], path: Path) -> None:
    """How much of all lessons so far is known, against their number."""
    with mpl.rc_context(_STYLE):
        figure, axes = _canvas("lessons taught to one user", "share of questions answered rightly")
        for method, known in rows.items():
            colour, marker = _LOOKS[method]
            axes.errorbar(
                list(known),
                [one.mean for one in known.values()],
                yerr=[one.deviation or 0.0 for one in known.values()],
                color=colour,
                marker=marker,
                markersize=7,
                linewidth=2,
            )
        counts = sorted({count for known in rows.values() for count in known})
        axes.set_xticks(counts)
        axes.set_xlim(0, 1.22 * counts[-1])
        _label(axes, {method: (max(known), known[max(known)].mean) for method, known in rows.items()}, (9, 0))
        _save(figure, path)


def _canvas(across: str, up: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(7.2, 4.2), layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.set_ylim(-0.03, 1.03)
    axes.grid(axis="y", color=_INK, alpha=0.25, linewidth=0.8)
    return figure, axes


def _label(axes: Axes, ends: Mapping[str, tuple[float, float]], offset: tuple[float, float]) -> None:
    """Write each method's name `offset` points from its end, higher where it would lie on another."""
    left, right = axes.get_xlim()
    placed: list[tuple[float, float]] = []
    for method, (across, up) in sorted(ends.items(), key=lambda end: end[1][1]):
        beside = [height for place, height in placed if abs(place - across) < _LABEL_WIDTH * (right - left)]
        height = max([up, *(other + _LABEL_HEIGHT for other in beside)])
        placed.append((across, height))
        axes.annotate(
            method,
            (across, height),
            xytext=offset,
            textcoords="offset points",
            color=_LOOKS[method][0],
            va="center",
            fontweight="bold" if method == "lorelei" else "normal",
        )


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
