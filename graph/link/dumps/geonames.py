"""Places of GeoNames: allCountries, one country or cities (https://download.geonames.org/export/dump/readme.txt)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest

from .files import Files, read_delimited
from .known import known
from .record import Reading, ThingRow

__all__ = ["open_geonames"]

_COLUMNS = 19


def open_geonames(files: Files) -> Reading | None:
    """Open a table of places; None when the file is something else."""
    for name in files.with_suffix(".txt", ".tsv"):
        first = files.head(name, size=1 << 16).decode("utf-8", "replace").partition("\n")[0].rstrip("\r").split("\t")
        if len(first) == _COLUMNS and first[0].isdigit() and len(first[6]) <= 1 and _number(first[4]):
            release = replace(known("GeoNames"), kind="place", date=files.date(name))
            return Reading("GeoNames", release, _places(files, name))
    return None


def _number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()


def _places(files: Files, name: str) -> Iterator[ThingRow]:
    for row in read_delimited(files, name, delimiter="\t"):
        if len(row) < _COLUMNS:
            continue
        others = [text for text in row[3].split(",") if text]
        labels = tuple(zip_longest([row[2], *others], (), fillvalue="alias"))
        area = ".".join(part for part in row[10:14] if part)
        kind = f"{row[6]}.{row[7]}".strip(".")
        yield ThingRow(row[0], row[1], labels, kind, row[8], area, parent=f"{row[8]}.{row[10]}".strip("."))
