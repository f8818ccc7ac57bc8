"""Targets: the focus nodes of a shape, found in the data, so that a shape can be run on a part of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import rdflib
from rdflib import OWL, RDF, RDFS, SH

from .shapes import Shapes

__all__ = ["any_focus", "focus_nodes", "focus_of_each"]

_TYPE, _SUBCLASS = f"<{RDF.type}>".encode(), f"<{RDFS.subClassOf}>".encode()


def focus_nodes(data: Path | Sequence[bytes], shapes: rdflib.Graph, shape: rdflib.term.Node) -> list[str]:
    """Return the focus nodes of a shape in a file of canonical N-Triples or N-Quads, or in lines of N-Triples.

    They are N-Triples terms, sorted, by the targets of SHACL 1.0, section 2.1.3.
    """
    wanted = _wanted(shapes, [shape])
    classes = _subclasses(data, wanted["Class"])
    found = set(wanted["Node"])
    for subject, predicate, value in _triples(data):
        if predicate == _TYPE and value in classes:
            found.add(subject)
        if predicate in wanted["SubjectsOf"]:
            found.add(subject)
        if predicate in wanted["ObjectsOf"]:
            found.add(value)
    return sorted(node.decode() for node in found)


def any_focus(data: Path, shapes: Shapes) -> bool:
    """Tell whether any shape has a focus node in the data, which the first triples mostly show."""
    wanted = _wanted(shapes.graph, shapes.targeted)
    if wanted["Node"] or any(True for _ in shapes.graph.objects(None, SH.target)):
        return True
    predicates = wanted["SubjectsOf"] | wanted["ObjectsOf"]

    def met(classes: set[bytes]) -> bool:
        return any(p in predicates or (p == _TYPE and value in classes) for _, p, value in _triples(data))

    return met(wanted["Class"]) or met(_subclasses(data, wanted["Class"]))


def focus_of_each(lines: Sequence[bytes], shapes: Shapes) -> dict[rdflib.term.Node, set[str]]:
    """Return the IRIs that are focus nodes of each targeted shape in lines of N-Triples."""
    target = {str(o) for p in (SH.targetSubjectsOf, SH.targetObjectsOf) for o in shapes.graph.objects(None, p)}
    names = {f"<{name}>".encode() for name in {str(RDF.type), str(RDFS.subClassOf), *target}}
    needed = [line for line in lines if line.split(b" ", 2)[1] in names]
    found = {shape: focus_nodes(needed, shapes.graph, shape) for shape in shapes.targeted}
    return {shape: {node[1:-1] for node in nodes if node.startswith("<")} for shape, nodes in found.items()}


def _wanted(shapes: rdflib.Graph, nodes: Iterable[rdflib.term.Node]) -> dict[str, set[bytes]]:
    """Return the terms that the targets of some shapes name, by kind of target."""
    found: dict[str, set[bytes]] = {kind: set() for kind in ("Class", "Node", "SubjectsOf", "ObjectsOf")}
    for shape in nodes:
        for kind, terms in found.items():
            terms |= {term.n3().encode() for term in shapes.objects(shape, SH[f"target{kind}"])}
        if any((shape, RDF.type, kind) in shapes for kind in (RDFS.Class, OWL.Class)):
            found["Class"].add(shape.n3().encode())
    return found


def _subclasses(data: Path | Sequence[bytes], classes: set[bytes]) -> set[bytes]:
    """Return classes with all that are below them in the data."""
    if not classes:
        return set()
    pairs = [(subject, value) for subject, predicate, value in _triples(data) if predicate == _SUBCLASS]
    found, before = set(classes), 0
    while len(found) > before:
        before = len(found)
        found |= {subject for subject, value in pairs if value in found}
    return found


def _triples(data: Path | Sequence[bytes]) -> Iterator[tuple[bytes, bytes, bytes]]:
    end = b" <" if isinstance(data, Path) and data.suffix == ".nq" else b" ."
    with ExitStack() as stack:
        for line in stack.enter_context(data.open("rb")) if isinstance(data, Path) else data:
            subject, predicate, rest = line.split(b" ", 2)
            yield subject, predicate, rest[: rest.rindex(end)]
