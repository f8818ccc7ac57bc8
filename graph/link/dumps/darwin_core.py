"""Checklists in Darwin Core: archives with a meta.xml (Catalogue of Life, GBIF backbone, WoRMS) and loose tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import PurePosixPath
from xml.etree import ElementTree

from .columns import Pick, country_of, picker, short
from .files import Files, delimiter_of, read_delimited
from .known import completed
from .record import Area, Reading, Release, TaxonRow

__all__ = ["open_archive", "open_table"]

_META = "{http://rs.tdwg.org/dwc/text/}"
_SUFFIXES = (".csv", ".tsv", ".txt", ".tab")


@dataclass(frozen=True, slots=True)
class _Table:
    """Where the taxa stand and how they are written."""

    file: str
    columns: Sequence[str]
    delimiter: str
    quote: str = ""
    encoding: str = "utf-8-sig"
    skip: int = 1
    defaults: Mapping[str, str] = field(default_factory=dict)


def open_archive(files: Files) -> Reading | None:
    """Open a Darwin Core Archive whose core are taxa; None when it is something else. Raises InputError."""
    meta = files.find("meta.xml")
    if not meta:
        return None
    try:
        with files.open(meta) as stream:
            root = ElementTree.parse(stream).getroot()
    except ElementTree.ParseError as error:
        raise files.problem("not XML", line=error.position[0], value=str(error), name=meta) from error
    core = root.find(f"{_META}core")
    if core is None or short(core.get("rowType", "")) != "taxon":
        what = short(core.get("rowType", "")) if core is not None else "nothing"
        raise files.problem(
            "the core of this archive are no taxa", value=what, fix="index a checklist archive", name=meta
        )
    reading = _reading(files, _table(files, meta, core), "DwC-A", _eml(files))
    return replace(reading, rows=chain(reading.rows, _areas(files, meta, root)))


def open_table(files: Files) -> Reading | None:
    """Open a loose table with a column `scientificName`; None when there is none."""
    for name in sorted(files.with_suffix(*_SUFFIXES), key=lambda n: ("taxon" not in n.lower(), n)):
        header = files.head(name, size=65536).decode("utf-8-sig", "replace").splitlines()[:1]
        delimiter = delimiter_of(header[0]) if header else "\t"
        columns = [column.strip('" ') for column in header[0].split(delimiter)] if header else []
        if "scientificname" in map(short, columns) and {"taxonid", "id"} & set(map(short, columns)):
            return _reading(files, _Table(name, columns, delimiter, '"'), "Darwin Core table", Release())
    return None


def _areas(files: Files, meta: str, root: ElementTree.Element) -> Iterator[Area]:
    """Yield the countries of the distribution extension, each once for a taxon."""
    for extension in root.findall(f"{_META}extension"):
        location = extension.findtext(f"{_META}files/{_META}location", "").strip()
        name = (PurePosixPath(meta).parent / location).as_posix()
        if short(extension.get("rowType", "")) != "distribution" or name not in files.names:
            continue
        table = _described(name, extension, "coreid")
        names = ("taxonID", "countryCode", "locationID", "occurrenceStatus")
        ref, code, place, status = (picker(table.columns, name) for name in names)
        seen: set[Area] = set()
        for row in _rows(files, table):
            area = Area(ref(row), country_of(code(row), place(row)))
            if area.country and area not in seen and not status(row).lower().startswith("absent"):
                seen.add(area)
                yield area


def _table(files: Files, meta: str, core: ElementTree.Element) -> _Table:
    location = core.findtext(f"{_META}files/{_META}location", "").strip()
    name = (PurePosixPath(meta).parent / location).as_posix()
    if name not in files.names:
        raise files.problem("meta.xml names a file that is not there", value=location, name=meta)
    table = _described(name, core, "id")
    if not any(short(column) == "scientificname" for column in table.columns):
        raise files.problem("meta.xml names no column scientificName", name=meta)
    return table


def _described(name: str, element: ElementTree.Element, key: str) -> _Table:
    """Read what meta.xml says of a file; `key` is what it calls the column that identifies the taxon."""
    index = element.find(f"{_META}{key}")
    fields = [(int(f.get("index", "-1")), f.get("term", "")) for f in element.iter(f"{_META}field")]
    places = [*fields, (int(index.get("index", "0")), "taxonID")] if index is not None else fields
    columns = [""] * (max((place for place, _ in places), default=0) + 1)
    for place, term in reversed(places):
        if place >= 0:
            columns[place] = term
    return _Table(
        name,
        columns,
        element.get("fieldsTerminatedBy", ",").encode().decode("unicode_escape"),
        element.get("fieldsEnclosedBy", '"'),
        element.get("encoding", "utf-8").lower().replace("utf-8", "utf-8-sig"),
        int(element.get("ignoreHeaderLines", "0")),
        {short(f.get("term", "")): f.get("default", "") for f in element.iter(f"{_META}field") if f.get("default")},
    )


def _rows(files: Files, table: _Table) -> Iterator[list[str]]:
    return read_delimited(
        files, table.file, delimiter=table.delimiter, quote=table.quote, encoding=table.encoding, skip=table.skip
    )


def _reading(files: Files, table: _Table, form: str, release: Release) -> Reading:
    known = {short(column) for column in table.columns}
    rows = _rows(files, table)
    tree = "parentnameusageid" in known and not {"kingdom", "family"} <= known
    first = next(rows, None)
    release = completed(_from_columns(release, table.columns, first or []))
    return Reading(form, release, _taxa(table, chain([first] if first else [], rows)), tree)


def _taxa(table: _Table, rows: Iterable[list[str]]) -> Iterator[TaxonRow]:
    def column(*names: str) -> Pick:
        return picker(table.columns, *names, default=table.defaults.get(names[0].lower(), ""))

    ref, name, canonical = (
        column("taxonID", "id", "scientificNameID"),
        column("scientificName"),
        column("canonicalName"),
    )
    parts = [column(part) for part in ("genus", "specificEpithet", "infraspecificEpithet")]
    author, rank = column("scientificNameAuthorship", "authorship"), column("taxonRank", "rank", "verbatimTaxonRank")
    status, accepted = column("taxonomicStatus"), column("acceptedNameUsageID")
    parent, kingdom, family = column("parentNameUsageID"), column("kingdom"), column("family")
    for row in rows:
        if not row:
            continue
        identifier, target, said = ref(row), accepted(row), status(row).lower()
        synonym = (target and target != identifier) or "synonym" in said or "misapplied" in said
        yield TaxonRow(
            identifier,
            (canonical(row) if author(row) else "") or name(row) or " ".join(filter(None, (p(row) for p in parts))),
            author(row),
            rank(row).lower(),
            said or ("synonym" if synonym else "accepted"),
            (target if target != identifier else "") if synonym else None,
            parent(row),
            kingdom(row),
            family(row),
        )


def _from_columns(release: Release, columns: Sequence[str], row: Sequence[str]) -> Release:
    """Take from the first record what the metadata do not say: title, licence, and the template of the IRIs."""
    identifier = picker(columns, "taxonID", "id")(row)
    references = picker(columns, "references")(row)
    iri = ""
    if identifier and references.startswith("http") and references.endswith(identifier):
        iri = references.removesuffix(identifier) + "{id}"
    return replace(
        release,
        title=release.title or picker(columns, "datasetName")(row),
        licence=release.licence or picker(columns, "license")(row),
        iri=release.iri or iri,
    )


def _eml(files: Files) -> Release:
    """Read title, release, licence and date of an eml.xml; what cannot be read is left empty."""
    name = files.find("eml.xml")
    if not name:
        return Release()
    try:
        with files.open(name) as stream:
            root = ElementTree.parse(stream).getroot()
    except ElementTree.ParseError:
        return Release()
    dataset = root.find("dataset")
    if dataset is None:
        return Release()
    titles = dataset.findall("title")
    english = [t for t in titles if t.get("{http://www.w3.org/XML/1998/namespace}lang", "en").startswith("en")]
    version = re.search(r"/v?([\d.]+)$", root.get("packageId", ""))
    rights = dataset.find("intellectualRights")
    links = [] if rights is None else [link.get("url", "") for link in rights.iter("ulink")]
    ids = [(e.text or "").strip() for e in dataset.findall("alternateIdentifier")]
    date = (dataset.findtext("pubDate") or "").strip()
    return Release(
        title=" ".join("".join((english or titles)[0].itertext()).split()) if titles else "",
        release=version[1] if version else date,
        licence=next(filter(None, links), "")
        or ("" if rights is None else " ".join("".join(rights.itertext()).split())),
        date=date[:10],
        url=next((i for i in ids if i.startswith(("http", "doi:", "10."))), ""),
    )
