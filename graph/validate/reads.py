"""Reads: which triples a shape looks at, found by looking at the shape, so that the rest of the data can be left out.

Whatever is not understood reads everything: what is said here is never too little.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

import rdflib
from rdflib import OWL, RDF, RDFS, SH
from rdflib.collection import Collection
from rdflib.plugins.sparql.algebra import translatePrologue
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import Prologue

__all__ = ["ANY_DEPTH", "CONSTRAINTS_OF", "EVERYTHING", "PLAIN", "TARGETS", "Reads", "merged", "reads_of"]

#: The depth of a path that may be followed without end.
ANY_DEPTH = 100
#: What says which nodes a shape is about.
TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf, SH.target)
#: What says nothing about the data, or only about the value itself.
PLAIN = {
    *(SH.name, SH.description, SH.message, SH.severity, SH.order, SH.group, SH.defaultValue, SH.deactivated),
    *(SH.minCount, SH.maxCount, SH.datatype, SH.nodeKind, SH.hasValue, SH["in"], SH.languageIn, SH.uniqueLang),
    *(SH.minInclusive, SH.maxInclusive, SH.minExclusive, SH.maxExclusive, SH.minLength, SH.maxLength),
    *(SH.pattern, SH.flags, SH.ignoredProperties, SH.qualifiedMinCount, SH.qualifiedMaxCount),
    *(SH.qualifiedValueShapesDisjoint, SH.path, SH.targetClass, SH.targetNode, SH.targetSubjectsOf),
    SH.targetObjectsOf,
}
_PAIRS = {SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals}
_LISTS = {SH["and"], SH["or"], SH.xone}
#: Where a shape names another that its values, or the node itself, are to conform to.
CONSTRAINTS_OF = {SH.property, SH.node, SH["not"], SH.qualifiedValueShape, *_LISTS}
_REPEATED = (SH.zeroOrMorePath, SH.oneOrMorePath, SH.zeroOrOnePath)
_THIS = rdflib.Variable("this")
_TYPES = frozenset({str(RDF.type), str(RDFS.subClassOf)})


@dataclass(frozen=True, slots=True)
class Reads:
    """The predicates of the triples that a shape looks at, as IRIs.

    `near` are those whose subject is the focus node, `far` those of nodes further on, `back` those that are followed
    from object to subject; `classes` those that other nodes are asked for. Types and the class hierarchy are read in
    any case and stand in none of them unless a path names them. `depth` says how many steps away from the focus node
    the last triple is. `everything` is true where any triple may count.
    """

    near: frozenset[str] = frozenset()
    far: frozenset[str] = frozenset()
    back: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    depth: int = 0
    everything: bool = False

    def predicates(self) -> frozenset[str] | None:
        """Return the predicates of all triples that are needed, None when that is any."""
        return None if self.everything else self.near | self.far | self.back | _TYPES


#: What is said of a shape that is not understood.
EVERYTHING = Reads(depth=2, everything=True)


def merged(parts: Iterable[Reads]) -> Reads:
    """Return what several shapes read together."""
    return reduce(
        lambda a, b: Reads(
            a.near | b.near,
            a.far | b.far,
            a.back | b.back,
            a.classes | b.classes,
            min(max(a.depth, b.depth), ANY_DEPTH),
            a.everything or b.everything,
        ),
        parts,
        Reads(),
    )


def reads_of(graph: rdflib.Graph, shape: rdflib.term.Node, without: Iterable[tuple[Any, ...]] = ()) -> Reads:
    """Return what a targeted shape of a graph of shapes reads; some triples about the shape may be left aside."""
    if (None, RDF.type, SH.ConstraintComponent) in graph or (None, SH.parameter, None) in graph:
        return EVERYTHING
    found = list(_targets(graph, shape))
    found += _shape(graph, shape, 0, frozenset(), {(p, o) for _, p, o in without})
    return merged(found)


def _targets(graph: rdflib.Graph, shape: rdflib.term.Node) -> Iterator[Reads]:
    for predicate in graph.objects(shape, SH.targetSubjectsOf):
        yield _step(predicate, 0)
    for predicate in graph.objects(shape, SH.targetObjectsOf):
        yield Reads(back=frozenset({str(predicate)}), depth=1)


def _shape(
    graph: rdflib.Graph, shape: rdflib.term.Node, steps: int, above: frozenset[Any], without: set[tuple[Any, ...]]
) -> Iterator[Reads]:
    """Yield what a shape reads whose focus node is that many steps from the first."""
    if shape in above:
        yield EVERYTHING
        return
    above |= {shape}
    at = steps
    if (path := graph.value(shape, SH.path)) is not None:
        read, length = _path(graph, path, steps)
        yield read
        at = steps + length
    for predicate, value in graph.predicate_objects(shape):
        if (predicate, value) in without:
            continue
        if predicate in _PAIRS:
            yield _step(value, steps)
        elif predicate == SH["class"]:
            yield Reads(classes=frozenset({str(value)}), depth=at + 1)
        elif predicate == SH.sparql:
            yield _constraint(graph, value, steps)
        elif predicate in CONSTRAINTS_OF:
            for part in Collection(graph, value) if predicate in _LISTS else [value]:
                yield from _shape(graph, part, at, above, set())
        elif predicate not in PLAIN and str(predicate).startswith(str(SH)):
            closed_no_more = predicate == SH.closed and str(value) in {"false", "0"}
            yield Reads() if closed_no_more else EVERYTHING


def _step(predicate: object, steps: int) -> Reads:
    """Return one triple read forwards from a node that is so many steps away."""
    names = frozenset({str(predicate)})
    return Reads(far=names, depth=steps + 1) if steps else Reads(near=names, depth=1)


def _path(graph: rdflib.Graph, path: rdflib.term.Node, steps: int) -> tuple[Reads, int]:
    """Return what following a property path reads, and over how many steps it leads (SHACL 1.0, 2.3.1)."""
    if isinstance(path, rdflib.URIRef):
        return _step(path, steps), 1
    if (inner := graph.value(path, SH.inversePath)) is not None:
        read, length = _path(graph, inner, steps)
        names = read.near | read.far | read.back
        far = frozenset() if isinstance(inner, rdflib.URIRef) else names
        return Reads(far=far, back=names, depth=steps + length, everything=read.everything), length
    if (choices := graph.value(path, SH.alternativePath)) is not None:
        found = [_path(graph, part, steps) for part in Collection(graph, choices)]
        return merged(read for read, _ in found), max(length for _, length in found)
    for kind in _REPEATED:
        if (inner := graph.value(path, kind)) is not None:
            first, once = _path(graph, inner, steps)
            again, _ = _path(graph, inner, steps + once)
            if kind == SH.zeroOrOnePath:
                return first, once
            return merged([first, again, Reads(depth=ANY_DEPTH)]), ANY_DEPTH
    if (path, RDF.first, None) not in graph:
        return EVERYTHING, 2
    reads, length = [], 0
    for part in Collection(graph, path):
        read, more = _path(graph, part, steps + length)
        reads.append(read)
        length = min(length + more, ANY_DEPTH)
    return merged(reads), length


def _constraint(graph: rdflib.Graph, constraint: rdflib.term.Node, steps: int) -> Reads:
    """Return what a SPARQL constraint reads about its focus node and others."""
    texts = [str(text) for kind in (SH.select, SH.ask) for text in graph.objects(constraint, kind)]
    try:
        return merged(_query(text, _prefixes(graph, constraint), steps) for text in texts)
    except Exception:  # the parser's, of many kinds; the engines say what is wrong with the query
        return EVERYTHING


def _prefixes(graph: rdflib.Graph, constraint: rdflib.term.Node) -> str:
    """Return the prefixes that a constraint is given (SHACL 1.0, 5.2.1), as SPARQL."""
    lines = []
    for ontology in graph.objects(constraint, SH.prefixes):
        for one in [ontology, *graph.transitive_objects(ontology, OWL.imports)]:
            for declared in graph.objects(one, SH.declare):
                name, space = graph.value(declared, SH.prefix), graph.value(declared, SH.namespace)
                lines.append(f"PREFIX {name}: <{space}>\n")
    return "".join(sorted(set(lines)))


def _query(text: str, prefixes: str, steps: int) -> Reads:
    # The tree of the parser has every pattern; rdflib's algebra loses those of an EXISTS within another.
    head, body = parseQuery(prefixes + text)
    prologue = translatePrologue(head, None, None)
    patterns = list(_patterns(body))
    return merged(_pattern(*pattern, prologue, steps, len(patterns)) for pattern in patterns)


def _patterns(node: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Yield the triple patterns of a parsed query."""
    if isinstance(node, CompValue):
        if node.name in {"GraphGraphPattern", "ServiceGraphPattern", "DatasetClause"}:
            yield _THIS, rdflib.Variable("any"), _THIS
        for key, value in node.items():
            if key == "triples":
                for flat in value:
                    yield from zip(flat[0::3], flat[1::3], flat[2::3], strict=True)
            else:
                yield from _patterns(value)
    elif isinstance(node, Iterable) and not isinstance(node, str):
        for part in node:
            yield from _patterns(part)


