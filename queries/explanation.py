"""An explanation: what there is to say of one thing, as data that the terminal and JSON show."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Explanation", "Statement", "Witness"]


@dataclass(frozen=True, slots=True)
class Witness:
    """A span that a claim rests on. `text` is its sentence, only when the source is at hand."""

    source: str
    start: int
    end: int
    hash: str
    text: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim in words. `origin` is the line of a claim file, or the rows of a table."""

    iri: str
    words: str
    predicate: str
    source: str
    asserted: str
    rank: str
    origin: str
    evidence: tuple[Witness, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What there is to say of one thing: who it is, and the claims about it, by it or that name it."""

    iri: str
    title: str
    kind: str
    facts: tuple[tuple[str, str], ...]
    statements: tuple[Statement, ...]
