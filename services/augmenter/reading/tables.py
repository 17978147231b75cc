"""Tells the rows of a table as lines of text. Does not know how a format marks its tables."""

from collections.abc import Sequence


def table_lines(rows: Sequence[Sequence[str]], *, headed: bool) -> list[str]:
    """One line for each row with text: "Header: value; Header: value" where the first row is `headed`, naming columns.

    Two columns without headers are taken for names and values; one column for plain paragraphs.
    """
    full = [row for row in rows if any(row)]
    if headed and len(full) > 1 and max(map(len, full)) > 1:
        headers, *body = full
        return [_headed_line(headers, row) for row in body]
    return [_plain_line(row) for row in full]


def _headed_line(headers: Sequence[str], row: Sequence[str]) -> str:
    names = [*headers, *[""] * len(row)]
    return "; ".join(f"{name}: {value}" if name else value for name, value in zip(names, row, strict=False) if value)


def _plain_line(row: Sequence[str]) -> str:
    cells = [cell for cell in row if cell]
    if len(row) == 2 and len(cells) == 2:
        return f"{cells[0].removesuffix(':')}: {cells[1]}"
    return "; ".join(cells)
