"""Misspelled names: looked for among the names of the same genus, of genera a slip away, and with the same epithet."""

from __future__ import annotations

from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .index import Dump, Index, Record
from .name import Name
from .stem import plain, stem

__all__ = ["Slip", "is_sure", "near_records"]


class Slip(NamedTuple):
    """How far a record is from the name asked for: letters put in, left out, changed or swapped with a neighbour."""

    genus: int
    epithets: int

    @property
    def distance(self) -> int:
        """Both together."""
        return self.genus + self.epithets


def near_records(index: Index, dump: Dump, name: Name) -> list[tuple[Record, Slip]]:
    """Return the nearest records to a name that are not spelled as it is, all of the least distance."""
    wanted = stem(name.canonical)
    genus, _, rest = wanted.partition(" ")
    stems = _near_stems(index, dump, genus, rest) if rest else _near_firsts(index, dump, genus)
    found = index.by_stems(dump, sorted(stems - {wanted}))
    marked = [(record, _slip(name.canonical, wanted, record)) for records in found.values() for record in records]
    kept = [(record, slip) for record, slip in marked if _within(name.canonical, slip)]
    least = min((slip.distance for _, slip in kept), default=0)
    return [(record, slip) for record, slip in kept if slip.distance == least]


def slips_in(length: int) -> int:
    """Return how many slips a word of some letters may have."""
    return 0 if length < 4 else 1 if length < 6 else 2 if length < 12 else 3


def _within(canonical: str, slip: Slip) -> bool:
    genus, _, rest = canonical.partition(" ")
    return slip.genus <= slips_in(len(genus)) and slip.epithets <= slips_in(len(rest))


def _slip(canonical: str, wanted: str, record: Record) -> Slip:
    """Spelling variants and gender endings count nothing where stems are nearer than the words themselves."""
    (genus, _, rest), (stem_genus, _, stem_rest) = plain(canonical).partition(" "), wanted.partition(" ")
    (genus_, _, rest_), (stem_genus_, _, stem_rest_) = (
        plain(record.canonical).partition(" "),
        record.stem.partition(" "),
    )
    return Slip(
        min(OSA.distance(genus, genus_), OSA.distance(stem_genus, stem_genus_)),
        min(OSA.distance(rest, rest_), OSA.distance(stem_rest, stem_rest_)),
    )


def _near_firsts(index: Index, dump: Dump, genus: str) -> set[str]:
    return {first for first in index.firsts_near(dump, genus) if OSA.distance(first, genus) <= slips_in(len(genus) + 1)}


def _near_stems(index: Index, dump: Dump, genus: str, rest: str) -> set[str]:
    """An ending that is a slip too makes stems a letter or two further apart than the words are."""
    found = _in_block(index, dump, genus, rest, min(slips_in(len(rest) + 2) + 1, 3))
    allowed = 1 if len(genus) < 6 else 2
    for other in index.firsts_near(dump, genus):
        distance = OSA.distance(other, genus)
        if 0 < distance <= allowed:
            found |= _in_block(index, dump, other, rest, 2 if distance == 1 and len(rest) > 5 else 1)
    return found or _same_epithet(index, dump, genus, rest)


def _in_block(index: Index, dump: Dump, genus: str, rest: str, slips: int) -> set[str]:
    """Return the stems of a genus whose epithets are at most so many slips away."""
    block = index.epithets(dump, genus)
    words = rest.count(" ")
    hits = process.extract(rest, block, scorer=OSA.distance, score_cutoff=slips, limit=None)
    return {f"{genus} {found}" for found, _, _ in hits if found.count(" ") == words}


def _same_epithet(index: Index, dump: Dump, genus: str, rest: str) -> set[str]:
    """Names with the very epithets in a genus that has the first letter and most of the others."""
    found = set()
    for record in index.by_tail(dump, rest.rpartition(" ")[2]):
        other, _, epithets = record.stem.partition(" ")
        if epithets == rest and other[:1] == genus[:1] and OSA.distance(other, genus) <= slips_in(len(genus)):
            found.add(record.stem)
    return found


def is_sure(name: Name, slip: Slip, *, author: int, context: bool) -> bool:
    """Say whether a misspelling may be linked, from its slips, its length and whether the authors agree (1, 0, -1).

    Congeners are often one letter apart, and so are genera: short words need the author to agree. An author that
    differs means another taxon more often than two mistakes.
    """
    genus, _, rest = name.canonical.partition(" ")
    if author < 0:
        return False
    if not rest:
        return slip.genus == 1 and len(genus) > 4 and author > 0
    if author > 0:
        return True
    if slip.genus and slip.epithets:
        return False
    if slip.genus:
        return slip.genus <= (1 if len(genus) < 9 else 2) and (len(rest) > 4 or context)
    return (slip.epithets == 1 and len(rest) > 6) or (slip.epithets == 2 and len(rest) > 10)
