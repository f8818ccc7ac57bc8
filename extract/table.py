"""Tables that people write: TSV files and spreadsheets, read into rows that know where they stand."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .problems import Problem, UsageError, nearest
from .whole import write_whole

__all__ = ["MAX_LINE", "Row", "Sheet", "append_rows", "cell_text", "find_table", "read_table", "tables_in"]

#: Longest line that is read, in bytes. A longer one has lost its line breaks.
MAX_LINE = 1 << 20


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `cells` has a trimmed text for every column of the header that is not empty here."""

    path: str
    line: int
    cells: dict[str, str]
    starts: Sequence[int]
    header: Sequence[str]

    def get(self, column: str) -> str:
        """Return the text of a cell, empty when the column or the value is missing."""
        return self.cells.get(column, "")

    def problem(self, column: str, message: str, *, value: str | None = None, fix: str = "") -> Problem:
        """Return a problem that points at a cell of this row."""
        position = self.starts[self.header.index(column)] if column in self.header else 1
        return Problem(self.path, self.line, position, message, self.get(column) if value is None else value, fix)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Which columns a table has: `required` ones must be there and filled."""

    name: str
    columns: Sequence[str]
    required: Collection[str]


def find_table(folder: Path, stem: str) -> Path:
    """Return `stem.tsv` of a folder, or `stem.xlsx` when only that is there."""
    spreadsheet = folder / f"{stem}.xlsx"
    table = folder / f"{stem}.tsv"
    return spreadsheet if spreadsheet.exists() and not table.exists() else table


def tables_in(folder: Path) -> list[Path]:
    """Return the tables of a folder in order of name; spreadsheets' lock files are left out."""
    found = [p for p in folder.glob("*") if p.suffix in {".tsv", ".xlsx"} and not p.name.startswith(("~", "."))]
    return sorted(found)


def read_table(path: Path, sheet: Sheet, *, shown_as: str, problems: list[Problem]) -> Iterator[Row]:
    """Yield the rows of a table; what is wrong with it is added to `problems`.

    A row whose number of cells does not fit the header is reported and left out.
    """
    try:
        lines = _spreadsheet(path, shown_as, problems) if path.suffix == ".xlsx" else _lines(path, shown_as, problems)
        yield from _rows(lines, sheet, shown_as, problems)
    except FileNotFoundError:
        problems.append(Problem(shown_as, 0, 0, "there is no such file", fix=f"write it with columns {_list(sheet)}"))
    except IsADirectoryError:
        problems.append(Problem(shown_as, 0, 0, "this is a folder; a table is expected", fix="move the folder away"))
    except PermissionError:
        problems.append(Problem(shown_as, 0, 0, "the file may not be read", fix="give yourself read permission"))


_Line = tuple[int, list[str], list[int]]


def _rows(lines: Iterator[_Line], sheet: Sheet, path: str, problems: list[Problem]) -> Iterator[Row]:
    first = next(lines, None)
    if first is None:
        if not any(p.path == path for p in problems):
            problems.append(Problem(path, 1, 1, "the file is empty", fix=f"start it with a header: {_list(sheet)}"))
        return
    number, header, starts = first
    found = _header_problems(path, number, header, starts, sheet)
    problems.extend(found)
    if found:
        return
    for line, cells, positions in lines:
        if len(cells) > len(header):
            message = f"the row has {len(cells)} cells, the header {len(header)}"
            extra = next((cell for cell in cells[len(header) :] if cell), "")
            fix = "remove the surplus tabs"
            if extra:
                fix = "a tab inside a text? replace it by a space"
            problems.append(Problem(path, line, positions[len(header)], message, extra, fix))
            continue
        filled = {name: cell for name, cell in zip(header, cells, strict=False) if cell}
        row = Row(path, line, filled, [*positions, *[positions[-1]] * (len(header) - len(positions))], header)
        missing = [name for name in sheet.required if name not in filled]
        problems.extend(row.problem(name, f"{name} is empty", fix=f"fill in {name}") for name in missing)
        if not missing:
            yield row


def _header_problems(path: str, line: int, header: list[str], starts: list[int], sheet: Sheet) -> list[Problem]:
    found = []
    for position, name in zip(starts, header, strict=True):
        if name not in sheet.columns:
            hint = nearest(name, sheet.columns) or f"known columns: {', '.join(sheet.columns)}"
            found.append(Problem(path, line, position, "unknown column", name or "(no name)", hint))
        elif header.count(name) > 1:
            found.append(Problem(path, line, position, "the column stands twice", name, "remove one of them"))
    for name in sheet.required:
        if name not in header:
            found.append(Problem(path, line, 1, f"the column {name} is missing", fix=f"add a column {name}"))
    return found


def _list(sheet: Sheet) -> str:
    return ", ".join(name for name in sheet.columns if name in sheet.required)


