"""Judging records that are spelled like a name: which one is meant, as far as what is known can tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .answer import Query
from .author import agreement
from .index import Index, Record
from .name import Name
from .words import words

__all__ = ["BELOW_SPECIES", "Verdict", "judge", "rank_of", "same_taxon"]

BELOW_SPECIES = frozenset({"subspecies", "variety", "form", "subvariety", "subform", "infraspecies"})
_RANK_WORDS = {
    "var": "variety",
    "f": "form",
    "forma": "form",
    "ssp": "subspecies",
    "subsp": "subspecies",
    "sp": "species",
}
#: Ranks that say nothing.
_VAGUE = frozenset({"", "unranked", "no rank", "clade", "other", "infraspecific name", "varietas"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided about some records: `chosen`, or `tied` when a person has to choose, or neither.

    `author` is above 0 where the authorships agree, -1 where they differ, 0 where one is missing.
    """

    chosen: Record | None
    tied: tuple[Record, ...]
    why: str
    author: int = 0
    rank_differs: bool = False


def judge(index: Index, query: Query, name: Name, records: Sequence[Record]) -> Verdict:
    """Choose among records of the same spelling by code, kingdom, rank, family, author and hybrid sign.

    What contradicts the query is left out; what is known decides between the others. Nothing is chosen between equals,
    and that one homonym is accepted and another is not decides nothing: labels are older than lists.
    """
    said: list[str] = []
    left = _narrowed(index, query, name, list(records), said)
    if not left:
        return Verdict(None, (), "; ".join(said))
    left = _by_author(name, left, said)
    left = _by_hybrid(name, left, said)
    left = _by_taxon(left, said)
    left = sorted(left, key=lambda r: (r.accepted is not None, r.ref))
    author = agreement(name.authorship, left[0].authorship)
    if len(left) > 1:
        said.append(f"{len(left)} of equal standing")
        return Verdict(None, tuple(left), "; ".join(said), author)
    return _single(
        name, left[0], "; ".join(said) or "the only one spelled so", differs=_rank_differs(index, query, name, left[0])
    )


def _single(name: Name, record: Record, why: str, *, differs: bool = False) -> Verdict:
    author = agreement(name.authorship, record.authorship) if name.authorship else 0
    if author < 0 and " " not in name.canonical:
        return Verdict(
            None, (record,), f"{why}; its author is another ({record.authorship}): perhaps a homonym", author
        )
    if author < 0:
        why = f"{why}; the authors differ ({record.authorship})"
    return Verdict(record, (), why, author, differs)


def _narrowed(index: Index, query: Query, name: Name, left: list[Record], said: list[str]) -> list[Record]:
    word = index.words
    if name.sense != "misapplied":
        left = _without(left, lambda r: word[r.status] == "misapplied", "misapplied", said)
    for given in (query.kingdom, query.code):
        left = _without(left, lambda r, g=given: _contradict(g, word[r.kingdom]), f"not {given}", said)  # type: ignore[misc]
    if name.code:
        left = _without(
            left,
            lambda r: _contradict(name.code, word[r.kingdom]) and agreement(name.authorship, r.authorship) < 1,
            f"not of the {name.code} code",
            said,
        )
    rank = rank_of(query.rank)
    left = _without(
        left, lambda r: _ranks_contradict(rank or name.rank, word[r.rank]), f"not a {rank or name.rank}", said
    )
    if not query.family:
        return left
    same = [r for r in left if word[r.family].lower() == query.family.lower()]
    if same:
        return _keep(same, left, f"in {query.family}", said)
    if " " not in name.canonical:
        return _without(left, lambda r: bool(r.family and word[r.family]), f"not in {query.family}", said)
    return left


def _without(left: list[Record], out: Callable[[Record], bool], why: str, said: list[str]) -> list[Record]:
    kept = [record for record in left if not out(record)]
    if len(kept) < len(left):
        said.append(f"{len(left) - len(kept)} {why}")
    return kept


def _keep(kept: list[Record], left: list[Record], why: str, said: list[str]) -> list[Record]:
    if len(kept) < len(left):
        said.append(f"{len(kept)} of {len(left)} {why}")
    return kept


def _by_author(name: Name, left: list[Record], said: list[str]) -> list[Record]:
    if not name.authorship:
        return left
    marks = [agreement(name.authorship, record.authorship) for record in left]
    best = max(marks)
    if best < 0:
        return left
    kept = [record for record, mark in zip(left, marks, strict=True) if mark == best]
    return _keep(kept, left, "with this author" if best else "whose author does not differ", said)


def _by_hybrid(name: Name, left: list[Record], said: list[str]) -> list[Record]:
    same = [record for record in left if bool(record.hybrid) == name.hybrid]
    return _keep(same, left, "with the same hybrid sign", said) if same else left


def _by_taxon(left: list[Record], said: list[str]) -> list[Record]:
    if len(left) < 2 or not same_taxon(left):
        return left
    said.append("all are names of one taxon")
    return [min(left, key=lambda record: (record.accepted is not None, record.ref))]


def same_taxon(records: Sequence[Record]) -> bool:
    """Say whether all records are names of one accepted taxon."""
    return len({record.accepted or record.ref for record in records}) == 1


def rank_of(rank: str) -> str:
    lowered = rank.strip(" .").lower()
    return _RANK_WORDS.get(lowered, lowered)


def _ranks_contradict(asked: str, found: str) -> bool:
    """Ranks below species are mixed up by many sources and are judged by `_rank_differs`."""
    if asked in _VAGUE or found in _VAGUE or asked == found:
        return False
    if asked == "species aggregate":
        return found != "species"
    return not (asked in BELOW_SPECIES and found in BELOW_SPECIES)


def _rank_differs(index: Index, query: Query, name: Name, record: Record) -> bool:
    asked, found = rank_of(query.rank) or name.rank, index.words[record.rank]
    return asked in BELOW_SPECIES and found in BELOW_SPECIES and asked != found


@lru_cache(maxsize=4096)
def _contradict(left: str, right: str) -> bool:
    """Say whether two words for kingdoms or codes exclude each other; unknown words exclude nothing."""
    a, b = _groups(left), _groups(right)
    return bool(a and b and not a & b)


@lru_cache(maxsize=4096)
def _groups(word: str) -> frozenset[str]:
    for line in words("kingdoms"):
        known, _, groups = line.partition(" ")
        if known == word.strip().lower():
            return frozenset(groups.split("|"))
    return frozenset()
