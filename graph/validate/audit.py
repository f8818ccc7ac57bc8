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

    The sample is the same for the same input: the nodes with the smallest hashes. With each go its own triples and
    the types of what it points to; where the shapes look further, so do the triples.
    """
    results = list(found)
    bad = {result.focus.text for result in results if result.focus.kind == "iri"}
    nodes = _smallest(bad, SAMPLE) | _smallest(_subjects(data), SAMPLE)
    if not nodes:
        return 0, []
    graph = rdflib.Graph()
    graph.parse(data="".join(_neighbourhood(data, nodes, far=shapes.look_far())), format="nt")
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


def _subjects(data: Path) -> Iterator[str]:
    """Yield the subjects that are IRIs; one whose lines stand together only once."""
    last = b""
    with data.open("rb") as file:
        for line in file:
            subject = line[: line.index(b" ")]
            if subject != last and subject.startswith(b"<"):
                last = subject
                yield subject[1:-1].decode()


def _neighbourhood(data: Path, nodes: set[str], *, far: bool) -> Iterator[str]:
    """Yield N-Triples: the nodes, the types of what they point to, and the class hierarchy.

    With `far` also all that is said of what they point to, with the types one step on, and what points to them.
    """
    wanted = {f"<{node}>".encode() for node in nodes}
    own = list(_about(data, wanted))
    near: list[bytes] = []
    reached = {_object(line) for line in own} - wanted
    if far:
        near = [*_about(data, reached), *_towards(data, wanted)]
        reached = {_object(line) for line in near} - wanted - reached
    types = [line for line in _about(data, reached) if f" {_TYPE} ".encode() in line]
    yield from (line.decode() for line in (*own, *near, *types, *_hierarchy(data)))


def _about(data: Path, subjects: set[bytes]) -> Iterator[bytes]:
    """Yield the lines about some subjects; quads lose their graph."""
    quads = data.suffix == ".nq"
    with data.open("rb") as file:
        for line in file:
            if line[: line.index(b" ")] in subjects:
                yield line[: line.rindex(b" <")] + b" .\n" if quads else line


def _towards(data: Path, objects: set[bytes]) -> Iterator[bytes]:
    """Yield the lines that point to some nodes."""
    quads = data.suffix == ".nq"
    with data.open("rb") as file:
        for line in file:
            plain = line[: line.rindex(b" <")] + b" .\n" if quads else line
            if _object(plain) in objects:
                yield plain


def _hierarchy(data: Path) -> Iterator[bytes]:
    subclass = _SUBCLASS.encode()
    with data.open("rb") as file:
        named = {line[: line.index(b" ")] for line in file if subclass in line}
    return (line for line in _about(data, named) if subclass in line)


def _object(line: bytes) -> bytes:
    """Return the object of a line of N-Triples."""
    return line.split(b" ", 2)[2].rstrip()[:-1].rstrip()
