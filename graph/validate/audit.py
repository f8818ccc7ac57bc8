"""The audit of the fast engine: a sample of focus nodes, bad and good, is checked again with pyshacl on every run."""

from __future__ import annotations

import hashlib
import heapq
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

import rdflib

from .neighbours import neighbourhood
from .reads import merged, reads_of
from .reference import run_reference
from .report import NotChecked, Result, joined
from .shapes import Shapes
from .targets import focus_of_each

__all__ = ["SAMPLE", "audit", "differences"]

#: For how many nodes a process more is worth its start.
_EACH = 60
#: How many focus nodes with results, and how many places in the data, are checked again.
SAMPLE = 150


def audit(
    data: Path, shapes: Shapes, found: Iterable[Result], *, timeout: float
) -> tuple[int, list[str], tuple[NotChecked, ...]]:
    """Check a sample of the nodes of a file of N-Triples or N-Quads again.

    Returns how many nodes, what differs, and the shapes that pyshacl did not finish. `found` is sorted by
    `Result.order` and can be read twice. The sample is the same for the same input: of each shape's focus nodes those
    with the smallest hashes, and the subjects at places all over the file. With each go all of its own triples and what
    the shapes look at further on.
    """
    nodes = _failing(found) | _spread(data)
    sample = neighbourhood(data, nodes, merged(reads_of(shapes.graph, shape) for shape in shapes.targeted))
    # What is around the nodes has types too; pyshacl is to look at the nodes alone.
    wanted = {shape: sorted(nodes & focus) for shape, focus in focus_of_each(sample, shapes).items()}
    count = min(os.cpu_count() or 1, 1 + len(nodes) // _EACH)
    every = [shapes.within({s: map(rdflib.URIRef, w[n::count]) for s, w in wanted.items()}) for n in range(count)]
    aimed = [part for part in every if part.targeted]
    if not aimed:
        return 0, [], ()
    with ThreadPoolExecutor(len(aimed)) as pool:
        again = joined(pool.map(lambda part: run_reference(b"".join(sample), part, timeout=timeout), aimed))
    left_out = shapes.only_in(miss.shape for miss in again.missed)
    mine = (result for result in found if result.focus.text in nodes and result.shape not in left_out)
    theirs = (result for result in again.results if result.focus.text in nodes and result.shape not in left_out)
    return len(nodes), differences(mine, theirs), tuple(dict.fromkeys(again.missed))


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
