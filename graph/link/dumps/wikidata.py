"""Taxa of Wikidata: entities as JSON, in an array or one a line (https://www.wikidata.org/wiki/Wikidata:Database_download)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from .files import Files, json_items
from .known import known
from .record import Foreign, Reading, Row, TaxonRow

__all__ = ["open_wikidata"]

_RANKS = {
    "Q7432": "species", "Q68947": "subspecies", "Q34740": "genus", "Q35409": "family", "Q36602": "order",
    "Q37517": "class", "Q38348": "phylum", "Q36732": "kingdom", "Q767728": "variety", "Q279749": "form",
    "Q3238261": "subgenus", "Q164280": "subfamily", "Q227936": "tribe", "Q2136103": "superfamily",
    "Q5867051": "suborder", "Q5868144": "superorder", "Q146481": "domain", "Q1153785": "subphylum",
}  # fmt: skip
#: Properties that are identifiers elsewhere.
_FOREIGN = {
    "P846": "gbif", "P10585": "col", "P815": "itis", "P685": "ncbi", "P627": "iucn", "P850": "worms", "P830": "eol",
    "P961": "ipni", "P7715": "wfo", "P959": "msw", "P2040": "cites", "P938": "fishbase", "P3151": "inaturalist",
}  # fmt: skip
_LINE = 1 << 26  # a line of the full dump is shorter


def open_wikidata(files: Files) -> Reading | None:
    """Open a dump of entities; None when the file is something else."""
    for name in files.with_suffix(".json", ".ndjson", ".jsonl"):
        head = files.head(name, size=1 << 16)
        if b'"claims"' in head or (b'"labels"' in head and b'"type"' in head and b'"item"' in head):
            return Reading("Wikidata JSON", replace(known("Wikidata")), _rows(files, name), tree=True)
    return None


def _rows(files: Files, name: str) -> Iterator[Row]:
    for item in _items(files, name):
        claims = item.get("claims")
        if not isinstance(claims, dict):
            continue
        names = _values(claims, "P225")
        if names:
            yield from _taxon(str(item.get("id", "")), names, claims)


def _items(files: Files, name: str) -> Iterator[dict[str, Any]]:
    """Read dumps of one entity a line by lines, and only those of taxa; others as whatever JSON they are."""
    with files.open(name) as stream:
        first = stream.readline(_LINE).strip()
        if first in {b"[", b""}:
            first = stream.readline(_LINE).strip()
        by_line = first.startswith(b"{") and first.rstrip(b",").endswith(b"}")
    if not by_line:
        yield from json_items(files, name)
        return
    with files.text(name) as lines:
        for number, line in enumerate(lines, 1):
            if '"P225"' in line:
                try:
                    yield json.loads(line.strip().rstrip(","))
                except json.JSONDecodeError as error:
                    raise files.problem("not JSON", line=number, value=line[:40], name=name) from error


def _values(claims: dict[str, Any], prop: str) -> list[Any]:
    """Return the values of a property, the preferred ones first, deprecated ones left out."""
    statements = sorted(claims.get(prop, ()), key=lambda s: s.get("rank") != "preferred")
    snaks = [s["mainsnak"] for s in statements if s.get("rank") != "deprecated" and "mainsnak" in s]
    return [snak["datavalue"]["value"] for snak in snaks if "datavalue" in snak]


def _entity(claims: dict[str, Any], prop: str) -> str:
    value = next(iter(_values(claims, prop)), None)
    return str(value.get("id", "")) if isinstance(value, dict) else ""


def _taxon(ref: str, names: list[Any], claims: dict[str, Any]) -> Iterator[Row]:
    """The first name is the taxon's, further ones are synonyms; P1420 leads to items that are synonyms themselves."""
    rank = _RANKS.get(_entity(claims, "P105"), "")
    author = _authorship(claims)
    yield TaxonRow(ref, str(names[0]), author, rank, "accepted", None, _entity(claims, "P171"))
    for name in names[1:]:
        yield TaxonRow(ref, str(name), "", rank, "synonym", ref)
    for prop, scheme in _FOREIGN.items():
        for value in _values(claims, prop):
            yield Foreign(ref, scheme, str(value))


def _authorship(claims: dict[str, Any]) -> str:
    """Return the year of publication, a qualifier of the name (P574); authors are items of their own."""
    for statement in claims.get("P225", ()):
        for snak in statement.get("qualifiers", {}).get("P574", ()):
            time = snak.get("datavalue", {}).get("value", {}).get("time", "")
            return str(time).lstrip("+")[:4]
    return ""
