"""The taxonomy dump of NCBI: names.dmp and nodes.dmp (ftp.ncbi.nlm.nih.gov/pub/taxonomy, readme of taxdump)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import PurePosixPath

from ..name import read_names
from .files import Files
from .known import known
from .record import Foreign, Reading, Row, TaxonRow

__all__ = ["open_taxdump"]

#: Kinds of name that are names of the taxon; common names and those of parts of it are left out.
_SYNONYMS = {"synonym", "equivalent name", "genbank synonym", "anamorph", "teleomorph", "misspelling", "includes"}


def open_taxdump(files: Files) -> Reading | None:
    """Open a dump; None when names.dmp or nodes.dmp is missing."""
    names, nodes = _member(files, "names.dmp"), _member(files, "nodes.dmp")
    if not (names and nodes):
        return None
    release = replace(known("NCBI Taxonomy"), date=files.date(names))
    return Reading("NCBI taxdump", release, _rows(files, names, nodes, _member(files, "merged.dmp")), tree=True)


def _member(files: Files, ending: str) -> str:
    return next((n for n in files.names if PurePosixPath(n).name.endswith(ending)), "")


def _lines(files: Files, name: str) -> Iterator[list[str]]:
    """Yield the columns of each line; the separator is a bar between tabs, and some copies lose a tab."""
    with files.text(name, encoding="utf-8") as stream:
        for line in stream:
            columns = [column.strip() for column in line.rstrip("\n").split("|")]
            if len(columns) > 2:
                yield columns


def _rows(files: Files, names: str, nodes: str, merged: str) -> Iterator[Row]:
    above = {row[0]: (row[1], row[2]) for row in _lines(files, nodes)}
    for taxon, group in groupby(_lines(files, names), key=lambda row: row[0]):
        parent, rank = above.get(taxon, ("", ""))
        yield from _taxon(taxon, parent if parent != taxon else "", rank, [(r[1], r[3]) for r in group if len(r) > 3])
    if merged:
        for row in _lines(files, merged):
            yield Foreign(row[1], "ncbi-merged", row[0])


def _taxon(taxon: str, parent: str, rank: str, names: list[tuple[str, str]]) -> Iterator[TaxonRow]:
    """Synonyms have the identifier of their taxon. Authorships stand in names of a kind of their own."""
    whole = [text for text, kind in names if kind == "authority"]
    authors = {name.canonical: name.authorship for name in read_names(whole)} if whole else {}
    for text, kind in names:
        author = _author(text, whole, authors)
        if kind == "scientific name":
            yield TaxonRow(taxon, text, author, rank, "accepted", None, parent)
        elif kind in _SYNONYMS:
            yield TaxonRow(taxon, text, author, rank, "synonym", taxon)


def _author(text: str, whole: list[str], authors: dict[str, str]) -> str:
    start = next((w for w in whole if w.startswith(f"{text} ")), "")
    return authors.get(text, "") or start[len(text) :].strip()
