"""Misspelled names: looked for among the names of the same genus, of genera a slip away, and with the same epithet."""

from __future__ import annotations

from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .index import Dump, Index
from .name import Name
from .stem import genus_stem, stem

__all__ = ["Near", "is_sure", "near_names"]


class Near(NamedTuple):
    """A stem that is near to the one asked for. Distances count letters put in, left out, changed or swapped."""

    stem: str
    genus: int
    epithets: int

    @property
    def distance(self) -> int:
        """Both distances together."""
        return self.genus + self.epithets


def near_names(index: Index, dump: Dump, name: Name) -> list[Near]:
    """Return the nearest stems to a name, all of the least distance, in order; none is the stem of the name itself."""
    wanted = stem(name.canonical)
    genus, _, rest = wanted.partition(" ")
    if not rest:
        found = [Near(first, _genus(first, genus), 0) for first in index.firsts_near(dump, genus)]
        return _nearest([near for near in found if 0 < near.genus <= _slips(len(genus))])
    found = [Near(near, 0, d) for near, d in _in_block(index, dump, genus, rest, _slips(len(rest)))]
    if not found or min(found, key=_distance).distance > 1:
        found += _other_genera(index, dump, genus, rest)
    if not found:
        found = _same_epithet(index, dump, genus, rest)
    return _nearest([near for near in found if near.stem != wanted])


def _distance(near: Near) -> int:
    return near.distance


def _nearest(found: list[Near]) -> list[Near]:
    least = min((near.distance for near in found), default=0)
    return sorted({near for near in found if near.distance == least})


def _slips(length: int) -> int:
    """Return how many slips a word of some letters may have."""
    return 0 if length < 4 else 1 if length < 6 else 2 if length < 12 else 3


def _genus(a: str, b: str) -> int:
    return int(OSA.distance(a, b))


def _in_block(index: Index, dump: Dump, genus: str, rest: str, slips: int) -> list[tuple[str, int]]:
    """Return the stems of a genus whose epithets are at most so many slips away."""
    block = index.epithets(dump, genus)
    words = rest.count(" ")
    hits = process.extract(rest, block, scorer=OSA.distance, score_cutoff=slips, limit=None)
    return [(f"{genus} {found}", int(d)) for found, d, _ in hits if found.count(" ") == words]


def _other_genera(index: Index, dump: Dump, genus: str, rest: str) -> list[Near]:
    """Genera a slip away that have the epithet, or one a slip away from it."""
    allowed = 1 if len(genus) < 7 else 2
    near = {g: d for g in index.firsts_near(dump, genus) if 0 < (d := _genus(g, genus)) <= allowed}
    found = []
    for other, distance in near.items():
        slips = 1 if distance == 1 and len(rest) > 5 else 0
        found += [Near(hit, distance, d) for hit, d in _in_block(index, dump, other, rest, slips)]
    return found


def _same_epithet(index: Index, dump: Dump, genus: str, rest: str) -> list[Near]:
    """Names with the very epithets in a genus that has the first letter and most of the others."""
    found = []
    for record in index.by_tail(dump, rest.rpartition(" ")[2]):
        other, _, epithets = record.stem.partition(" ")
        if epithets == rest and other[:1] == genus[:1] and 0 < (d := _genus(other, genus)) <= _slips(len(genus)):
            found.append(Near(record.stem, d, 0))
    return found


def is_sure(name: Name, near: Near, *, author: int, context: bool) -> bool:
    """Say whether a misspelling may be linked, from its slips, its length and whether the authors agree (1, 0, -1).

    Congeners are often one letter apart, and so are genera: short words need the author to agree. An author that
    differs means another taxon more often than two mistakes.
    """
    genus, _, rest = stem(name.canonical).partition(" ")
    if author < 0:
        return False
    if not rest:
        return near.genus == 1 and len(genus) > 4 and author > 0
    if author > 0:
        return near.genus <= _slips(len(genus)) and near.epithets <= _slips(len(rest))
    if near.genus and near.epithets:
        return False
    if near.genus:
        return near.genus <= (1 if len(genus) < 9 else 2) and len(genus) > 3 and (len(rest) > 4 or context)
    return near.epithets == 1 and len(rest) > 6 or near.epithets == 2 and len(rest) > 10
