"""Entities: the things that claims speak of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..ontology import Concept
from .cells import Cells
from .claim import NOWHERE, Origin
from .problems import Problem
from .table import Row, Sheet

__all__ = ["ENTITIES", "Entity", "Label", "parent_problems", "read_entity"]

ENTITIES = Sheet(
    "entities",
    (
        "id", "type", "label", "alt_labels", "description", "scientific_name", "authorship", "rank",
        "according_to", "parent", "codes", "country", "latitude", "longitude", "homepage", "note",
    ),
    ("id", "type", "label"),
)  # fmt: skip

_TAXON_ONLY = ("scientific_name", "authorship", "rank", "according_to")
_COUNTRY = re.compile(r"[A-Z]{2}")
#: How far from zero the degrees of a position go, by column.
_POSITION = {"latitude": 90, "longitude": 180}
_DEGREES = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Label:
    """A name in a language (BCP 47)."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A taxon, threat, place, organization, ...; for a taxon, a concept: a name and according to whom."""

    id: str
    type: str
    label: Label
    alt_labels: tuple[Label, ...] = ()
    description: str = ""
    scientific_name: str = ""
    authorship: str = ""
    rank: str = ""
    according_to: str = ""
    parent: str = ""
    codes: tuple[Concept, ...] = ()
    countries: tuple[str, ...] = ()
    #: Latitude and longitude of a place in decimal degrees (WGS 84), as written.
    position: tuple[str, str] | None = None
    homepage: str = ""
    origin: Origin = NOWHERE


def read_entity(cells: Cells, *, language: str) -> Entity:
    """Read one row of `entities.tsv`. Labels without a tag are in `language`."""
    kind = cells.text("type")
    for column in _TAXON_ONLY:
        if kind not in {"taxon", "taxon-group"} and cells.text(column):
            cells.note(column, f"only taxa have {column}", fix=f"empty the cell, or change the type from {kind}")
    return Entity(
        id=cells.id("id"),
        type=kind,
        label=Label(*cells.label(cells.text("label"), language)),
        alt_labels=tuple(Label(*cells.label(part, language)) for part in cells.parts("alt_labels")),
        description=cells.text("description"),
        scientific_name=cells.text("scientific_name"),
        authorship=cells.text("authorship"),
        rank=cells.text("rank"),
        according_to=cells.text("according_to"),
        parent=cells.entity_or_none("parent", (kind,)) or "",
        codes=tuple(c for c in (cells.code("codes", part, ()) for part in cells.parts("codes")) if c),
        countries=tuple(_countries(cells)),
        position=_position(cells, kind),
        homepage=cells.iri("homepage"),
        origin=Origin(cells.row.path, cells.row.line),
    )


def parent_problems(entities: Mapping[str, Entity], rows: Mapping[str, Row]) -> list[Problem]:
    """Return one problem for each circle in the parent relation."""
    found = []
    settled: set[str] = set()
    for name in entities:
        trail: list[str] = []
        while name and name in entities and name not in settled and name not in trail:
            trail.append(name)
            name = entities[name].parent
        if name in trail:
            circle = " -> ".join([*trail[trail.index(name) :], name])
            found.append(rows[name].problem("parent", "the parents go in a circle", value=circle, fix="break it"))
        settled.update(trail)
    return found


def _position(cells: Cells, kind: str) -> tuple[str, str] | None:
    found = []
    for column, most in _POSITION.items():
        text = cells.text(column)
        if not text:
            continue
        if kind != "place":
            cells.note(column, f"only places have a {column}", fix=f"empty the cell, or change the type from {kind}")
        elif not _DEGREES.fullmatch(text) or abs(Decimal(text)) > most:
            cells.note(column, f"{column} is no number from -{most} to {most}", fix="decimal degrees: 43.05 or -1.5")
        else:
            found.append(text)
    stated = [column for column in _POSITION if cells.text(column)]
    if kind == "place" and len(stated) == 1:
        missing = next(column for column in _POSITION if column not in stated)
        cells.note(stated[0], f"{stated[0]} without {missing}", fix=f"fill in {missing}")
    return (found[0], found[1]) if len(found) == len(_POSITION) else None


def _countries(cells: Cells) -> list[str]:
    codes = cells.parts("country")
    for code in codes:
        if not _COUNTRY.fullmatch(code):
            cells.note("country", "not a country code", value=code, fix="ISO 3166-1 alpha-2, two capitals: RU, CN")
    return codes
