"""Which pictures a thing has."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...extract import UsageError
from ..ask import Asker
from .chain import chain
from .coverage import coverage
from .map import range_map
from .picture import Picture
from .population import population
from .status import status
from .web import web

__all__ = ["KINDS", "draw", "pictures_of"]

#: What can be drawn, by the name that `wildgraph plot --kind` takes, in the order of a page.
KINDS: Mapping[str, Callable[[Asker, str], list[Picture]]] = {
    "population": population,
    "status": status,
    "chain": chain,
    "web": web,
    "map": range_map,
    "coverage": coverage,
}
_OF = {
    "Taxon": ("population", "status", "chain", "web", "map"),
    "TaxonGroup": ("population", "status", "chain", "web", "map"),
    "Place": ("map",),
    "Dataset": ("coverage",),
}


def pictures_of(asker: Asker, iri: str) -> list[Picture]:
    """Return the pictures that a thing has something to show in: none for most things, and for a claim."""
    types = {name.rpartition("#")[2].rpartition("/")[2] for name in asker.graph.types(iri)}
    kinds = [kind for kind in KINDS if any(kind in _OF.get(name, ()) for name in types)]
    return [picture for kind in kinds for picture in KINDS[kind](asker, iri)]


def draw(asker: Asker, name: str, *, kind: str = "chain") -> Picture:
    """Return one picture of a thing by id, label or IRI; `coverage` is of the dataset, whatever the name.

    Raises UsageError when there is nothing to show, with the kinds that have something.
    """
    if kind not in KINDS:
        raise UsageError(f"no kind of picture is called '{kind}'; there are {', '.join(KINDS)}")
    thing = asker.base if kind == "coverage" else asker.thing("any" if kind == "map" else "taxon", name).text
    if found := KINDS[kind](asker, thing):
        return found[0]
    others = [other for other in KINDS if KINDS[other](asker, thing)]
    label = asker.graph.labels([thing]).get(thing, thing)
    has = f"there is something for --kind {', '.join(others)}" if others else "there is nothing to draw"
    raise UsageError(f"no claim gives '{label}' a {kind}; {has}")
