"""How wide a text is when drawn, and how it is broken or cut to fit."""

from __future__ import annotations

from functools import cache
from pathlib import Path

__all__ = ["cut", "width", "wrapped"]

_BOLD = 1.08  # how much wider the bold of Arial is on running text
_UNKNOWN = 1000  # an em: what a character of Chinese, Japanese or Korean takes


@cache
def _widths() -> dict[str, int]:
    text = (Path(__file__).parent / "widths.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t", 1) for line in text.splitlines()[1:])
    return {character: int(size) for size, characters in rows for character in characters}


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line of text, in the unit of `size`."""
    known = _widths()
    return sum(known.get(c, _UNKNOWN) for c in text) / 1000 * size * (_BOLD if bold else 1)


def cut(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """Return a text that fits, the end of it replaced by an ellipsis where it must be."""
    if width(text, size, bold=bold) <= room:
        return text
    while text and width(text + "…", size, bold=bold) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def wrapped(text: str, size: float, room: float, *, bold: bool = False, most: int = 0) -> list[str]:
    """Return the lines of a text broken at spaces; of more than `most` lines the last that is kept is cut."""
    lines: list[str] = []
    for word in text.split():
        if lines and width(f"{lines[-1]} {word}", size, bold=bold) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    if most and len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [cut(line, size, room, bold=bold) for line in lines]
