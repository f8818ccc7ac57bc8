"""Spreadsheets: each sheet of an .xlsx workbook as a table of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..problems import InputError, Problem
from ..table import cell_text
from .description import Dialect, Table
from .records import SEPARATOR, write_records
from .text import columns_of

__all__ = ["read_workbook"]


def read_workbook(path: Path, scratch: Path, notes: list[Problem]) -> Iterator[Table]:
    """Yield the sheets that have a header, unpacked into `scratch` as records. Raises InputError."""
    import openpyxl  # heavy, and only for those who keep their tables in a spreadsheet

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # a broken zip or XML raises many types, all of them meaning the same here
        fix = "open it in your spreadsheet program and save it as .xlsx, or export a .tsv"
        raise InputError([Problem(str(path), 0, 0, "not a readable .xlsx workbook", str(error), fix)]) from error
    try:
        for sheet in book.worksheets:
            rows = (
                (number, [cell_text(value) for value in values])
                for number, values in enumerate(sheet.iter_rows(values_only=True), start=1)
            )
            yield from _table(sheet.title, rows, path, scratch, notes, alone=len(book.worksheets) == 1)
    finally:
        book.close()


def _table(
    title: str,
    rows: Iterator[tuple[int, Sequence[str]]],
    path: Path,
    scratch: Path,
    notes: list[Problem],
    *,
    alone: bool,
) -> Iterator[Table]:
    header = next(((n, cells) for n, cells in rows if any(cells)), None)
    if header is None:
        return
    columns, doubled = columns_of(header[1])
    shown = f"{path}#{title}"
    notes += [
        Problem(shown, header[0], 0, "the column stands twice", name, "the second is read as name_2", warning=True)
        for name in doubled
    ]
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem if alone else title) or "sheet"
    target = scratch / f"{name}.records"
    scratch.mkdir(parents=True, exist_ok=True)
    write_records(((n, cells) for n, cells in rows if any(cells)), target)
    dialect = Dialect(SEPARATOR, "", "utf-8", 0)
    yield Table(name, (target,), columns, "records", dialect, title=path.name if alone else f"{path.name}#{title}")
