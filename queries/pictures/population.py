"""Population figures over time: each as worded, open where the source left it open, one colour a source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from itertools import count

from ...extract import Quantity
from ...graph.describe import amount
from ...ontology import Concept, vocabulary
from ..ask import Asker
from .labels import Box, Labels
from .picture import Picture
from .rows import Entry, claims, joined, labels_of, words_of
from .scale import Scale, linear, logarithmic
from .svg import SERIES, Drawing, element
from .timeline import Moment, Timeline, moment

__all__ = ["population"]

_FIELDS = {
    "estimate": "wg:estimate", "lower": "wg:lower", "upper": "wg:upper", "over": "wg:lowerExclusive",
    "under": "wg:upperExclusive", "hedge": "wg:hedge", "unit!": "wg:unit", "stage": "wg:lifeStage", "sex": "wg:sex",
    "season": "wg:season", "place": "wg:place", "rank": "wg:rank", "of": "wg:phenomenonTime",
    "said": "dwc:assertionMadeDate", "source!": "prov:hadPrimarySource",
}  # fmt: skip
_COLUMNS = ("figure", "of whom and where", "when", "source", "rank")
_PAPER, _TALL, _LEFT = 720, 300, 76
_TAIL, _NEAR, _CAP = 26, 13, 7
_ASIDE = 120  # how far a mark may step aside for others
#: Which way a hedge without a bound leans.
_LEANS = {"as-few-as": -1, "nearly": 1}
_MOST = 200  # how many figures are drawn
_MANY = 100  # times the least that the greatest must be for powers of ten on the axis


@dataclass(frozen=True, slots=True)
class _Figure:
    quantity: Quantity
    circumstances: str
    when: Moment
    source: str
    rank: str

    @property
    def words(self) -> str:
        return amount(self.quantity)

    @property
    def numbers(self) -> list[float]:
        return [float(n) for n in self.quantity.numbers if n is not None]

    @property
    def number(self) -> float:
        """The number that the mark's head stands at: the estimate, else a bound."""
        estimate, lower, upper = self.quantity.numbers
        return float(next(n for n in (estimate, upper, lower) if n is not None))

    @property
    def hedge(self) -> str:
        return self.quantity.hedge.notation if self.quantity.hedge else ""


def population(asker: Asker, iri: str) -> list[Picture]:
    """Return one picture for each unit (individuals, pairs, groups) that figures of a taxon are given in."""
    figures = _figures(asker, iri)
    name = asker.graph.labels([iri]).get(iri, iri)
    units = Counter(figure.quantity.unit.notation for figure in figures)
    pictures: list[Picture] = []
    for unit, _ in sorted(units.items(), key=lambda item: (-item[1], item[0])):
        chosen = [figure for figure in figures if figure.quantity.unit.notation == unit]
        suffix = f"-{unit}" if pictures else ""
        label = chosen[0].quantity.unit.label
        pictures.append(_Population(f"population{suffix}", f"{name}: how many {label}", chosen).picture())
    return pictures


def _figures(asker: Asker, iri: str) -> list[_Figure]:
    found = []
    entries = claims(asker, iri, "wg:PopulationClaim", _FIELDS)
    labels = labels_of(asker, entries)
    for rows in entries:
        quantity = _quantity(rows)
        if quantity is None:
            continue
        said = words_of(rows, labels)
        about = ", ".join(filter(None, (joined(said["stage"]), joined(said["sex"]), joined(said["season"]))))
        about = ", ".join(filter(None, (about, joined(said["place"]))))
        rank = joined(said["rank"])
        when = moment(rows["of"][0] if rows["of"] else None, rows["said"][0] if rows["said"] else None)
        found.append(_Figure(quantity, about, when, joined(said["source"]), rank))
    return sorted(found, key=lambda f: (f.when.kind, f.when.start, f.number, f.words, f.circumstances, f.source))


def _quantity(rows: Entry) -> Quantity | None:
    """Return the quantity of a claim, None for one without any number."""
    numbers = {key: Decimal(rows[key][0].text) for key in ("estimate", "lower", "upper") if rows[key]}
    if not numbers:
        return None
    concepts = {c.iri: c for token in ("unit-1.0", "hedge-1.0") for c in vocabulary().schemes[token].concepts.values()}
    hedge = concepts.get(rows["hedge"][0].text) if rows["hedge"] else None
    unit = concepts.get(rows["unit"][0].text) or _bare(rows["unit"][0].text)
    over, under = bool(rows["over"]), bool(rows["under"])
    estimate, lower, upper = (numbers.get(key) for key in ("estimate", "lower", "upper"))
    return Quantity(unit, estimate, lower, upper, lower_exclusive=over, upper_exclusive=under, hedge=hedge)


def _bare(iri: str) -> Concept:
    local = iri.rpartition("/")[2]
    return Concept(iri, "", local, local, "", None, {})


