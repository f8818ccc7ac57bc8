"""Neighbours: the part of the data that is needed to check some nodes again, in passes over a file of lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

from ...ontology.terms import NAMESPACES
from .reads import Reads

__all__ = ["neighbourhood", "with_types"]

#: Nodes that more others than this point to are left out: pyshacl would need minutes for what is around them.
MOST_AROUND = 50
#: How many lines may be about the nodes themselves; those with the most are left out when there are more.
MOST_OWN = 2_500
#: How many lines there may be in all, beside the class hierarchy.
MOST_LINES = 50_000
_BLOCK = 1 << 20
_TYPE = f"<{NAMESPACES['rdf']}type>".encode()
_SUBCLASS = f" <{NAMESPACES['rdfs']}subClassOf> ".encode()


class _Any:
    """Stands for the set of all predicates."""

    def __contains__(self, predicate: object) -> bool:
        return True


@dataclass(slots=True)
class _Found:
    """Lines of N-Triples about some nodes, those that point to them from others, and the class hierarchy."""

    about: list[bytes] = field(default_factory=list)
    towards: list[bytes] = field(default_factory=list)
    classes: list[bytes] = field(default_factory=list)


def neighbourhood(data: Path, nodes: set[str], reads: Reads) -> list[bytes]:
    """Return N-Triples: all about some nodes, what shapes read further on, types, and the class hierarchy.

    `data` is a file of canonical N-Triples or N-Quads, `nodes` are IRIs. Those that cannot be checked at little cost
    are taken out of `nodes`.
    """
    any_of = _Any()
    wanted = any_of if reads.everything else _tokens(reads.predicates() or ())
    back = any_of if reads.everything else _tokens(reads.back)
    found = _pass(data, _tokens(nodes), any_of, back, classes=True)
    hubs = _hubs(found)
    nodes -= {hub[1:-1].decode() for hub in hubs}
    classes = found.classes
    found = _Found(
        [line for line in found.about if _subject(line) not in hubs],
        [line for line in found.towards if _object(line) not in hubs],
    )
    kept, seen, reached = [*found.about, *found.towards], _tokens(nodes), _ends(found)
    for _ in range(reads.depth - 1):
        if len(kept) > MOST_LINES or not (reached := reached - seen):
            break
        found = _pass(data, reached, wanted, back)
        seen |= reached
        reached = _ends(found)
        kept += found.about + found.towards
    if len(kept) > MOST_LINES and nodes:
        nodes -= set(sorted(nodes)[::2])
        return neighbourhood(data, nodes, reads)
    types = _pass(data, reached - seen, {_TYPE}, set()).about if reads.everything else []
    return [*kept, *types, *classes]


def with_types(data: Path, checksums: frozenset[int]) -> list[bytes]:
    """Return N-Triples: all about the nodes whose terms have some checksums, the types of values, and the classes.

    `data` is a file of canonical N-Quads.
    """
    nodes = set()
    with data.open("rb") as file:
        while lines := file.readlines(_BLOCK):
            nodes |= {term for term in {line.partition(b" ")[0] for line in lines} if crc32(term) in checksums}
    own = _pass(data, nodes, _Any(), set(), classes=True)
    types = _pass(data, _ends(own) - nodes, {_TYPE}, set())
    return [*own.about, *types.about, *own.classes]


def _hubs(found: _Found) -> set[bytes]:
    """Return the nodes that too many others point to, and those with so many triples that there is no time for them."""
    hubs = {node for node, count in Counter(map(_object, found.towards)).items() if count > MOST_AROUND}
    own = Counter(map(_subject, found.about))
    left = MOST_OWN
    for node, count in sorted(own.items(), key=lambda item: (item[1], item[0])):
        left -= count
        if left < 0:
            hubs.add(node)
    return hubs


def _tokens(names: Iterable[str]) -> set[bytes]:
    return {f"<{name}>".encode() for name in names}


def _ends(found: _Found) -> set[bytes]:
    return {*map(_object, found.about), *map(_subject, found.towards)}


def _pass(
    data: Path, nodes: set[bytes], wanted: Container[bytes], back: Container[bytes], *, classes: bool = False
) -> _Found:
    """Return lines of some predicates about some nodes, of others towards them; quads lose their graph."""
    plain = _triple if data.suffix == ".nq" else bytes
    found = _Found()
    with data.open("rb") as file:
        while lines := file.readlines(_BLOCK):
            about = [line for line in lines if line.partition(b" ")[0] in nodes]
            found.about += [plain(line) for line in about if line.split(b" ", 2)[1] in wanted]
            if classes:
                found.classes += [plain(line) for line in lines if _SUBCLASS in line]
            if back:
                towards = [plain(line) for line in lines if line.split(b" ", 2)[1] in back]
                found.towards += [line for line in towards if _object(line) in nodes and _subject(line) not in nodes]
    return found


def _triple(line: bytes) -> bytes:
    return line[: line.rindex(b" <")] + b" .\n"


def _subject(line: bytes) -> bytes:
    return line[: line.index(b" ")]


def _object(line: bytes) -> bytes:
    """Return the object of a line of N-Triples."""
    return line.split(b" ", 2)[2].rstrip()[:-1].rstrip()
