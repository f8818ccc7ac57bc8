"""The text of tables: which encoding, which delimiter, which header; read from the first part of a file."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..problems import Problem
from .description import Column, Dialect

__all__ = [
    "above_header",
    "columns_of",
    "encoding_of",
    "find_header",
    "first_lines",
    "is_data",
    "local_name",
    "sniff",
    "split_line",
]

_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_DELIMITERS = "\t,;|"
_CHUNK = 1 << 20
#: So many lines may stand above a header.
_ABOVE = 20
#: How much of them is told.
_TOLD = 200
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")


def encoding_of(path: Path, declared: str = "") -> str:
    """Return the encoding that a file is in: by its mark, as declared where that fits, UTF-8, else windows-1252.

    The whole file is looked at, in pieces. A declared encoding of one byte fits anything, so UTF-8 is tried first.
    """
    with path.open("rb") as file:
        head = file.read(4)
    for mark, name in _BOMS.items():
        if head.startswith(mark):
            return name
    if head[1:2] == b"\x00" and head[:1].isalnum():
        return "utf-16-le"
    for name in ("utf-8", declared):
        if name and _known(name) and _fits(path, name):
            return name
    return "windows-1252"


def first_lines(path: Path, encoding: str, *, most: int = 1 << 18) -> list[str]:
    """Return the first lines of a file, without line ends; the last may be cut."""
    with path.open("rb") as file:
        raw = file.read(most)
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(raw)
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def sniff(lines: list[str], *, header_lines: int = 1) -> Dialect:
    """Return the dialect that the first lines of a table are most likely written in."""
    rows = [line for line in lines[:200] if line.strip()] or [""]
    best, most = ",", 0.0
    for delimiter in _DELIMITERS:
        widths = Counter(len(cells) for row in rows[:100] if (cells := split_line(row, delimiter, '"')))
        width, count = widths.most_common(1)[0]
        head = len(split_line(rows[0], delimiter, '"'))
        score = 0.0 if width < 2 and head < 2 else (head > 1) * min(head, 40) * (0.2 + count / len(rows[:100]))
        if score > most:
            best, most = delimiter, score
    quoted = any(cell.startswith('"') for row in rows for cell in row.split(best))
    return Dialect(best, '"' if quoted else "", header_lines=header_lines)


def find_header(rows: Sequence[Sequence[str]]) -> int:
    """Return which of the first rows of a table is its header: titles and notes above it fill far fewer cells.

    0 where there is none such, or no row that would do better.
    """
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    usual = sorted(filled)[len(filled) // 2] if filled else 0
    if usual < 2 or not _few(filled[0], usual):
        return 0
    return next((n for n, count in enumerate(filled[:_ABOVE]) if not _few(count, usual)), 0)


def _few(count: int, usual: int) -> bool:
    return count < 2 or count * 2 < usual


def above_header(path: object, texts: Sequence[str]) -> Iterator[Problem]:
    """Tell the titles and notes that stand above a header."""
    if texts:
        told = " / ".join(text.strip(",;\t ") for text in texts)[:_TOLD]
        yield Problem(str(path), 1, 0, "what stands above the header is not read", told, warning=True)


def is_data(head: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Say whether the first row of a table is data and no header: it has a number where the rows below have numbers."""
    for n, cell in enumerate(head):
        column = [row[n].strip() for row in below if n < len(row) and row[n].strip()]
        if _NUMBER.fullmatch(cell.strip()) and not _YEAR.fullmatch(cell.strip()) and column:
            return sum(bool(_NUMBER.fullmatch(text)) for text in column) * 2 > len(column)
    return "\\N" in head


def split_line(line: str, delimiter: str, quote: str) -> list[str]:
    """Return the cells of one line; quotes are undone where they are balanced."""
    if quote and quote in line and len(delimiter) == 1:
        try:
            return next(csv.reader([line], delimiter=delimiter, quotechar=quote), [])
        except csv.Error:
            pass
    return line.split(delimiter) if delimiter else [line]


def columns_of(header: Iterable[str]) -> tuple[tuple[Column, ...], list[str]]:
    """Return the columns of a header, and the names that stand in it twice; each column gets a name of its own."""
    found: list[Column] = []
    doubled = []
    for index, cell in enumerate(header):
        text = cell.strip().strip('"').strip().lstrip("\ufeff")
        name = local_name(text) or f"column_{index + 1}"
        taken = {column.name.casefold() for column in found}
        if name.casefold() in taken:
            doubled.append(text)
            number = 2
            while f"{name}_{number}".casefold() in taken:
                number += 1
            name = f"{name}_{number}"
        found.append(Column(name, index, term=text if "/" in text else "", header=text))
    return tuple(found), doubled


def local_name(text: str) -> str:
    """Return the last part of a term or of a prefixed name (`dwc:taxonID`), or the text itself."""
    if "://" in text:
        return text.rstrip("/#").replace("#", "/").rpartition("/")[2]
    prefix, colon, local = text.partition(":")
    return (
        local if colon and prefix in {"dwc", "dcterms", "dc", "col", "gbif", "clb", "eol", "iucn"} and local else text
    )


def _known(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


def _fits(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