class _Population:
    def __init__(self, name: str, title: str, figures: Sequence[_Figure]) -> None:
        self.all = figures
        newest = sorted(figures, key=lambda f: (f.rank != "preferred", f.when.kind == "undated", -f.when.end))[:_MOST]
        drawn = {id(figure) for figure in newest}
        self.figures = [figure for figure in figures if id(figure) in drawn]
        self.drawing = Drawing(name, title, paper=_PAPER)
        self.top = self.drawing.y + 22
        self.bottom = self.top + _TALL
        right = _PAPER - self.drawing.margin
        self.time = Timeline([figure.when for figure in figures], _LEFT, right)
        self.scale = self._scale([n for figure in figures for n in figure.numbers])
        self.labels = Labels(Box(_LEFT + 2, self.top - 16, right, self.bottom - 2))
        sources = sorted({figure.source for figure in figures})
        self.colours = {source: SERIES[i % len(SERIES)] for i, source in enumerate(sources)}
        self.shapes = {source: i // len(SERIES) % 3 for i, source in enumerate(sources)}

    def _scale(self, numbers: list[float]) -> Scale:
        if min(numbers) > 0 and max(numbers) > _MANY * min(numbers):
            return logarithmic(numbers, self.bottom, self.top)
        return linear(numbers, self.bottom, self.top)

    def picture(self) -> Picture:
        drawing = self.drawing
        self.time.draw(drawing, self.top, self.bottom)
        self._draw_numbers()
        places = self._places()
        for figure, (x, y) in places:
            self._mark(figure, x, y)
        for figure, (x, y) in sorted(places, key=_weight):
            full = f"{figure.words.removesuffix(' ' + figure.quantity.unit.label)}"
            texts = [f"{full} ({figure.circumstances})", full] if figure.circumstances else [full]
            self.labels.put(drawing, (x, y), texts, room=self._room(figure), reach=_reach(figure))
        drawing.y = self.bottom + 28
        drawing.legend((self._head(s, filled=True), s) for s in self.colours)
        drawing.legend(self._kinds())
        for note in self._notes():
            drawing.note(note)
        rows = tuple((f.words, f.circumstances, f.when.words or "no date", f.source, f.rank) for f in self.all)
        return Picture(drawing.name, drawing.title, self._words(), drawing.svg(self._words()), _COLUMNS, rows)

    def _room(self, figure: _Figure) -> Box:
        """Return where a figure's label may be: with or without a date, on its own side of the edge."""
        left, right = (_LEFT, self.time.edge) if figure.when.kind != "undated" else (self.time.edge, self.time.right)
        return Box(left + 1, self.top - 16, right if self.time.edge > _LEFT else self.time.right, self.bottom - 2)

    def _draw_numbers(self) -> None:
        for value in self.scale.ticks:
            y = self.scale(value)
            self.drawing.add("line", x1=_LEFT, y1=y, x2=self.time.right, y2=y, stroke="grid")
            self.drawing.text(_LEFT - 8, y + 4, f"{value:,.10g}", fill="soft", anchor="end")

    def _places(self) -> list[tuple[_Figure, tuple[float, float]]]:
        """Return where each figure's mark stands; marks that would cover another step aside."""
        found = []
        for figure in self.figures:
            x, y = self.time.place(figure.when), self.scale(figure.number)
            up, down = _reach(figure)
            sides = (step * 13 * sign for step in count() for sign in (1, -1))
            covers = (Box(x + side - 6, y - up, x + side + 6, y + down) for side in sides)
            cover = next(box for box in covers if self.labels.free(box) or abs(box.left - x) > _ASIDE)
            x = min(max(cover.left + 6, _LEFT + 8), self.time.right - 8)
            self.labels.keep_clear(Box(x - 6, y - up, x + 6, y + down))
            found.append((figure, (x, y)))
        return found

    def _mark(self, figure: _Figure, x: float, y: float) -> None:
        colour = self.colours[figure.source]
        told = ", ".join(filter(None, (figure.words, figure.circumstances, figure.when.words or "no date")))
        parts = [element("title", escape(f"{told}: {figure.source}"))]
        if span := self.time.span(figure.when):
            bar = {"x1": span[0], "x2": span[1], "y1": y, "y2": y}
            parts.append(element("line", **bar, stroke=colour, stroke_width=6, opacity=0.22, stroke_linecap="round"))
        estimate, lower, upper = figure.quantity.numbers
        if lower is not None and upper is not None:
            low, high = self.scale(float(lower)), self.scale(float(upper))
            parts.append(element("line", x1=x, x2=x, y1=low, y2=high, stroke=colour, stroke_width=2))
            parts += [_cap(x, end, colour) for end in (low, high)]
        for way in _tails(figure):
            parts.append(_tail(x, y, way, colour, _long(figure)))
        if estimate is None and (lower is None or upper is None):
            parts.append(_cap(x, y, colour))
        if estimate is not None or lower is None or upper is None:
            filled = figure.when.kind != "said"
            parts.append(
                element("g", self._head(figure.source, filled=filled), transform=f"translate({x:.1f} {y:.1f})")
            )
        faded = 0.4 if figure.rank == "deprecated" else None
        self.drawing.add("g", "".join(parts), opacity=faded)

    def _head(self, source: str, *, filled: bool) -> str:
        colour, shape = self.colours[source], self.shapes[source]
        look = {"fill": colour if filled else "paper", "stroke": colour, "stroke_width": 2}
        if shape == 0:
            return element("circle", r=4.5, **look)
        turn = "rotate(45)" if shape == 2 else None
        return element("rect", x=-4, y=-4, width=8, height=8, transform=turn, **look)

    def _kinds(self) -> list[tuple[str, str]]:
        """Return the legend of the kinds of mark that occur."""
        dot = element("circle", r=4, fill="soft")
        kinds = []
        tails = {(_bounded(figure), way) for figure in self.figures for way in _tails(figure)}
        if any(figure.hedge == "around" for figure in self.figures):
            kinds.append((_tail(0, 0, -1, "soft", 10) + _tail(0, 0, 1, "soft", 10) + dot, "around"))
        words = {(True, 1): "less than, at most", (True, -1): "more than, at least"}
        words |= {(False, -1): "as few as: a low estimate", (False, 1): "nearly"}
        for key in sorted(tails, reverse=True):
            if key[0] or not self._only_around(key[1]):
                head = _cap(0, -5 * key[1], "soft") if key[0] else ""
                kinds.append((_tail(0, -5 * key[1], key[1], "soft", 15) + (head or _low(dot, key[1])), words[key]))
        if any(figure.when.kind == "said" for figure in self.figures):
            kinds.append(
                (element("circle", r=4, fill="paper", stroke="soft", stroke_width=2), "dated by when it was said")
            )
        return kinds

    def _only_around(self, way: int) -> bool:
        return not any(_LEANS.get(figure.hedge) == way for figure in self.figures)

    def _notes(self) -> list[str]:
        notes = []
        if len(self.all) > len(self.figures):
            notes.append(f"The newest {len(self.figures)} of {len(self.all):,} figures are drawn; the table has all.")
        if self.scale.log:
            notes.append("Each line of the scale is ten times the one below.")
        if self.labels.left_out:
            notes.append(f"{self.labels.left_out} labels had no room; the table has all figures.")
        return notes

    def _words(self) -> str:
        told = [
            f"{f.words} ({', '.join(filter(None, (f.circumstances, f.when.words or 'no date')))})" for f in self.figures
        ]
        many = f"{len(self.figures)} figure{'' if len(self.figures) == 1 else 's'}"
        sources = f"{len(self.colours)} source{'' if len(self.colours) == 1 else 's'}"
        return f"{many} from {sources}: {'; '.join(told)}."


def _bounded(figure: _Figure) -> bool:
    estimate, lower, upper = figure.quantity.numbers
    return estimate is None and (lower is None) != (upper is None)


def _tails(figure: _Figure) -> tuple[int, ...]:
    """Return the ways in which a mark is left open: 1 downwards, -1 upwards."""
    _, lower, upper = figure.quantity.numbers
    if _bounded(figure):
        return (1,) if lower is None else (-1,)
    if figure.hedge in _LEANS:
        return (_LEANS[figure.hedge],)
    return (-1, 1) if figure.hedge == "around" and lower is None and upper is None else ()


def _long(figure: _Figure) -> float:
    """Return how long the tails are: short where the number is near, long where it is a bound."""
    return _NEAR if figure.hedge == "around" else _TAIL


def _reach(figure: _Figure) -> tuple[float, float]:
    """Return how far a mark reaches above and below its number."""
    tails = _tails(figure)
    up, down = (_long(figure) + 2 if way in tails else 6.0 for way in (-1, 1))
    return up, down


def _low(dot: str, way: int) -> str:
    return element("g", dot, transform=f"translate(0 {-5 * way})")


def _weight(entry: tuple[_Figure, tuple[float, float]]) -> tuple[bool, bool, float, str]:
    figure, (x, _) = entry
    return figure.rank != "preferred", bool(figure.circumstances), -x, figure.words


def _tail(x: float, y: float, way: int, colour: str, long: float = _TAIL) -> str:
    return element(
        "line", x1=x, x2=x, y1=y, y2=y + way * long, stroke=colour, stroke_width=2, stroke_dasharray="3 3", opacity=0.75
    )


def _cap(x: float, y: float, colour: str) -> str:
    return element("line", x1=x - _CAP, x2=x + _CAP, y1=y, y2=y, stroke=colour, stroke_width=2.5)
