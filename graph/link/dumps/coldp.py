"""Catalogue of Life Data Packages: NameUsage in one file, or Name, Taxon and Synonym in three.

Columns as of ColDP 1.1 (https://github.com/CatalogueOfLife/coldp).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import PurePosixPath

from .columns import Pick, country_of, picker, short
from .files import Files, delimiter_of, read_delimited
from .known import completed
from .record import Area, Reading, Release, TaxonRow

__all__ = ["open_coldp"]

_FILE = re.compile(r"(name[-_]?usage|name|taxon|synonym|distribution)s?|taxa", re.IGNORECASE)
_LINKS = ("synonym", "distribution")  # tables whose rows need no identifier of their own
_SETTING = re.compile(r"^([a-z]+)\s*:\s*(.+?)\s*$", re.MULTILINE)


def open_coldp(files: Files) -> Reading | None:
    """Open a package; None when the files are something else."""
    tables = _tables(files)
    if not ({"nameusage"} <= tables.keys() or {"name", "taxon"} <= tables.keys()):
        return None
    rows = _usages(files, tables["nameusage"]) if "nameusage" in tables else _three(files, tables)
    return Reading("ColDP", _metadata(files), chain(rows, _areas(files, tables.get("distribution", ""))), tree=True)


def _tables(files: Files) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in files.with_suffix(".tsv", ".csv", ".txt", ".psv"):
        kind = _FILE.fullmatch(PurePosixPath(name).stem)
        if kind:
            word = kind[0].lower().replace("-", "").replace("_", "")
            found.setdefault("taxon" if word == "taxa" else word.removesuffix("s"), name)
    return {kind: name for kind, name in found.items() if kind in _LINKS or "id" in _columns(files, name)}


def _header(files: Files, name: str) -> tuple[str, list[str]]:
    line = (files.head(name, size=65536).decode("utf-8-sig", "replace").splitlines() or [""])[0]
    delimiter = delimiter_of(line)
    return delimiter, [column.strip('" ') for column in line.split(delimiter)]


def _columns(files: Files, name: str) -> set[str]:
    return {short(column) for column in _header(files, name)[1]}


def _open(files: Files, name: str) -> tuple[list[str], Iterator[list[str]]]:
    delimiter, columns = _header(files, name)
    quote = "" if delimiter == "\t" else '"'
    return columns, read_delimited(files, name, delimiter=delimiter, quote=quote, skip=1)


def _usages(files: Files, name: str) -> Iterator[TaxonRow]:
    columns, rows = _open(files, name)
    ref, parent, status = picker(columns, "ID"), picker(columns, "parentID"), picker(columns, "status")
    text = picker(columns, "scientificName")
    author, rank = picker(columns, "authorship"), picker(columns, "rank")
    kingdom, family = picker(columns, "kingdom"), picker(columns, "family")
    for row in rows:
        said = status(row).lower()
        if said == "bare name":
            continue
        synonym = "synonym" in said or said == "misapplied"  # their parent is the accepted taxon
        yield TaxonRow(
            ref(row), text(row), author(row), rank(row), said or "accepted", parent(row) if synonym else None,
            "" if synonym else parent(row), kingdom(row), family(row),
        )  # fmt: skip


def _three(files: Files, tables: dict[str, str]) -> Iterator[TaxonRow]:
    """Join taxa and synonyms with their names, which are held in memory."""
    columns, rows = _open(files, tables["name"])
    picks = [picker(columns, name) for name in ("scientificName", "authorship", "rank")]
    ref = picker(columns, "ID")
    names = {ref(row): tuple(pick(row) for pick in picks) for row in rows}
    yield from _taxa(files, tables["taxon"], names)
    if "synonym" not in tables:
        return
    columns, rows = _open(files, tables["synonym"])
    taxon, name = picker(columns, "taxonID"), picker(columns, "nameID")
    ref, status = picker(columns, "ID"), picker(columns, "status")
    for row in rows:
        text, author, rank = names.get(name(row), ("", "", ""))
        yield TaxonRow(ref(row) or name(row), text, author, rank, status(row).lower() or "synonym", taxon(row))


def _taxa(files: Files, table: str, names: dict[str, tuple[str, ...]]) -> Iterator[TaxonRow]:
    columns, rows = _open(files, table)
    ref, parent, name = picker(columns, "ID"), picker(columns, "parentID"), picker(columns, "nameID")
    provisional: Pick = picker(columns, "provisional")
    kingdom, family = picker(columns, "kingdom"), picker(columns, "family")
    for row in rows:
        text, author, rank = names.get(name(row) or ref(row), ("", "", ""))
        status = "provisionally accepted" if provisional(row).lower() in {"true", "1"} else "accepted"
        yield TaxonRow(ref(row), text, author, rank, status, None, parent(row), kingdom(row), family(row))


def _areas(files: Files, name: str) -> Iterator[Area]:
    if not name:
        return
    columns, rows = _open(files, name)
    taxon, area, gazetteer = (picker(columns, c) for c in ("taxonID", "areaID", "gazetteer"))
    word = picker(columns, "area")
    for row in rows:
        if gazetteer(row).lower() == "iso" and (country := country_of(area(row), word(row))):
            yield Area(taxon(row), country)


def _metadata(files: Files) -> Release:
    """Read the settings at the head of a metadata.yaml, which are one a line."""
    name = files.find("metadata.yaml", "metadata.yml")
    if not name:
        return Release()
    with files.open(name) as stream:
        text = stream.read().decode("utf-8", "replace")
    said = {key: value.strip("'\"") for key, value in _SETTING.findall(text)}
    release = Release(
        title=said.get("title", ""),
        release=re.sub(r"\s+", "-", said.get("version", "") or said.get("issued", "")),
        licence=said.get("license", ""),
        date=said.get("issued", ""),
        url=said.get("doi", "") or said.get("url", ""),
    )
    release = completed(release)
    return replace(release, name=release.name or _word(said.get("alias", "")))


def _word(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