def _lines(path: Path, shown_as: str, problems: list[Problem]) -> Iterator[_Line]:
    endings = False
    with path.open("rb") as file:
        for number, raw in enumerate(_raw_lines(file, shown_as, problems), start=1):
            if number == 1 and raw.startswith(b"\xef\xbb\xbf"):
                raw = raw[3:]
                fix = "save it as UTF-8 without BOM (it is read all the same)"
                problems.append(
                    Problem(shown_as, 1, 1, "the file starts with a byte-order mark", "", fix, warning=True)
                )
            if raw.endswith(b"\r\n") and not endings:
                endings = True
                fix = "save it with LF line ends, or git shows every line as changed (it is read all the same)"
                problems.append(Problem(shown_as, number, len(raw) - 1, "CRLF line end", "", fix, warning=True))
            text = _decode(raw.rstrip(b"\r\n"), shown_as, number, problems)
            if text is not None and text.strip() and not text.startswith("#"):
                yield from _split(text, shown_as, number, problems)


def _raw_lines(file: BinaryIO, path: str, problems: list[Problem]) -> Iterator[bytes]:
    number = 0
    while raw := file.readline(MAX_LINE + 1):
        number += 1
        if len(raw) <= MAX_LINE:
            yield raw
            continue
        fix = "a lost line break or an unclosed quote? every row is one line"
        problems.append(
            Problem(path, number, 1, "the line is longer than 1 MiB", raw[:40].decode(errors="replace"), fix)
        )
        while raw and not raw.endswith(b"\n"):
            raw = file.readline(MAX_LINE)
        yield b"#"


def _decode(raw: bytes, path: str, line: int, problems: list[Problem]) -> str | None:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if any(p.path == path and p.message == "not UTF-8" for p in problems):
            return None
        column = len(raw[: error.start].decode("utf-8")) + 1
        wide = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
        fix = "save the table as UTF-8" + (" (it looks like UTF-16: Excel's 'Unicode text')" if wide else "")
        problems.append(Problem(path, line, column, "not UTF-8", f"byte 0x{raw[error.start]:02x}", fix))
        return None
    control = next((i for i, c in enumerate(text) if c < " " and c != "\t"), None)
    if control is not None:
        problems.append(Problem(path, line, control + 1, "control character", text[control], "delete it"))
        return None
    return text


def _split(text: str, path: str, line: int, problems: list[Problem]) -> Iterator[_Line]:
    cells = text.split("\t")
    starts = [1]
    for cell in cells[:-1]:
        starts.append(starts[-1] + len(cell) + 1)
    if '"' in text and any(cell.startswith('"') for cell in cells):
        try:
            cells = next(csv.reader([text], dialect="excel-tab", strict=True))
        except csv.Error:
            column = next(s for s, cell in zip(starts, cells, strict=True) if cell.startswith('"'))
            fix = "close the quote, or write the cell without quotes; a row may not span lines"
            problems.append(Problem(path, line, column, "unbalanced quote", text[column - 1 :], fix))
            return
    yield line, [cell.strip() for cell in cells], starts[: len(cells)]


def _spreadsheet(path: Path, shown_as: str, problems: list[Problem]) -> Iterator[_Line]:
    import openpyxl  # heavy, and only for those who keep their tables in a spreadsheet

    if path.is_dir():
        raise IsADirectoryError(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (FileNotFoundError, PermissionError):
        raise
    except Exception as error:  # a broken zip or XML raises many types, all of them meaning the same here
        fix = "open it in your spreadsheet program and save it as .xlsx, or export a .tsv"
        problems.append(Problem(shown_as, 0, 0, "not a readable .xlsx workbook", str(error), fix))
        return
    try:
        for number, values in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
            cells = [cell_text(value) for value in values]
            while cells and not cells[-1]:
                cells.pop()
            if cells and not cells[0].startswith("#"):
                yield number, cells, list(range(1, len(cells) + 1))
    finally:
        book.close()


def cell_text(value: object) -> str:
    """Return the value of a spreadsheet's cell as one would type it."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat())[:10]
    return " ".join(str(value).split())


def append_rows(path: Path, rows: Sequence[Mapping[str, str]], *, dry_run: bool = False) -> int:
    """Write rows below those of a TSV file, which keep their bytes; return the line of the last.

    Columns that the table lacks go to the end of its header. Raises UsageError when there is no such file.
    """
    if not path.is_file():
        raise UsageError(f"{path} is not there; rows are only added to TSV files: export the spreadsheet first")
    text = path.read_bytes().decode("utf-8-sig")
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.rstrip("\r\n").split(newline)
    at = next(i for i, line in enumerate(lines) if "id" in line.split("\t"))
    header = lines[at].split("\t")
    header += [column for column in dict.fromkeys(c for row in rows for c in row) if column not in header]
    lines[at] = "\t".join(header)
    lines += ["\t".join(row.get(column, "") for column in header) for row in rows]
    if not dry_run:
        write_whole(path, newline.join(lines) + newline)
    return len(lines)
