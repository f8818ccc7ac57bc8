"""Misspelled names: looked for among the names of the same genus, of genera a slip away, and with the same epithet."""

from __future__ import annotations

from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .index import Dump, Index, Record
from .name import Name
from .stem import bare, plain, stem

__all__ = ["Slip", "is_sure", "near_records"]


class Slip(NamedTuple):
    """How far a record is from the name asked for: letters put in, left out, changed or swapped with a neighbour."""

    genus: int
    epithets: int
    shortest: int  # letters of the shortest epithet that differs
    words: tuple[str, ...]  # the epithets that differ, as they were asked for

    @property
    def distance(self) -> int:
        """Both together."""
        return self.genus + self.epithets


def near_records(index: Index, dump: Dump, name: Name) -> list[tuple[Record, Slip]]:
    """Return the nearest records to a name that are not spelled as it is, all of the least distance."""
    asked = _Words(plain(name.canonical), stem(name.canonical))
    stems = _near_stems(index, dump, asked) if " " in asked.stem else _near_firsts(index, dump, asked)
    found = index.by_stems(dump, sorted(stems - {asked.stem}))
    marked = [(record, _slip(asked, record)) for records in found.values() for record in records]
    kept = [(record, slip) for record, slip in marked if slip is not None]
    least = min((slip.distance for _, slip in kept), default=0)
    return [(record, slip) for record, slip in kept if slip.distance == least]


class _Words(NamedTuple):
    """A name as it is spelled and as its stem, both in small letters."""

    plain: str
    stem: str

    @property
    def genus(self) -> tuple[str, str]:
        return self.plain.partition(" ")[0], self.stem.partition(" ")[0]

    @property
    def rest(self) -> str:
        return self.stem.partition(" ")[2]


def _slip(asked: _Words, record: Record) -> Slip | None:
    """Return how far a record is, or None where a word of it is further than its length allows.

    Words of one stem do not differ, and gender endings count nothing.
    """
    ours, theirs = asked.plain.split(" "), plain(record.canonical).split(" ")
    stems = zip(asked.stem.split(" "), record.stem.split(" "), strict=False)
    slips = [
        0 if c == d else _distance(a, b, first=not n)
        for n, (a, b, (c, d)) in enumerate(zip(ours, theirs, stems, strict=False))
    ]
    if any(count > slips_in(len(word)) for word, count in zip(ours, slips, strict=False)):
        return None
    differ = [(a, b) for a, b, count in zip(ours[1:], theirs[1:], slips[1:], strict=False) if count]
    shortest = min((min(len(a), len(b)) for a, b in differ), default=0)
    return Slip(slips[0], sum(slips[1:]), shortest, tuple(a for a, _ in differ))


def _distance(a: str, b: str, *, first: bool) -> int:
    whole = int(OSA.distance(a, b))
    return whole if first else min(whole, int(OSA.distance(bare(a), bare(b))))


def slips_in(length: int) -> int:
    """Return how many slips a word of some letters may have."""
    return 0 if length < 3 else 1 if length < 7 else 2 if length < 13 else 3


def _near_firsts(index: Index, dump: Dump, asked: _Words) -> set[str]:
    return set(index.firsts_near(dump, *asked.genus))


def _near_stems(index: Index, dump: Dump, asked: _Words) -> set[str]:
    """An ending that is a slip too makes stems a letter or two further apart than the words are."""
    rest = asked.rest
    found = _in_block(index, dump, asked.genus[1], rest, 2 if len(rest) < 5 else 3)
    for other in index.firsts_near(dump, *asked.genus):
        found |= _in_block(index, dump, other, rest, 1 if len(rest) < 6 else 2)
    return found or _same_epithet(index, dump, asked.genus[1], rest)


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


def is_sure(name: Name, slip: Slip, record: Record, *, author: int, known: bool) -> bool:
    """Say whether a misspelling may be linked, from its slips, its length and how far the authors agree (2, 1, 0, -1).

    What is `known` in the dump, as a genus or as an epithet of any genus, is not taken for a misspelling: congeners
    are often a letter apart. An author that differs means another taxon more often than two mistakes.
    """
    genus, _, rest = name.canonical.partition(" ")
    if author < 0 or known:
        return False
    if not rest:
        return slip.genus == 1 and len(genus) > 4 and author > 0
    same_start = rest[0] == record.canonical.partition(" ")[2][0].lower()
    if author > 0:
        return slip.epithets <= (1 if slip.shortest < (7 if same_start else 9) else 2 if slip.shortest < 16 else 3)
    if slip.genus:
        return slip.genus <= (1 if len(genus) < 9 else 2) and len(rest) > 4 and slip.epithets <= (len(rest) > 7)
    if slip.epithets < 2:
        return slip.shortest > (4 if same_start else 6) or not slip.epithets
    return slip.epithets == 2 and slip.shortest > 10 and same_start
