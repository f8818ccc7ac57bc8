"""ITIS: its SQLite database, or its tables as files with bars between the columns.

Columns: https://www.itis.gov/pdf/ITIS_ConceptualModelEntityDefinition.pdf.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path, PurePosixPath

from .files import Files, read_delimited
from .known import known
from .record import Reading, TaxonRow

__all__ = ["open_itis", "open_itis_sqlite"]

_KINGDOMS = {
    "1": "Bacteria",
    "2": "Protozoa",
    "3": "Plantae",
    "4": "Fungi",
    "5": "Animalia",
    "6": "Chromista",
    "7": "Archaea",
}
_VALID = {"valid", "accepted"}
_TAXA = "SELECT tsn, complete_name, name_usage, parent_tsn, taxon_author_id, kingdom_id, rank_id FROM taxonomic_units"


def open_itis(files: Files) -> Reading | None:
    """Open the tables; None when `taxonomic_units` is not among them."""
    units = _table(files, "taxonomic_units")
    if not units or files.head(units).startswith(b"SQLite"):
        return None
    rows = ([r[0], r[25], r[10], r[17], r[18], r[20], r[21]] for r in _read(files, units) if len(r) > 25)
    authors = {r[0]: r[1] for r in _read(files, _table(files, "taxon_authors_lkp")) if len(r) > 1}
    accepted = {r[0]: r[1] for r in _read(files, _table(files, "synonym_links")) if len(r) > 1}
    ranks = {(r[0], r[1]): r[2].lower() for r in _read(files, _table(files, "taxon_unit_types")) if len(r) > 2}
    release = replace(known("Integrated Taxonomic Information System"), date=files.date(units))
    return Reading("ITIS tables", release, _taxa(rows, authors, accepted, ranks), tree=True)


def open_itis_sqlite(files: Files) -> Reading | None:
    """Open the database; None when the dump holds none."""
    names = [n for n in files.names if n.lower().endswith((".sqlite", ".db", ".sqlite3")) or n == files.path.name]
    name = next((n for n in names if files.head(n, size=16).startswith(b"SQLite format 3")), "")
    if not name:
        return None
    date = files.date(name)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "itis.sqlite"
        with files.open(name) as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target)
        with closing(sqlite3.connect(copy)) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'taxonomic_units'").fetchone():
                return None
        return Reading(
            "ITIS SQLite",
            replace(known("Integrated Taxonomic Information System"), date=date),
            _rows(files, name),
            tree=True,
        )


def _rows(files: Files, name: str) -> Iterator[TaxonRow]:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "itis.sqlite"
        with files.open(name) as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target)
        with closing(sqlite3.connect(copy)) as connection:
            run = connection.execute
            authors = {str(a): b for a, b in run("SELECT taxon_author_id, taxon_author FROM taxon_authors_lkp")}
            accepted = {
                str(a): str(b) for a, b in run("SELECT tsn, tsn_accepted FROM synonym_links ORDER BY 1, 2 DESC")
            }
            types = run("SELECT kingdom_id, rank_id, rank_name FROM taxon_unit_types")
            ranks = {(str(k), str(r)): str(n).lower() for k, r, n in types}
            rows = ([("" if v is None else str(v)) for v in row] for row in run(_TAXA))
            yield from _taxa(rows, authors, accepted, ranks)


def _table(files: Files, table: str) -> str:
    return next((n for n in files.names if table in PurePosixPath(n).name), "")


def _read(files: Files, name: str) -> Iterator[list[str]]:
    return read_delimited(files, name, delimiter="|") if name else iter(())


def _taxa(
    rows: Iterable[Sequence[str]], authors: dict[str, str], accepted: dict[str, str], ranks: dict[tuple[str, str], str]
) -> Iterator[TaxonRow]:
    """Rows are tsn, name, usage, parent, author, kingdom, rank."""
    for tsn, name, usage, parent, author, kingdom, rank in rows:
        synonym = tsn in accepted or usage not in _VALID
        yield TaxonRow(
            tsn, name, authors.get(author, ""), ranks.get((kingdom, rank), ""), "synonym" if synonym else "accepted",
            accepted.get(tsn, "") if synonym else None, "" if parent == "0" else parent, _KINGDOMS.get(kingdom, ""),
        )  # fmt: skip
