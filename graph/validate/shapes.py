"""Shapes: read from files, looked over for what engines pass over in silence, and divided between engines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import rdflib
from rdflib import OWL, RDF, RDFS, SH

from ...extract import InputError, Problem
from ...extract.problems import nearest
from ...ontology.terms import expand, shorten
from ..store import parse_errors
from .words import component_words

__all__ = ["Shapes", "read_shapes"]

_TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf, SH.target)
_PART_OF = {
    *(SH.property, SH.node, SH["and"], SH["or"], SH.xone, SH["not"], SH.qualifiedValueShape, SH.sparql),
    *(RDF.first, RDF.rest),
}
_COUNTS = (SH.minCount, SH.maxCount, SH.minLength, SH.maxLength, SH.qualifiedMinCount, SH.qualifiedMaxCount)
#: SPARQL that the values of a focus node need not reach: MINUS, VALUES, SERVICE and a SELECT inside.
_UNBOUND = re.compile(r"\b(?:MINUS|VALUES|SERVICE)\b|\{\s*SELECT\b", re.IGNORECASE)
_ADVANCED = [rdflib.URIRef(str(SH) + name) for name in ("target", "rule", "expression", "values", "js")]
_BESIDES = ("and", "class", "if", "in", "not", "or", "targetClass", "values", "expression", "reifierShape")
#: Terms of SHACL: those that rdflib lists, and those it leaves out because they are words of Python, or newer.
_KNOWN = {str(SH) + name for name in (*SH.__annotations__, *_BESIDES)}


class Shapes:
    """A graph of shapes and which of them have targets; `aimed_at` are the focus nodes if only some are meant."""

    def __init__(self, graph: rdflib.Graph, aimed_at: Sequence[str] = ()) -> None:
        self.graph = graph
        self.aimed_at = aimed_at
        self.targeted = sorted(_targeted(graph), key=str)

    @cache  # noqa: B019 - shapes live as long as the run that reads them
    def fix(self, shape: str) -> str:
        """Return what a shape says to do about its findings."""
        return str(self.graph.value(rdflib.URIRef(shape), rdflib.URIRef(expand("wg:fix"))) or "")

    @cache  # noqa: B019
    def words(self, shape: str, component: str, path: str) -> str:
        """Return what a constraint of a shape asks for, in words.

        Of a nameless shape, engines tell the path alone: then it is what all nameless shapes of that path ask, or else
        the name of the parameter.
        """
        shapes = [rdflib.URIRef(shape)] if shape else self._nameless(path)
        said = {words for node in shapes if (words := component_words(self.graph, node, component))}
        name = component.rpartition("#")[2].removesuffix("ConstraintComponent")
        return said.pop() if len(said) == 1 else f"does not meet sh:{name[:1].lower()}{name[1:]}"

    def _nameless(self, path: str) -> list[rdflib.term.Node]:
        nodes = self.graph.subjects(SH.path, rdflib.URIRef(path)) if path else iter(self.targeted)
        return [node for node in nodes if isinstance(node, rdflib.BNode)]

    def only(self, kept: Iterable[rdflib.term.Node]) -> Shapes:
        """Return the same shapes with targets for some of them only: the others still work as parts."""
        wanted = set(kept)
        graph = rdflib.Graph()
        for triple in self.graph:
            subject, predicate, value = triple
            target = predicate in _TARGETS or (predicate == RDF.type and value in {RDFS.Class, OWL.Class})
            if not (target and subject in self.targeted and subject not in wanted):
                graph.add(triple)
        return Shapes(graph)

    def aimed(self, shape: rdflib.term.Node, nodes: Sequence[str]) -> Shapes:
        """Return one shape with these focus nodes, given as N-Triples terms, in place of its targets."""
        part = Shapes(self.only([]).graph, nodes)
        part.targeted = [shape]
        return part

    def within(self, nodes: Mapping[rdflib.term.Node, Iterable[rdflib.term.Node]]) -> Shapes:
        """Return the same shapes with some focus nodes for each in place of its targets."""
        part = self.only([])
        for shape, wanted in nodes.items():
            for node in wanted:
                part.graph.add((shape, SH.targetNode, node))
        part.targeted = [shape for shape in self.targeted if (shape, SH.targetNode, None) in part.graph]
        return part

    def ntriples(self) -> str:
        """Return the shapes as N-Triples; rdflib's Turtle writes ill-formed literals so that nobody can read them."""
        aims = (f"{self.targeted[0].n3()} {SH.targetNode.n3()} {node} .\n" for node in self.aimed_at)
        return self.graph.serialize(format="nt") + "".join(aims)

    def beyond_core(self) -> list[rdflib.term.Node]:
        """Return the targeted shapes that use what the fast engine does not do, found by looking at them.

        That is SHACL Advanced Features, and the SPARQL that pre-binding cannot reach (SHACL 1.0, A.1): a constraint
        with MINUS, VALUES or a nested SELECT that does not return `$this`.
        """
        return [shape for shape in self.targeted if any(map(self._advanced, {shape, *self._parts(shape)}))]

    def _advanced(self, node: rdflib.term.Node) -> bool:
        for term in _ADVANCED:
            if (node, term, None) in self.graph:
                return True
        texts = [str(t) for p in (SH.select, SH.ask) for t in self.graph.objects(node, p)]
        return any(_UNBOUND.search(text) for text in texts)

    def recursive(self) -> list[str]:
        """Return the named shapes that are parts of themselves, which SHACL leaves undefined."""
        shapes = {s for s in self.graph.subjects(unique=True) if isinstance(s, rdflib.URIRef)}
        return sorted(str(shape) for shape in shapes if shape in self._parts(shape))

    def only_in(self, roots: Iterable[str]) -> set[str]:
        """Return the shapes that are, or are parts of, these targeted shapes and no other; "" for nameless ones."""
        wanted = {rdflib.URIRef(root) for root in roots}
        inside = {node for root in wanted for node in {root, *self._parts(root)}}
        others = {node for root in self.targeted if root not in wanted for node in {root, *self._parts(root)}}
        return {"" if isinstance(node, rdflib.BNode) else str(node) for node in inside - others}

    def _parts(self, shape: rdflib.term.Node) -> set[rdflib.term.Node]:
        """Return the shapes and constraints that a shape is made of; itself only if it is recursive."""
        found: set[rdflib.term.Node] = set()
        todo = [shape]
        while todo:
            values = [o for p, o in self.graph.predicate_objects(todo.pop()) if p in _PART_OF and o not in found]
            found.update(values)
            todo += values
        return found


