"""What a reader of a dump hands over: the release it is, and its records one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ..answer import Kind

__all__ = ["Area", "Foreign", "Reading", "Release", "Row", "TaxonRow", "ThingRow"]


class TaxonRow(NamedTuple):
    """A name. `name` may hold the authorship too; `accepted` is the identifier of the accepted taxon of a synonym."""

    id: str
    name: str
    authorship: str = ""
    rank: str = ""
    status: str = "accepted"
    accepted: str | None = None
    parent: str = ""
    kingdom: str = ""
    family: str = ""


class ThingRow(NamedTuple):
    """An organisation, place or habitat. `labels` are pairs of a text and a kind: label, alias, acronym, broad, narrow,
    related. `locality` is what surrounds it, such as the city of an organisation or the province of a place."""

    id: str
    label: str
    labels: tuple[tuple[str, str], ...] = ()
    type: str = ""
    country: str = ""
    locality: str = ""
    status: str = "accepted"
    accepted: str | None = None
    parent: str = ""
    definition: str = ""


class Foreign(NamedTuple):
    """What a record is called in another system."""

    id: str
    scheme: str
    value: str


class Area(NamedTuple):
    """A country that a taxon is recorded from, as ISO 3166-1 alpha-2."""

    id: str
    country: str


Row = TaxonRow | ThingRow | Foreign | Area


@dataclass(frozen=True, slots=True)
class Release:
    """What a dump says of itself; what it does not say is empty. `iri` is a template with `{id}`."""

    name: str = ""
    release: str = ""
    kind: Kind = "taxon"
    title: str = ""
    licence: str = ""
    date: str = ""
    url: str = ""
    iri: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A dump that is open: its format, its release, and its records, which are read while they are taken.

    `tree` says that kingdom and family are to be found through the parents.
    """

    format: str
    release: Release
    rows: Iterator[Row]
    tree: bool = False
