"""Boxes in columns, joined from left to right: the form of a chain and of a web."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from .measure import width, wrapped
from .svg import Drawing, element

__all__ = ["Edge", "Layer", "Layers"]

_SIZE, _LINE, _PAD, _BETWEEN = 12.5, 15, 8, 10
_LEAST, _MOST, _GAP, _NARROW = 96, 196, 84, 560
_TALLEST = 48  # how many boxes a column has at most


@dataclass(frozen=True, slots=True)
class Layer:
    """A column: its heading, the colour of its boxes and the IRIs in it."""

    head: str
    colour: str
    members: Iterable[str]


@dataclass(frozen=True, slots=True)
class Edge:
    """A line between two boxes; `faint` is dashed, `words` are shown to who points at it."""

    start: str
    end: str
    faint: bool = False
    words: str = ""


@dataclass(slots=True)
class _Box:
    column: int
    lines: list[str]
    top: float = 0

    @property
    def tall(self) -> float:
        return len(self.lines) * _LINE + 2 * _PAD if self.lines else 0

    @property
    def middle(self) -> float:
        return self.top + self.tall / 2


class Layers:
    """Lays columns out, so that few lines cross, and draws them. A thing stands in the first column that names it."""

    def __init__(self, layers: Sequence[Layer], edges: Sequence[Edge], labels: Mapping[str, str]) -> None:
        seen: set[str] = set()
        columns: list[list[str]] = []
        for layer in layers:
            columns.append(_most_joined(set(layer.members) - seen, edges, labels))
            seen.update(columns[-1])
        #: How many things had no room; those with the fewest lines.
        self.left_out = len({name for layer in layers for name in layer.members} - seen)
        kept = [(layer, column) for layer, column in zip(layers, columns, strict=True) if column]
        self.layers = [layer for layer, _ in kept]
        self.labels = labels
        self.edges = [edge for edge in edges if {edge.start, edge.end} <= seen]
        self.columns, self._steps = _ordered([column for _, column in kept], self.edges, labels)
        self._widths = [self._width(i) for i in range(len(self.layers))]
        self.boxes = {
            name: _Box(i, wrapped(labels.get(name, ""), _SIZE, self._widths[i] - 20, most=3))
            for i, column in enumerate(self.columns)
            for name in column
        }

    def _width(self, i: int) -> float:
        longest = max(width(self.labels.get(name, ""), _SIZE) for name in self.columns[i])
        head = width(self.layers[i].head.upper(), 11) * 1.14
        return max(min(longest + 22, _MOST), head, _LEAST)

    @property
    def paper(self) -> float:
        """How wide the drawing has to be."""
        return max(sum(self._widths) + _GAP * (len(self._widths) - 1) + 48, _NARROW)

    def draw(self, drawing: Drawing) -> None:
        """Add the columns below what is drawn."""
        inner = sum(self._widths) + _GAP * (len(self._widths) - 1)
        left = (drawing.paper - inner) / 2
        lefts = [left + sum(self._widths[:i]) + i * _GAP for i in range(len(self._widths))]
        top = drawing.y + 38
        talls = [sum(self.boxes[n].tall + _BETWEEN for n in column) - _BETWEEN for column in self.columns]
        for column, tall in zip(self.columns, talls, strict=True):
            y = top + (max(talls) - tall) / 2
            for name in column:
                self.boxes[name].top = y
                y += self.boxes[name].tall + _BETWEEN
        for i, layer in enumerate(self.layers):
            drawing.add(
                "text", escape(layer.head.upper()), x=lefts[i], y=top - 18, font_size=11, letter_spacing=1, fill="soft"
            )
        for edge in self.edges:
            self._edge(drawing, edge, lefts)
        for name, box in self.boxes.items():
            if not box.lines:
                continue
            drawing.parts.append(self._box(name, box, lefts[box.column]))
        drawing.y = top + max(talls)
        if self.left_out:
            drawing.y += 12
            drawing.note(f"{self.left_out} boxes with fewer lines had no room; the table has all.")

    def _edge(self, drawing: Drawing, edge: Edge, lefts: Sequence[float]) -> None:
        stops = [self.boxes[name] for name in self._steps[edge]]
        colour = self.layers[stops[0].column].colour
        path = ""
        for start, end in pairwise(stops):
            x1, y1 = lefts[start.column] + self._widths[start.column], start.middle
            x2, y2 = (lefts[end.column], end.middle) if end.column != start.column else (x1, end.middle)
            bend = _GAP * 0.55
            x3, x4 = x1 + bend, x2 - bend if x2 > x1 else x2 + bend
            path += f"{'L' if path else 'M'}{x1:.1f} {y1:.1f}C{x3:.1f} {y1:.1f} {x4:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
        drawing.add(
            "path",
            element("title", escape(edge.words)) if edge.words else "",
            **{"d": path, "fill": "none", "stroke": colour, "stroke_width": 1.4, "opacity": 0.7},
            stroke_dasharray="5 4" if edge.faint else None,
        )

    def _box(self, name: str, box: _Box, left: float) -> str:
        colour = self.layers[box.column].colour
        wide = self._widths[box.column]
        parts = [
            element("title", escape(self.labels[name])),
            element("rect", x=left, y=box.top, width=wide, height=box.tall, rx=5, fill=f"{colour}-wash", stroke=colour),
        ]
        for i, line in enumerate(box.lines):
            y = box.top + _PAD + 11.5 + i * _LINE
            parts.append(element("text", escape(line), x=left + 10, y=y, font_size=_SIZE, fill="ink"))
        return element("a", "".join(parts), href=name)


def _most_joined(members: Iterable[str], edges: Sequence[Edge], labels: Mapping[str, str]) -> list[str]:
    """Return the members in order of label; where they are too many, those with the most lines."""
    lines = Counter(name for edge in edges for name in (edge.start, edge.end))
    kept = sorted(members, key=lambda name: (-lines[name], labels[name], name))[:_TALLEST]
    return sorted(kept, key=lambda name: (labels[name], name))


def _ordered(
    columns: Sequence[list[str]], edges: Sequence[Edge], labels: Mapping[str, str]
) -> tuple[list[list[str]], dict[Edge, list[str]]]:
    """Return the columns, each ordered by the mean place of what its members are joined to, so that few lines cross.

    A line that passes a column gets a place in it, named for where it ends; the stops of each line are returned too
    (Sugiyama, Tagawa and Toda 1981).
    """
    order = [list(column) for column in columns]
    column_of = {name: i for i, column in enumerate(order) for name in column}
    steps: dict[Edge, list[str]] = {}
    for edge in edges:
        start, end = sorted((edge.start, edge.end), key=column_of.__getitem__)
        passed = range(column_of[start] + 1, column_of[end])
        steps[edge] = [start, *(f"{end} past {i}" for i in passed), end]
        for name, i in zip(steps[edge][1:-1], passed, strict=True):
            if name not in column_of:
                column_of[name] = i
                order[i].append(name)
    links = sorted({pair for stops in steps.values() for pair in pairwise(stops)})
    last = len(order) - 1
    for _ in range(4):
        for i in [*range(last, -1, -1), *range(1, last + 1)]:
            place = {name: (j + 0.5) / len(column) for column in order for j, name in enumerate(column)}
            joined: dict[str, list[float]] = {name: [] for name in order[i]}
            for link in links:
                for one, other in (link, link[::-1]):
                    if one in joined and column_of[other] != i:
                        joined[one].append(place[other])
            mean = {name: sum(found) / len(found) if found else 1.0 for name, found in joined.items()}
            order[i].sort(key=lambda name: (mean[name], labels.get(name, ""), name))
    return order, steps
