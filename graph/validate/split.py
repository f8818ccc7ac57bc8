"""Split: the constraints of shapes divided into parts of about equal work, so that each processor has one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rdflib
from rdflib import RDF, SH

from .reads import CONSTRAINTS_OF, TARGETS, Reads, merged, reads_of
from .shapes import Shapes

__all__ = ["Unit", "divided", "having", "units_of"]

#: How many places of the data are looked at to know what is frequent, and how many bytes at each.
_PLACES, _BYTES = 1000, 8192
#: How long the engine takes to look at a value, and to run a query for a node, when reading a triple takes 1.
_CORE, _SPARQL = 0.3, 8
#: Triples of a shape that apply to all of its constraints.
_SHARED = {SH.message, SH.severity, SH.name, SH.description, SH.order, SH.group, SH.deactivated, *TARGETS}


@dataclass(frozen=True, slots=True)
class Unit:
    """Constraints of a targeted shape that can be checked without its others, as triples, and what they read."""

    shape: rdflib.term.Node
    constraints: frozenset[tuple[Any, ...]]
    reads: Reads


def divided(data: Path, shapes: Shapes, parts: int) -> list[Shapes]:
    """Return the same shapes as so many, or fewer, that find the same together.

    The work of a part is estimated by how many triples of N-Triples or N-Quads it reads, which is known from a sample.
    """
    if parts < 2:
        return [shapes]
    counts = _sampled(data)
    units = units_of(shapes)
    whole = {shape: reads_of(shapes.graph, shape) for shape in shapes.targeted}
    work = {unit: _work(shapes.graph, unit, whole[unit.shape], counts) for unit in units}
    groups: list[list[Unit]] = [[] for _ in range(parts)]

    def cost(group: Sequence[Unit]) -> float:
        return (_size(merged(unit.reads for unit in group), counts) + sum(work[unit] for unit in group)) ** 2

    for unit in sorted(units, key=lambda unit: -work[unit]):
        # The smallest sum of squares is what is both little in all and evenly divided.
        best = min(groups, key=lambda group: cost([*group, unit]) - cost(group))
        best.append(unit)
    return [having(shapes, group, units) for group in groups if group]


def units_of(shapes: Shapes) -> list[Unit]:
    """Return the constraints of shapes, divided as finely as can be; their order is the same for the same shapes."""
    return [unit for shape in shapes.targeted for unit in _units(shapes.graph, shape)]


def _units(graph: rdflib.Graph, shape: rdflib.term.Node) -> list[Unit]:
    own = {(s, p, o) for s, p, o in graph.triples((shape, None, None)) if p not in _SHARED and p != RDF.type}
    own = {triple for triple in own if str(triple[1]).startswith(str(SH))}
    part_of_another = any((None, p, shape) in graph for p in (*CONSTRAINTS_OF, RDF.first))
    apart = [triple for triple in own if triple[1] == SH.property and isinstance(triple[2], rdflib.URIRef)]
    whole = part_of_another or (shape, SH.path, None) in graph or (shape, SH.closed, None) in graph
    groups = [] if whole else [{triple} for triple in sorted(apart)]
    rest = own.difference(*groups)
    if rest or not groups:
        groups.append(rest)
    return [Unit(shape, frozenset(group), reads_of(graph, shape, own - group)) for group in groups]


def having(shapes: Shapes, group: Sequence[Unit], units: Sequence[Unit]) -> Shapes:
    """Return shapes with some of their constraints, of all that there are."""
    here = {unit.shape for unit in group}
    part = shapes.only(here)
    for unit in units:
        # A shape of which nothing is wanted has lost its targets, and may still be a part of one that is.
        if unit.shape in here and unit not in group:
            for triple in unit.constraints:
                part.graph.remove(triple)
    return part


def _work(graph: rdflib.Graph, unit: Unit, whole: Reads, counts: Counter[str]) -> float:
    """Return how long checking some constraints takes, in the time that reading a triple takes."""
    focus = sum(counts[f"a {name}"] for name in graph.objects(unit.shape, SH.targetClass))
    if not focus:  # a class above those that the data name, or no class: as many as have what the shape looks at
        focus = max((counts[name] for name in whole.near - {str(RDF.type)}), default=0)
    if any(predicate == SH.sparql for _, predicate, _ in unit.constraints):
        return _SPARQL * focus
    return _CORE * (focus + min(focus * len(unit.reads.near), sum(counts[name] for name in unit.reads.near)))


def _size(reads: Reads, counts: Counter[str]) -> int:
    names: Iterable[str] | None = reads.predicates()
    return counts["all"] if names is None else sum(counts[name] for name in names)


def _sampled(data: Path) -> Counter[str]:
    """Return how often predicates, and as "a ..." classes, stand at places all over a file."""
    counts: Counter[str] = Counter()
    step = max(_BYTES, data.stat().st_size // _PLACES)
    with data.open("rb") as file:
        for place in range(0, data.stat().st_size, step):
            file.seek(place)
            for line in file.read(_BYTES).split(b"\n")[1:-1]:
                _, predicate, value, *_ = [*line.split(b" ", 3), b"", b""]
                name = predicate[1:-1].decode(errors="replace")
                counts.update(["all", name])
                if name == str(RDF.type):
                    counts[f"a {value[1:-1].decode(errors='replace')}"] += 1
    return counts
