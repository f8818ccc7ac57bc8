"""The audit of the fast engine: a sample of focus nodes, bad and good, is checked again with pyshacl on every run."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Iterator
from pathlib import Path

import rdflib

from ...ontology.terms import NAMESPACES
from .reference import run_reference
from .report import Result
from .shapes import Shapes

__all__ = ["SAMPLE", "audit", "differences"]

#: How many focus nodes with results, and how many subjects at random, are checked again.
SAMPLE = 150

_TYPE = f"<{NAMESPACES['rdf']}type>"
_SUBCLASS = f"<{NAMESPACES['rdfs']}subClassOf>"


def audit(data: Path, shapes: Shapes, found: Iterable[Result]) -> tuple[int, list[str]]:
    """Check a sample of the nodes of a file of N-Triples or N-Quads again; return how many, and what differs.

    The sample is the same for the same input: the nodes with the smallest hashes. With each go its own triples, what
    it points to with all its triples, and the types of what that points to.
    """
    results = list(found)
    bad = {result.focus.text for result in results if result.focus.kind == "iri"}
    nodes = _smallest(bad, SAMPLE) | _smallest(_subjects(data), SAMPLE)
    if not nodes:
        return 0, []
    graph = rdflib.Graph()
    graph.parse(data="".join(_neighbourhood(data, nodes)), format="nt")
    again, _ = run_reference(graph, shapes)
    mine = [result for result in results if result.focus.text in nodes]
    theirs = [result for result in again if result.focus.text in nodes]
    return len(nodes), differences(mine, theirs)


def differences(fast: Iterable[Result], reference: Iterable[Result]) -> list[str]:
    """Return in words the results that only one of two engines has."""
    first, second = _counted(fast), _counted(reference)
    said = [f"only the fast engine: {_words(key)}" for key in sorted(first.keys() - second.keys())]
    said += [f"only pyshacl: {_words(key)}" for key in sorted(second.keys() - first.keys())]
    shared = first.keys() & second.keys()
    return said + [
        f"{first[k]} against {second[k]} times: {_words(k)}" for k in sorted(shared) if first[k] != second[k]
    ]


_Key = tuple[str, str, str, str, str, int]


def _counted(results: Iterable[Result]) -> dict[_Key, int]:
    counts: dict[_Key, int] = {}
    for result in results:
        counts[result.key()] = counts.get(result.key(), 0) + 1
    return counts


def _words(key: _Key) -> str:
    shape, component, focus, path, value, _ = key
    return " ".join(filter(None, (shape.rpartition("/")[2], component.rpartition("#")[2], focus, path, value)))


def _smallest(names: Iterable[str], most: int) -> set[str]:
    return set(heapq.nsmallest(most, names, key=lambda name: hashlib.sha256(name.encode()).digest()))


def _lines(data: Path) -> Iterator[tuple[str, str, str]]:
    """Yield subject, predicate and object of each line; the graph of a quad is left away."""
    quads = data.suffix == ".nq"
    with data.open(encoding="utf-8") as file:
        for line in file:
            subject, predicate, rest = line.split(" ", 2)
            value = rest.rstrip().removesuffix(".").rstrip()
            yield subject, predicate, value.rpartition(" ")[0] if quads else value


def _subjects(data: Path) -> Iterator[str]:
    """Yield the subjects that are IRIs; one whose lines stand together only once."""
    last = ""
    for subject, _, _ in _lines(data):
        if subject != last and subject.startswith("<"):
            last = subject
            yield subject[1:-1]


def _neighbourhood(data: Path, nodes: set[str]) -> Iterator[str]:
    wanted = {f"<{node}>" for node in nodes}
    first = {value for subject, _, value in _lines(data) if subject in wanted}
    second = {value for subject, _, value in _lines(data) if subject in first}
    for subject, predicate, value in _lines(data):
        types = predicate == _SUBCLASS or (predicate == _TYPE and subject in second)
        if types or subject in wanted or subject in first:
            yield f"{subject} {predicate} {value} .\n"
