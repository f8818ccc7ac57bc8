"""Spreadsheets: each sheet of an .xlsx workbook as a table of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from ..problems import InputError, Problem
from ..table import cell_text
from .description import Dialect, Table
from .records import SEPARATOR, write_records
from .text import above_header, columns_of, find_header, is_data

__all__ = ["read_workbook"]

#: A workbook of more bytes is read a row at a time.
_WHOLE = 16 << 20
#: How many rows tell which of them is the header.
_LOOKED_AT = 100


def read_workbook(path: Path, scratch: Path, notes: list[Problem]) -> Iterator[Table]:
    """Yield the sheets that have a header, unpacked into `scratch` as records. Raises InputError."""
    import openpyxl  # heavy, and only for those who keep their tables in a spreadsheet

    try:
        # merged cells are known only where a workbook is read whole
        book = openpyxl.load_workbook(path, read_only=path.stat().st_size > _WHOLE, data_only=True)
    except Exception as error:  # a broken zip or XML raises many types, all of them meaning the same here
        fix = "open it in your spreadsheet program and save it as .xlsx, or export a .tsv"
        raise InputError([Problem(str(path), 0, 0, "not a readable .xlsx workbook", str(error), fix)]) from error
    try:
        for sheet in book.worksheets:
            rows = (
                (number, [cell_text(value) for value in values]) for number, values in enumerate(_rows(sheet), start=1)
            )
            yield from _table(sheet.title, rows, path, scratch, notes, alone=len(book.worksheets) == 1)
    finally:
        book.close()


def _rows(sheet: Any) -> Iterator[Sequence[object]]:
    """Yield the rows of a sheet; a cell that is merged with those below it stands in each of their rows."""
    merged = getattr(getattr(sheet, "merged_cells", None), "ranges", ())
    below = {
        (row, area.min_col - 1): area.start_cell.value
        for area in merged
        if area.min_col == area.max_col
        for row in range(area.min_row + 1, area.max_row + 1)
    }
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        yield [below.get((number, n), value) for n, value in enumerate(values)] if below else values


def _table(
    title: str,
    rows: Iterator[tuple[int, Sequence[str]]],
    path: Path,
    scratch: Path,
    notes: list[Problem],
    *,
    alone: bool,
) -> Iterator[Table]:
    first = list(islice(((n, cells) for n, cells in rows if any(cells)), _LOOKED_AT))
    if not first:
        return
    start = find_header([cells for _, cells in first])
    bare = is_data(first[start][1], [cells for _, cells in first[start + 1 :]])
    number, head = first[start]
    columns, doubled = columns_of([""] * len(head) if bare else head)
    shown = f"{path}#{title}"
    notes += [
        Problem(shown, number, 0, "the column stands twice", name, "the second is read as name_2", warning=True)
        for name in doubled
    ]
    notes += above_header(shown, [" ".join(filter(None, cells)) for _, cells in first[:start]])
    if bare:
        fix = "its columns are called column_1, column_2 and so on; write names above them if you can"
        notes.append(Problem(shown, number, 0, "the first row is no header", "", fix, warning=True))
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem if alone else title) or "sheet"
    target = scratch / f"{name}.records"
    scratch.mkdir(parents=True, exist_ok=True)
    below = chain(first[start if bare else start + 1 :], ((n, cells) for n, cells in rows if any(cells)))
    write_records(below, target)
    dialect = Dialect(SEPARATOR, "", "utf-8", 0)
    yield Table(name, (target,), columns, "records", dialect, title=path.name if alone else f"{path.name}#{title}")
