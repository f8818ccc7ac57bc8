"""Records of odd tables, written anew as plain lines: one record a line, cells set apart by a unit separator.

Used where a table has cells that span lines, unbalanced quotes or an encoding that the engine does not read. The
first cell of each line is the number of the line in the file where the record starts.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from ..problems import Problem
from .description import Dialect

__all__ = ["INSIDE", "SEPARATOR", "read_records", "record", "write_records"]

csv.field_size_limit(1 << 30)  # or a cell of more than 128 KiB would pass for one without its closing quote
#: Between cells (ASCII unit separator), and in the place of a line end inside a cell (ASCII record separator).
SEPARATOR, INSIDE = "\x1f", "\x1e"
#: A quoted cell may span so many lines; one that spans more has lost its closing quote.
_SPAN = 2_000


def write_records(rows: Iterable[tuple[int, Sequence[str]]], path: Path) -> None:
    """Write records with their line numbers."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for line, cells in rows:
            file.write(record(line, cells))


def record(line: int, cells: Iterable[str]) -> str:
    """Return a record as `write_records` writes it."""
    return SEPARATOR.join((str(line), *map(_plain, cells))) + "\n"


def read_records(
    path: Path, dialect: Dialect, shown_as: str, problems: list[Problem]
) -> Iterator[tuple[int, list[str]]]:
    """Yield the records of a delimited file with the number of their first line, the header's lines left out.

    A quote that is never closed costs its own line only, which is added to `problems`.
    """
    with path.open(encoding=dialect.encoding, errors="replace", newline=None) as file:
        lines = _Lines(file)
        for number, line in lines:
            if number <= dialect.header_lines or not line.strip("\n"):
                continue
            cells = _cells(line, dialect)
            if cells is None:
                cells = _spanning(line, lines, dialect)
            if cells is None:
                fix = "close the quote, or write the cell without quotes"
                problems.append(Problem(shown_as, number, 1, "unbalanced quote", line.strip()[:200], fix))
                continue
            yield number, cells


class _Lines:
    """The lines of a file with their numbers; lines that were looked at too early can be given back."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._back: list[str] = []
        self._number = 0

    def __iter__(self) -> Iterator[tuple[int, str]]:
        while line := self.take():
            yield self._number, line

    def take(self) -> str:
        line = self._back.pop() if self._back else self._file.readline()
        self._number += bool(line)
        return line

    def give_back(self, lines: list[str]) -> None:
        self._back += reversed(lines)
        self._number -= len(lines)


def _spanning(first: str, lines: _Lines, dialect: Dialect) -> list[str] | None:
    """Return the cells of a record that goes on in the next lines, or None when its quote is never closed."""
    taken: list[str] = []
    text = first
    while len(taken) < _SPAN and (line := lines.take()):
        taken.append(line)
        text += line
        if line.count(dialect.quote) % 2 == 0:
            continue
        cells = _cells(text, dialect)
        if cells is not None and len(cells) >= len(first.split(dialect.delimiter)):
            return cells
        break
    lines.give_back(taken)
    return None


def _cells(text: str, dialect: Dialect) -> list[str] | None:
    """Return the cells of a record, or None when a quote is open at its end."""
    quote = dialect.quote
    if not quote or quote not in text:
        return text.rstrip("\n").split(dialect.delimiter)
    escaped = f"\\{quote}" in text
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=dialect.delimiter[:1], quotechar=quote, strict=True,
        doublequote=not escaped, escapechar="\\" if escaped else None,
    )  # fmt: skip
    try:
        rows = list(reader)
    except csv.Error:
        # a quote inside a cell that does not start with one is a plain character
        loose = text.rstrip("\n").split(dialect.delimiter)
        return loose if not any(cell.lstrip().startswith(quote) for cell in loose) else None
    return rows[0] if len(rows) == 1 else None


def _plain(cell: str) -> str:
    text = cell.replace("\r\n", "\n").replace("\r", "\n").replace("\n", INSIDE)
    return text.replace(SEPARATOR, " ").replace("\x00", "")
