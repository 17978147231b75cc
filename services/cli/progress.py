"""Shows a lesson's progress as a bar. Knows nothing of HTTP."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from services.cli.client import LearnUpdate


class LearnBar:
    """A bar from 0 to 100 % with the state beside it; in a file or a pipe it only leaves its last line."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("Model updating"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[state]}"),
            TimeElapsedColumn(),
            console=console,
        )
        self._task = self._progress.add_task("learn", total=100, state="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, update: LearnUpdate) -> None:
        """Move the bar to `update`."""
        self._progress.update(self._task, completed=update.progress, state=update.state.lower())
