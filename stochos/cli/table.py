"""Tables in plain text: words to the left, numbers to the right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Cell = str | float | None


def table(head: Sequence[str], rows: Sequence[Sequence[Cell]], decimals: int = 4) -> Iterator[str]:
    """Lines of columns that stand under each other; a cell without a value is a dash."""
    written = [[_written(cell, decimals) for cell in row] for row in rows]
    is_number = [all(not isinstance(row[column], str) for row in rows) for column in range(len(head))]
    widths = [max(map(len, column)) for column in zip(head, *written, strict=True)]
    for row in (list(head), *written):
        cells = zip(row, widths, is_number, strict=True)
        yield "  ".join(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in cells).rstrip()


def _written(cell: Cell, decimals: int) -> str:
    match cell:
        case None:
            return "-"
        case str():
            return cell
        case int():
            return f"{cell:,}"
        case float():
            return f"{cell:.{decimals}f}"
