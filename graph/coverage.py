"""How much each source says of each kind, counted once when a graph is built so that no question counts millions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from ..ontology.terms import expand
from .identify import Names
from .quads import Quad, iri, literal, wg
from .stated import Stated

__all__ = ["coverage_quads"]


def coverage_quads(claims: Stated, names: Names) -> Iterator[Quad]:
    """Yield for each predicate and source of a dataset how many claims there are, about how many things."""
    graph = iri(names.graph("build"))
    for predicate, source, count, subjects in claims.covered():
        digest = hashlib.sha256(f"{predicate} {source}".encode()).hexdigest()[:24]
        node = iri(f"{names.base}coverage/{digest}")
        yield Quad(node, iri(expand("rdf:type")), wg("Coverage"), graph)
        yield Quad(node, wg("coveredPredicate"), predicate, graph)
        yield Quad(node, wg("coveringSource"), source, graph)
        yield Quad(node, wg("claimCount"), literal(str(count), datatype="xsd:integer"), graph)
        yield Quad(node, wg("subjectCount"), literal(str(subjects), datatype="xsd:integer"), graph)
