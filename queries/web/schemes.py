"""Schemes: the classifications as trees, each concept with the things classified by it and the taxa they concern."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ...ontology import Concept, vocabulary
from .index import Entry, Index

__all__ = ["SCHEMES", "Branch", "Tree", "read_tree"]

#: How many things a branch names before it only counts them.
_MOST_NAMED = 24

SCHEMES = {token: scheme.title for token, scheme in vocabulary().schemes.items()}


@dataclass(frozen=True, slots=True)
class Branch:
    """A concept with what is below it. `taxa` counts it and all below; `entries` are classified by it itself."""

    concept: Concept
    entries: Sequence[Entry]
    more: int
    taxa: int
    used: int
    below: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """A scheme. `used` says how many things are classified by it."""

    token: str
    title: str
    used: int
    branches: tuple[Branch, ...]


def read_tree(token: str, index: Index) -> Tree | None:
    """Return a scheme with counts, None when there is no scheme of that name."""
    scheme = vocabulary().schemes.get(token)
    if scheme is None:
        return None
    below: dict[str, list[Concept]] = defaultdict(list)
    for concept in scheme.concepts.values():
        below[concept.broader or ""].append(concept)
    concerned = _Concerned(index)
    known = {concept.iri for concept in scheme.concepts.values()}
    roots = [concept for concept in scheme.concepts.values() if concept.broader not in known]
    branches = tuple(concerned.branch(concept, below) for concept in sorted(roots, key=_order))
    return Tree(token, scheme.title, sum(branch.used for branch in branches), branches)


class _Concerned:
    def __init__(self, index: Index) -> None:
        self.index = index
        self.taxa: dict[str, frozenset[str]] = {}
        for facet in ("threat", "habitat", "status", "trend"):
            self.taxa |= index.facets.get(facet, {})

    def branch(self, concept: Concept, below: dict[str, list[Concept]]) -> Branch:
        return self._branch(concept, below)[0]

    def _branch(self, concept: Concept, below: dict[str, list[Concept]]) -> tuple[Branch, frozenset[str]]:
        found = [self._branch(child, below) for child in sorted(below.get(concept.iri, ()), key=_order)]
        things = self.index.classified.get(concept.iri, ())
        entries = [self.index.entries[thing] for thing in things if thing in self.index.entries]
        taxa = frozenset().union(
            self.taxa.get(concept.iri, frozenset()),
            *(self.taxa.get(thing, frozenset()) for thing in things),
            *(taxa for _, taxa in found),
        )
        entries.sort(key=lambda entry: entry.label.casefold())
        used = len(entries) + sum(branch.used for branch, _ in found)
        if not entries and concept.iri in self.taxa:
            used += len(self.taxa[concept.iri])
        more = max(0, len(entries) - _MOST_NAMED)
        return Branch(concept, entries[:_MOST_NAMED], more, len(taxa), used, tuple(b for b, _ in found)), taxa


def _order(concept: Concept) -> tuple[tuple[int, int, str], ...]:
    """Return what a notation is sorted by: `1.10` comes after `1.9`."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in concept.notation.split("."))
