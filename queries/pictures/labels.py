"""Labels beside marks: each goes where it covers nothing, or is left out and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .measure import width
from .svg import Drawing

__all__ = ["Box", "Labels"]

_SIZE, _TALL = 11, 13
_NEAR = 30  # how near a mark is for its label to speak for another


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on paper."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Say whether the two cover a common place."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def within(self, other: Box) -> bool:
        """Say whether all of it is in another."""
        across = self.left >= other.left and self.right <= other.right
        return across and self.top >= other.top and self.bottom <= other.bottom


class Labels:
    """The labels of one drawing, and what they have to keep clear of."""

    def __init__(self, room: Box) -> None:
        self._room = room
        self._taken: list[Box] = []
        self._said: list[tuple[str, float, float]] = []
        self.left_out = 0

    def keep_clear(self, box: Box) -> None:
        """Let no label cover this."""
        self._taken.append(box)

    def free(self, box: Box) -> bool:
        """Say whether nothing is there yet."""
        return not any(box.meets(taken) for taken in self._taken)

    def put(
        self,
        drawing: Drawing,
        mark: tuple[float, float],
        texts: Sequence[str],
        *,
        reach: tuple[float, float] = (6, 6),
        room: Box | None = None,
    ) -> None:
        """Write the first of the texts that fits beside, above or below a mark that reaches so far up and down.

        What a neighbour at the same height says already is not said again. `room` is where it may be, if not anywhere.
        """
        x, y = mark
        if any(texts[0] == said and abs(y - top) < 2 and abs(x - left) < _NEAR for said, left, top in self._said):
            return
        for text in texts:
            wide = width(text, _SIZE)
            for left, base in _places(x, y, wide, reach):
                box = Box(left - 2, base - _TALL + 2, left + wide + 2, base + 3)
                if box.within(room or self._room) and self.free(box):
                    self._taken.append(box)
                    self._said.append((texts[0], x, y))
                    drawing.text(left, base, text, size=_SIZE, halo=True)
                    return
        self.left_out += 1


def _places(x: float, y: float, wide: float, reach: tuple[float, float]) -> list[tuple[float, float]]:
    """Return where a label may begin, the best first: right, left, above, below, and at the corners."""
    right, left, up, down = x + 9, x - 9 - wide, y - reach[0] - 4, y + reach[1] + 10
    return [
        *((right, y + 4), (left, y + 4), (x - wide / 2, up), (x - wide / 2, down)),
        *((right - 5, up + 4), (right - 5, down), (left + 5, up + 4), (left + 5, down)),
    ]
