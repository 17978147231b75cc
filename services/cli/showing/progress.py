"""Shows how far a job, an upload or a download is. Knows nothing of HTTP."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

from services.cli.updates import LearnUpdate

_STAGES = {
    "QUEUED": "Waiting",
    "PREPARING": "Preparing",
    "TRAINING": "Training",
    "EVALUATING": "Checking",
    "ACTIVATING": "Going live",
    "LIVE": "Live",
    "REJECTED": "Not learned",
    "FAILED": "Failed",
    "CANCELLED": "Cancelled",
}
# As wide as "Waiting, 10 before it", so that the bar stays where it is.
_STAGE_COLUMNS = 21


class LearnBar:
    """A bar from 0 to 100 % with the stage beside it; in a file or a pipe it only leaves its last line."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[figures]}", style="dim", markup=False),
            console=console,
        )
        self._task = self._progress.add_task(_padded("Model updating"), total=100, figures="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, update: LearnUpdate) -> None:
        """Move the bar to `update`."""
        self._progress.update(
            self._task,
            completed=update.progress,
            description=_padded(stage_of(update)),
            figures=_figures(update),
        )
        if update.is_final:
            self._progress.stop_task(self._task)


def stage_of(update: LearnUpdate) -> str:
    """The stage that a job is in, with how far it is in it, such as "Training 3/18"."""
    stage, detail = _STAGES.get(update.state, update.state), update.detail
    if detail.get("total_steps"):
        return f"{stage} {detail['step']:.0f}/{detail['total_steps']:.0f}"
    if detail.get("total"):
        return f"{stage} {detail['done']:.0f}/{detail['total']:.0f}"
    if detail.get("jobs_ahead"):
        return f"{stage}, {detail['jobs_ahead']:.0f} before it"
    return stage


def file_progress(console: Console) -> Progress:
    """Bars for files on their way."""
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeElapsedColumn(),
        console=console,
    )


def _figures(update: LearnUpdate) -> str:
    if "loss" in update.detail:
        return f"loss {update.detail['loss']:.2f}"
    return str(update.body.get("stage") or "")


def _padded(stage: str) -> str:
    return f"{stage:<{_STAGE_COLUMNS}}"
