"""What GBIF publishes besides archives: the backbone as simple.txt, and the crosswalk from its keys to COL's.

Columns: https://hosted-datasets.gbif.org/datasets/backbone/README.html and
https://download.checklistbank.org/col/gbif/README.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from .columns import picker, short
from .files import Files, delimiter_of, read_delimited
from .known import known
from .record import Foreign, Reading, Release, TaxonRow

__all__ = ["open_crosswalk", "open_simple"]

_STATUS = {
    "ACCEPTED",
    "SYNONYM",
    "DOUBTFUL",
    "HETEROTYPIC_SYNONYM",
    "HOMOTYPIC_SYNONYM",
    "PROPARTE_SYNONYM",
    "MISAPPLIED",
}
#: The keys of the kingdoms never changed (GBIF API, enumeration Kingdom).
_KINGDOMS = dict(
    enumerate(("", "Animalia", "Archaea", "Bacteria", "Chromista", "Fungi", "Plantae", "Protozoa", "Viruses"))
)


def open_simple(files: Files) -> Reading | None:
    """Open a backbone in one table without a header; None when the file is something else."""
    for name in files.with_suffix(".txt", ".tsv"):
        first = files.head(name).decode("utf-8", "replace").partition("\n")[0].rstrip("\r").split("\t")
        if len(first) >= 29 and first[0].isdigit() and first[4] in _STATUS:
            return Reading("GBIF simple.txt", known("GBIF Backbone Taxonomy"), _taxa(files, name), tree=True)
    return None


def _taxa(files: Files, name: str) -> Iterator[TaxonRow]:
    for row in read_delimited(files, name, delimiter="\t"):
        values = ["" if value == "\\N" else value for value in row]
        if len(values) < 29:
            continue
        synonym = values[3] == "t"
        years = [
            f"{who}, {year}" if who and year else who
            for who, year in ((values[26], values[27]), (values[24], values[25]))
        ]
        author = " ".join(filter(None, [f"({years[0]})" if years[0] else "", years[1]]))
        yield TaxonRow(
            values[0], values[19] or values[18], author if values[19] else "", values[5].lower(),
            values[4].lower().replace("_", " "), values[1] if synonym else None, "" if synonym else values[1],
            _KINGDOMS.get(int(values[10]), "") if values[10].isdigit() else "",
        )  # fmt: skip


def open_crosswalk(files: Files) -> Reading | None:
    """Open a table that gives keys of one dataset beside those of another; None when the file is something else.

    The columns are `gbif:ID` and `col:ID`, or any two that end in `:ID`. Keys of the first become foreign
    identifiers of the second.
    """
    for name in files.with_suffix(".tsv", ".csv", ".txt"):
        header = files.head(name, size=65536).decode("utf-8-sig", "replace").partition("\n")[0].rstrip("\r")
        columns = header.split(delimiter_of(header))
        keys = [column for column in columns if re.fullmatch(r"\"?[a-z]+:ID\"?", column.strip())]
        if len(keys) == 2 and "scientificname" not in {c.strip().lower() for c in columns}:
            schemes = [key.strip('" ').partition(":")[0] for key in keys]
            number = re.search(r"(\d[\d.]*\d)", files.path.name.replace(schemes[0], "").replace(schemes[1], ""))
            target = known(schemes[1])
            release = Release(
                name=f"{schemes[0]}-{schemes[1]}",
                release=number[1] if number else "",
                title=f"Keys of {schemes[0]} and {schemes[1]}",
                licence="CC-BY-4.0" if schemes == ["gbif", "col"] else "",
                iri="https://www.catalogueoflife.org/data/taxon/{id}" if schemes[1] == "col" else "",
            )
            rows = _pairs(files, name, delimiter_of(header), columns, schemes[0], [columns.index(key) for key in keys])
            return Reading("crosswalk", replace(release, url=target.url), rows)
    return None


def _pairs(
    files: Files, name: str, delimiter: str, columns: list[str], scheme: str, places: list[int]
) -> Iterator[Foreign]:
    quote = "" if delimiter == "\t" else '"'
    kind = picker([short(c) if ":" not in c else c.rpartition(":")[2] for c in columns], "matchType", "type")
    for row in read_delimited(files, name, delimiter=delimiter, quote=quote, skip=1):
        if len(row) > max(places) and row[places[1]] and kind(row).upper() not in {"NONE", "HIGHERRANK"}:
            yield Foreign(row[places[1]], scheme, row[places[0]])
