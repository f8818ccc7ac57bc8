"""What a converter hands on: the canonical text, and the structure that the format declared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Converted", "Mark", "Piece", "join_pieces"]

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Mark:
    """A block that the format itself declares; `level` is that of a heading, counting from 1."""

    start: int
    end: int
    kind: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Converted:
    """A document's canonical text and who made it.

    `marks` is None for formats without structure, whose blocks are found in the text. `notes` says what the
    reader should know of the conversion, as bytes that were not in the declared encoding.
    """

    text: str
    converter: str
    marks: tuple[Mark, ...] | None = None
    title: str = ""
    language: str = ""
    publisher: str = ""
    year: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """The text of one block, as a format's reader meets it."""

    text: str
    kind: str = "paragraph"
    level: int = 0


def join_pieces(pieces: Iterable[Piece]) -> tuple[str, tuple[Mark, ...]]:
    """Return the canonical text of a structured format: blocks with single spaces, an empty line between two."""
    parts: list[str] = []
    marks: list[Mark] = []
    at = 0
    for piece in pieces:
        if text := _SPACE.sub(" ", piece.text).strip():
            marks.append(Mark(at, at + len(text), piece.kind, piece.level))
            parts.append(text)
            at += len(text) + 2
    return "\n\n".join(parts), tuple(marks)
