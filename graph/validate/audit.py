"""The audit of the fast engine: a sample of focus nodes, bad and good, is checked again with pyshacl on every run."""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import rdflib

from ...ontology.terms import NAMESPACES
from .reference import run_reference
from .report import NotChecked, Result
from .shapes import Shapes
from .targets import focus_nodes

__all__ = ["SAMPLE", "audit", "differences"]

#: How many focus nodes with results, and how many places in the data, are checked again.
SAMPLE = 150
#: Nodes that more others than this point to are not in the sample.
MOST_AROUND = 50

_TYPE = f" <{NAMESPACES['rdf']}type> ".encode()
_SUBCLASS = f" <{NAMESPACES['rdfs']}subClassOf> ".encode()


def audit(
    data: Path, shapes: Shapes, found: Iterable[Result], *, timeout: float
) -> tuple[int, list[str], tuple[NotChecked, ...]]:
    """Check a sample of the nodes of a file of N-Triples or N-Quads again.

    Returns how many nodes, what differs, and the shapes that pyshacl did not finish. `found` is sorted by
    `Result.order` and can be read twice. The sample is the same for the same input: of each shape's focus nodes those
    with the smallest hashes, and the subjects at places all over the file. With each go its own triples and the types
    of what it points to; where the shapes look further, so do the triples.
    """
    nodes = _failing(found) | _spread(data)
    sample = list(_neighbourhood(data, nodes, far=shapes.look_far()))
    # What is around the nodes has types too; pyshacl is to look at the nodes alone.
    wanted = {shape: nodes & {n[1:-1] for n in focus_nodes(sample, shapes.graph, shape)} for shape in shapes.targeted}
    aimed = shapes.within({shape: map(rdflib.URIRef, sorted(found)) for shape, found in wanted.items()})
    if not aimed.targeted:
        return 0, [], ()
    again = run_reference(b"".join(sample), aimed, timeout=timeout)
    left_out = shapes.only_in(miss.shape for miss in again.missed)
    mine = (result for result in found if result.focus.text in nodes and result.shape not in left_out)
    theirs = (result for result in again.results if result.focus.text in nodes)
    return len(nodes), differences(mine, theirs), again.missed


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


def _failing(found: Iterable[Result]) -> set[str]:
    """Return focus nodes of every shape that has some, an equal share of `SAMPLE` for each."""
    shapes = len({result.shape for result in found})
    nodes: set[str] = set()
    for _, results in groupby(found, key=lambda result: result.shape):
        names = (result.focus.text for result in results if result.focus.kind == "iri")
        distinct = (name for name, _ in groupby(names))
        nodes.update(heapq.nsmallest(max(2, SAMPLE // shapes), distinct, key=_digest))
    return nodes


def _spread(data: Path) -> set[str]:
    """Return the subjects that stand at `SAMPLE` places of a file, by chance and always the same."""
    size = data.stat().st_size
    nodes = set()
    with data.open("rb") as file:
        for number in range(SAMPLE if size else 0):
            file.seek(int(_digest(f"{size} {number}"), 16) % size)
            file.readline()  # the rest of some line
            subject = file.readline().partition(b" ")[0]
            if subject.startswith(b"<"):
                nodes.add(subject[1:-1].decode())
        file.seek(0)
        first = file.readline().partition(b" ")[0]
    return nodes | ({first[1:-1].decode()} if first.startswith(b"<") else set())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _neighbourhood(data: Path, nodes: set[str], *, far: bool) -> Iterator[bytes]:
    """Yield N-Triples: the nodes, the types of what they point to, and the class hierarchy.

    With `far` also all that is said of what they point to, with the types one step on, and what points to them. Nodes
    that too many others point to are then taken out of `nodes`: pyshacl would need minutes for what is around them.
    """
    wanted = {f"<{node}>".encode() for node in nodes}
    own, near, classes = _about(data, wanted, far=far)
    hubs = {node for node, count in Counter(map(_object, near)).items() if count > MOST_AROUND}
    nodes -= {hub[1:-1].decode() for hub in hubs}
    wanted -= hubs
    own = [line for line in own if line[: line.index(b" ")] not in hubs]
    near = [line for line in near if _object(line) not in hubs]
    reached = {_object(line) for line in own} - wanted
    if far:
        more, _, _ = _about(data, reached)
        near += more
        reached = {_object(line) for line in near} - wanted - reached
    types, _, _ = _about(data, reached)
    yield from own
    yield from near
    yield from (line for line in types if _TYPE in line)
    yield from classes


def _about(data: Path, subjects: set[bytes], *, far: bool = False) -> tuple[list[bytes], list[bytes], list[bytes]]:
    """Return, of a file, the lines about some subjects, with `far` those that point to them, and the class hierarchy.

    Quads lose their graph.
    """
    plain = _triple if data.suffix == ".nq" else bytes
    about, towards, classes = [], [], []
    with data.open("rb") as file:
        for line in file:
            if line[: line.index(b" ")] in subjects:
                about.append(plain(line))
            elif _SUBCLASS in line:
                classes.append(plain(line))
            elif far and _object(plain(line)) in subjects:
                towards.append(plain(line))
    return about, towards, classes


def _triple(line: bytes) -> bytes:
    return line[: line.rindex(b" <")] + b" .\n"


def _object(line: bytes) -> bytes:
    """Return the object of a line of N-Triples."""
    return line.split(b" ", 2)[2].rstrip()[:-1].rstrip()
