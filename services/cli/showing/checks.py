"""What the doctor found, on the screen."""

from rich.table import Table
from rich.text import Text

from services.cli.doctor.check import Check, CheckState

_MARKS = {
    CheckState.OK: Text("✓", style="green"),
    CheckState.WARN: Text("!", style="bold yellow"),
    CheckState.FAIL: Text("✗", style="bold red"),
}


def checks_table(checks: list[Check]) -> Table:
    """Each check with what was found, and below it what to do."""
    table = Table.grid(padding=(0, 2))
    for check in checks:
        table.add_row(_MARKS[check.state], Text(check.name, style="bold"), Text(check.found))
        if check.advice:
            table.add_row(
                "", "", Text(f"→ {check.advice}", style="yellow" if check.state is CheckState.WARN else "red")
            )
    return table


def verdict_of(checks: list[Check]) -> Text:
    """All of it in one sentence."""
    failed = sum(check.state is CheckState.FAIL for check in checks)
    warned = sum(check.state is CheckState.WARN for check in checks)
    if failed:
        return Text(f"{failed} of {len(checks)} checks failed; what to do stands behind →.", style="bold red")
    if warned:
        return Text(f"Nothing is broken; {warned} could be better.", style="bold yellow")
    return Text("All is well.", style="bold green")
