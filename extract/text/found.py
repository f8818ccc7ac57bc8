"""Found: the candidates of a document, each once, with all the places that say it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from ..candidate import Candidate
from ..claim import Span

__all__ = ["Found"]


class Found:
    """Collects candidates in order of place; the thousandth place of one takes as long as the first."""

    def __init__(self) -> None:
        self._said: dict[str, Candidate] = {}
        self._evidence: dict[str, list[Span]] = {}
        self._taken: dict[str, list[tuple[int, int]]] = {}  # stretches without overlap, from left to right

    def add(self, candidate: Candidate) -> None:
        """Keep a candidate; the same statement once more adds its places, unless they overlap with one known."""
        name = candidate.id
        taken = self._taken.setdefault(name, [])
        if any(_overlaps(taken, span) for span in candidate.evidence):
            return
        self._said.setdefault(name, candidate)
        self._evidence.setdefault(name, []).extend(candidate.evidence)
        for span in candidate.evidence:
            _take(taken, span)

    def __iter__(self) -> Iterator[Candidate]:
        return (replace(said, evidence=tuple(self._evidence[name])) for name, said in self._said.items())


def _overlaps(taken: list[tuple[int, int]], span: Span) -> bool:
    after = bisect_left(taken, (span.end,))
    return after > 0 and taken[after - 1][1] > span.start


def _take(taken: list[tuple[int, int]], span: Span) -> None:
    start, end = span.start, span.end
    at = bisect_left(taken, (end,))
    while at and taken[at - 1][1] > start:
        at -= 1
        start, end = min(start, taken[at][0]), max(end, taken.pop(at)[1])
    taken.insert(at, (start, end))