def _pattern(subject: Any, predicate: Any, value: Any, prologue: Prologue, steps: int, patterns: int) -> Reads:
    """Return what a triple pattern of a query reads; one that does not start at $this may be met anywhere."""
    if not isinstance(predicate, CompValue | rdflib.URIRef):
        return EVERYTHING
    parts = list(_path_parts(predicate))
    names = frozenset(str(prologue.absolutize(part)) for mark, part in parts if not mark)
    marks = {mark for mark, _ in parts if mark}
    endless = bool(marks & {"*", "+", "?"})
    if "!" in marks or (endless and _THIS not in (subject, value)):
        return EVERYTHING
    if subject == _THIS and not marks and len(names) == 1 and not steps:
        return Reads(near=names, depth=1)
    return Reads(names, names, names, depth=ANY_DEPTH if endless else steps + patterns - 1 + len(names))


def _path_parts(node: Any) -> Iterator[tuple[str, Any]]:
    """Yield the names in a path of a query, each with the mark "", and its marks `! ^ * + ?`, each with None."""
    if isinstance(node, rdflib.URIRef) or (isinstance(node, CompValue) and node.name == "pname"):
        yield "", node
    elif isinstance(node, CompValue):
        fields = dict(node)
        marks = {"PathNegatedPropertySet": "!", "PathEltOrInverse": "^"}
        yield from ((mark, None) for mark in (marks.get(node.name), fields.get("mod")) if mark)
        yield from _path_parts(fields.get("part", []))
    elif isinstance(node, Iterable) and not isinstance(node, str):
        for part in node:
            yield from _path_parts(part)