def read_shapes(paths: Sequence[Path]) -> Shapes:
    """Read files of shapes. Raises InputError when one does not parse, has a term SHACL lacks, or is recursive."""
    if problems := [problem for path in paths for problem in parse_errors(path)]:
        raise InputError(problems)
    whole = rdflib.Graph()
    found: list[Problem] = []
    for path in paths:
        graph = rdflib.Graph()
        graph.parse(path)
        found += _lint(path, graph)
        whole += graph
    shapes = Shapes(whole)
    for name in shapes.recursive():
        fix = "break the circle; SHACL does not say what it means"
        found.append(Problem(str(paths[-1]), 0, 0, "the shape is part of itself", shorten(name), fix))
    if found:
        raise InputError(found)
    return shapes


def _targeted(graph: rdflib.Graph) -> set[rdflib.term.Node]:
    explicit = {s for predicate in _TARGETS for s in graph.subjects(predicate)}
    shapes = {*graph.subjects(RDF.type, SH.NodeShape), *graph.subjects(RDF.type, SH.PropertyShape)}
    return explicit | {s for s in shapes if (s, RDF.type, RDFS.Class) in graph or (s, RDF.type, OWL.Class) in graph}


def _lint(path: Path, graph: rdflib.Graph) -> list[Problem]:
    """Return what almost every engine passes over in silence: terms that SHACL does not have, and odd counts."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = []
    known = [shorten(name) for name in _KNOWN]
    terms = {str(t) for triple in graph for t in triple if isinstance(t, rdflib.URIRef) and str(t).startswith(str(SH))}
    for term in sorted(terms - _KNOWN):
        name = shorten(term)
        line, column = _place(lines, name)
        fix = nearest(name, known) or "see https://www.w3.org/TR/shacl/"
        found.append(Problem(str(path), line, column, "SHACL has no such term", name, fix))
    for predicate in _COUNTS:
        for value in graph.objects(None, predicate):
            if not (isinstance(value, rdflib.Literal) and isinstance(value.value, int) and not value.ill_typed):
                line, column = _place(lines, shorten(str(predicate)), str(value))
                fix = "write a whole number without quotes"
                found.append(
                    Problem(str(path), line, column, f"{shorten(str(predicate))} takes a number", str(value), fix)
                )
    for value in graph.objects(None, SH.pattern):
        try:
            re.compile(str(value))
        except re.error as error:
            line, column = _place(lines, "sh:pattern", str(value)[:10])
            found.append(Problem(str(path), line, column, f"the pattern does not compile: {error}", str(value)))
    return found


def _place(lines: list[str], *needles: str) -> tuple[int, int]:
    for number, line in enumerate(lines, 1):
        if all(needle in line for needle in needles):
            return number, line.index(needles[0]) + 1
    return 0, 0
