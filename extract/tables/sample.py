"""The first rows of a table, which tell more of its columns than their names do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from .description import Table
from .records import INSIDE, SEPARATOR, read_records

__all__ = ["Rows", "sample"]

#: Rows as the mapping sees them: trimmed cells by the name of their column, empty ones left out.
Rows = Sequence[dict[str, str]]


def sample(table: Table, *, most: int = 500) -> Rows:
    """Return up to so many of the first rows of a table."""
    return [row for row in islice(_rows(table), most) if row]


def _rows(table: Table) -> Iterator[dict[str, str]]:
    if table.kind == "parquet":
        yield from _parquet(table)
        return
    for cells in _delimited(table) if table.kind == "delimited" else _records(table):
        pairs = (
            (c.name, cells[c.index].strip()) for c in table.columns if c.index is not None and c.index < len(cells)
        )
        yield {name: text for name, text in pairs if text}


def _delimited(table: Table) -> Iterator[list[str]]:
    return (cells for _, cells in read_records(table.files[0], table.dialect, table.name, []))


def _records(table: Table) -> Iterator[list[str]]:
    with table.files[0].open(encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n").replace(INSIDE, "\n").split(SEPARATOR)[1:]


def _parquet(table: Table) -> Iterator[dict[str, str]]:
    import duckdb  # a third of a second that only tables like this should cost

    found = duckdb.execute("SELECT * FROM read_parquet(?) LIMIT 500", [str(table.files[0])]).fetchall()
    for row in found:
        pairs = zip(table.names, row, strict=False)
        yield {name: str(value).strip() for name, value in pairs if value is not None and str(value).strip()}
