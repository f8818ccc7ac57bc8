"""Incremental validation: of a graph that was checked before, only what a change can have touched is checked again.

The constraints it works for look at the triples of the focus node and the classes of its values. What such a
constraint found about a node still holds when no triple about the node, no member of the classes and no subclass has
changed; which nodes that are is seen by comparing the named graphs with what is remembered of them. All other
constraints are checked in full.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from zlib import crc32

import rdflib
from rdflib import RDF, SH

from ..spool import Spool
from .fast import run_fast
from .memory import NamedGraph, Remembered, named_graphs, read_memory, write_memory
from .neighbours import with_types
from .reads import CONSTRAINTS_OF
from .report import Outcome, Result
from .shapes import Shapes
from .split import Unit, having, units_of
from .targets import focus_of_each

__all__ = ["run_incremental"]

#: How many nodes may have changed; when there are more, all are checked again.
MOST_NODES = 20_000
#: How many findings are remembered at most.
MOST_RESULTS = 100_000


def run_incremental(data: Path, shapes: Shapes, memory: Path, *, version: str, timeout: float) -> tuple[Outcome, str]:
    """Validate a file of canonical N-Quads; return what was found, and in words what of it was taken over.

    The file `memory` is read, if it is whole and of the same `version` of shapes and engine, and written anew.
    """
    units = units_of(shapes)
    local = {name: unit for unit in units if (name := _name(shapes, unit))}
    before = read_memory(memory, version, shapes)
    now = named_graphs(data, before.graphs if before else {})
    change = _change(before.graphs, now) if before else None
    if before is None or change is None:
        found, words = run_fast(data, shapes, timeout=timeout), f"none of {len(now)} graphs taken over"
    else:
        kept = {name: unit for name, unit in local.items() if not unit.reads.classes & change.classes}
        again = having(shapes, [unit for unit in units if unit not in kept.values()], units)
        nodes = having(shapes, list(kept.values()), units)
        old = (r for r in before.results if r.shape in kept and _checksum(r.focus.text) not in change.nodes)
        parts = [run_fast(data, again, timeout=timeout), _checked_nodes(data, nodes, change.nodes, timeout)]
        results = Spool(chain(old, *(part.results for part in parts)), Result.order)
        found = Outcome(results, missed=tuple(miss for part in parts for miss in part.missed))
        words = f"{change.unchanged} of {len(now)} graphs unchanged, {len(kept)} of {len(units)} constraints taken over"
    _remember(memory, version, now, found, local)
    return found, words


def _remember(
    memory: Path, version: str, graphs: dict[str, NamedGraph], found: Outcome, local: Mapping[str, Unit]
) -> None:
    known = (result for result in found.results if result.shape in local)
    results = list(islice(known, MOST_RESULTS + 1))
    if found.missed or len(results) > MOST_RESULTS or any(result.focus.kind != "iri" for result in results):
        memory.unlink(missing_ok=True)
    else:
        write_memory(memory, version, Remembered(graphs, results))


def _name(shapes: Shapes, unit: Unit) -> str:
    """Return the shape that all findings of some constraints name, and those of no others; empty when they look far."""
    graph, reads = shapes.graph, unit.reads
    properties = [value for _, predicate, value in unit.constraints if predicate == SH.property]
    name = properties[0] if properties else unit.shape
    uses = [s for p in (*CONSTRAINTS_OF, RDF.first) for node in {name, unit.shape} for s in graph.subjects(p, node)]
    alone = len(uses) == len(properties) and (not properties or len(unit.constraints) == 1)
    nested = bool(properties) and ((name, SH.property, None) in graph or name in shapes.targeted)
    far = reads.everything or reads.far or reads.back
    return str(name) if isinstance(name, rdflib.URIRef) and alone and not nested and not far else ""


@dataclass(frozen=True, slots=True)
class _Change:
    """How many graphs are unchanged, checksums of the subjects of the others, and the classes whose members changed.

    Two nodes that share a checksum are both checked again.
    """

    unchanged: int
    nodes: frozenset[int]
    classes: frozenset[str]


def _change(before: Mapping[str, NamedGraph], now: Mapping[str, NamedGraph]) -> _Change | None:
    """Return what changed, None when that is too much, or the class hierarchy."""
    same = {name for name, graph in now.items() if name in before and before[name].digest == graph.digest}
    old = [graph for name, graph in before.items() if name not in same]
    new = [graph for name, graph in now.items() if name not in same]
    pairs = {pair for graph in now.values() for pair in graph.hierarchy}
    nodes = frozenset(chain.from_iterable(graph.subjects for graph in (*old, *new)))
    if pairs != {pair for graph in before.values() for pair in graph.hierarchy} or len(nodes) > MOST_NODES:
        return None
    members = [{(kind, digest) for graph in graphs for kind, digest in graph.classes.items()} for graphs in (old, new)]
    classes = {kind for kind, _ in members[0] ^ members[1]}
    while above := {upper for lower, upper in pairs if lower in classes} - classes:
        classes |= above
    return _Change(len(same), nodes, frozenset(classes))


def _checked_nodes(data: Path, shapes: Shapes, nodes: Iterable[int], timeout: float) -> Outcome:
    """Check some nodes, given by checksum, against constraints that look no further than the classes of values."""
    wanted = frozenset(nodes)
    lines = with_types(data, wanted) if wanted else []
    focus = {
        shape: [rdflib.URIRef(name) for name in sorted(names) if _checksum(name) in wanted]
        for shape, names in focus_of_each(lines, shapes).items()
    }
    aimed = shapes.within(focus)
    if not aimed.targeted:
        return Outcome(Spool([], Result.order))
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / "nodes.nt"
        part.write_bytes(b"".join(lines))
        return run_fast(part, aimed, timeout=timeout)


def _checksum(name: str) -> int:
    return crc32(f"<{name}>".encode())
