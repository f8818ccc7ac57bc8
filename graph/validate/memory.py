"""What is remembered of a check: the named graphs that were checked, and what was found in them."""

from __future__ import annotations

import hashlib
import json
import os
from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any
from zlib import crc32

from rdflib import RDF, RDFS

from ...ontology.terms import Term
from ..findings import Severity
from .report import Result
from .shapes import Shapes

__all__ = ["NamedGraph", "Remembered", "named_graphs", "read_memory", "write_memory"]

_BLOCK = 1 << 20
_TYPE, _SUBCLASS = f"<{RDF.type}>".encode(), f"<{RDFS.subClassOf}>".encode()


@dataclass(frozen=True, slots=True)
class NamedGraph:
    """A named graph: the SHA-256 of its lines, checksums of its subjects, and hashes of the members of its classes.

    `hierarchy` are its subclasses, each with the class above.
    """

    digest: str
    subjects: array[int]
    classes: Mapping[str, str]
    hierarchy: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Remembered:
    """The graphs that were checked, by name, and results in them."""

    graphs: dict[str, NamedGraph]
    results: list[Result]


def named_graphs(data: Path, before: Mapping[str, NamedGraph]) -> dict[str, NamedGraph]:
    """Return the graphs of a file of canonical N-Quads; those that are the same as before are not read twice."""
    hashes: dict[bytes, Any] = {}
    for name, lines in _runs(data):
        hashes.setdefault(name, hashlib.sha256()).update(b"".join(lines))
    digests = {name.decode(): found.hexdigest() for name, found in hashes.items()}
    same = {name: before[name] for name, digest in digests.items() if name in before and before[name].digest == digest}
    return same | _described(data, {name: digest for name, digest in digests.items() if name not in same})


def _runs(data: Path) -> Iterator[tuple[bytes, list[bytes]]]:
    """Yield lines of a file that follow each other in the same graph, with its name."""
    with data.open("rb") as file:
        while lines := file.readlines(_BLOCK):
            end = _end(lines[0])
            if all(line.endswith(end) for line in lines):  # the rule, and much faster than looking at each line's graph
                yield end, lines
            else:
                yield from ((name, list(run)) for name, run in groupby(lines, key=_end))


def _end(line: bytes) -> bytes:
    return line[line.rindex(b" <") :]


def _described(data: Path, digests: Mapping[str, str]) -> dict[str, NamedGraph]:
    """Read the subjects and classes of some graphs of a file, whose names are the ends of their lines."""
    subjects: dict[str, set[int]] = {name: set() for name in digests}
    classes: dict[str, dict[bytes, Any]] = {name: {} for name in digests}
    hierarchy: dict[str, list[tuple[str, str]]] = {name: [] for name in digests}
    for end, lines in _runs(data) if digests else ():
        if (name := end.decode()) in digests:
            subjects[name].update({crc32(line.partition(b" ")[0]) for line in lines})
            for line in lines:
                _, predicate, rest = line.split(b" ", 2)
                if predicate == _TYPE:
                    classes[name].setdefault(rest[: -len(end)], hashlib.sha256()).update(line)
                elif predicate == _SUBCLASS:
                    above = rest[1 : -len(end) - 1]
                    hierarchy[name].append((line[1 : line.index(b" ") - 1].decode(), above.decode()))
    return {
        name: NamedGraph(
            digest,
            array("I", sorted(subjects[name])),
            {kind[1:-1].decode(): found.hexdigest() for kind, found in classes[name].items()},
            tuple(sorted(hierarchy[name])),
        )
        for name, digest in digests.items()
    }


def write_memory(path: Path, version: str, what: Remembered) -> None:
    """Write what is to be remembered, whole or not at all."""
    graphs = {
        name: {
            "digest": graph.digest,
            "subjects": b64encode(graph.subjects.tobytes()).decode(),
            "classes": dict(graph.classes),
            "hierarchy": graph.hierarchy,
        }
        for name, graph in what.graphs.items()
    }
    results = [_row(result) for result in what.results]
    body = json.dumps({"version": version, "graphs": graphs, "results": results}).encode()
    path.parent.mkdir(exist_ok=True)
    new = path.with_suffix(f".{os.getpid()}")
    new.write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    new.replace(path)


def read_memory(path: Path, version: str, shapes: Shapes) -> Remembered | None:
    """Return what is remembered, None when that is nothing, of another version, or not whole."""
    try:
        digest, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    whole = hashlib.sha256(body).hexdigest().encode() == digest
    given = json.loads(body) if whole else {}
    if given.get("version") != version:
        return None
    graphs = {
        name: NamedGraph(
            graph["digest"],
            array("I", b64decode(graph["subjects"])),
            graph["classes"],
            tuple((below, above) for below, above in graph["hierarchy"]),
        )
        for name, graph in given["graphs"].items()
    }
    return Remembered(graphs, [_result(row, shapes) for row in given["results"]])


def _row(result: Result) -> list[Any]:
    value = result.value
    words = None if value is None else [value.kind, value.text, value.datatype, value.language]
    return [int(result.severity), result.focus.text, result.path, words, result.component, result.shape, result.message]


def _result(row: list[Any], shapes: Shapes) -> Result:
    severity, focus, path, value, component, shape, message = row
    return Result(
        Severity(severity),
        Term("iri", focus),
        path,
        None if value is None else Term(*value),
        component,
        shape,
        message,
        shapes.words(shape, component, path),
        shapes.fix(shape),
    )
