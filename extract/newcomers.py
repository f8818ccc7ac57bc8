"""Newcomers: the rows of `entities.tsv` that a candidate's claim needs and the project does not have yet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from .adopt import Adopter
from .candidate import Candidate, Thing

__all__ = ["newcomers"]

#: Which type is meant where a predicate takes several; a name without a scientific one is a group of taxa.
_ORDER = ("taxon-group", "taxon", "organization")


def newcomers(
    adopter: Adopter, candidate: Candidate, cells: Mapping[str, str], others: Iterable[Candidate] = ()
) -> tuple[dict[str, str], ...]:
    """Return a row for every entity that `cells` names and the project lacks, as far as is known of it.

    Labels and codes are those of the lists of words; the scientific name of the subject is the one that another
    candidate of the same document states. What the page does not say stays empty.
    """
    predicate = adopter.project.vocabulary.predicates.get(cells.get("predicate", ""))
    wanted = {
        cells.get("subject", ""): ("taxon", candidate.subject),
        cells.get("place", ""): ("place", Thing(candidate.qualifiers.get("region", ""))),
        cells.get("actors", "").partition(":")[0]: ("organization", candidate.actor),
    }
    if predicate is not None and predicate.value == "entity":
        kind = next((t for t in _ORDER if t in predicate.object_types), min(predicate.object_types))
        wanted.setdefault(cells.get("object", ""), (kind, candidate.object))
    known = adopter.project.entities
    rows = [_row(adopter, name, *meant) for name, meant in wanted.items() if name and name not in known]
    for row in rows:
        if row["id"] == cells.get("subject") and row["type"] == "taxon":
            row |= _named(adopter, candidate, others)
    return tuple({column: cell for column, cell in row.items() if cell} for row in rows)


def _row(adopter: Adopter, name: str, kind: str, thing: Thing | None) -> dict[str, str]:
    said = thing.text if thing else ""
    label, codes = adopter.names.listed(thing.id or name if thing else name)
    if not label:
        label = said if re.sub(r"[^a-z0-9]+", "-", said.casefold()).strip("-") == name else name.replace("-", " ")
    return {"id": name, "type": kind, "label": label, "codes": " | ".join(codes)}


def _named(adopter: Adopter, candidate: Candidate, others: Iterable[Candidate]) -> dict[str, str]:
    """The scientific name that a page gives its taxon, and the page as who uses it so."""
    names = {
        other.object.text
        for other in (candidate, *others)
        if other.predicate == "scientificName"
        and other.object
        and (other.doc, other.subject.id) == (candidate.doc, candidate.subject.id)
    }
    source = adopter.project.sources.get(adopter.source(candidate))
    if len(names) != 1 or source is None:
        return {}
    return {"scientific_name": names.pop(), "according_to": source.title}
