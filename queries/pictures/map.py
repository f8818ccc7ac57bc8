"""The range of a taxon, or one place, on an outline map of countries; no map service is asked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from html import escape
from pathlib import Path

from ...graph.store import Graph
from ...ontology.terms import Term, expand
from ..ask import Asker
from .labels import Box, Labels
from .picture import Picture
from .rows import Entry, claims, joined, labels_of, words_of
from .svg import Drawing, element

__all__ = ["range_map"]

_FIELDS = {"predicate": "wg:predicate", "place!": "wg:object", "source!": "prov:hadPrimarySource"}
#: How far up from place to place it is looked for a country.
_DEEP = 20
_COLUMNS = ("place", "country", "what", "source")
_PAPER = 720
#: The least that is shown, in degrees, and what is left out as empty sea or ice.
_LEAST_WIDE, _LEAST_TALL, _SOUTH, _NORTH = 70.0, 36.0, -57.0, 84.0

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class _Country:
    code: str
    name: str
    longitude: float
    latitude: float
    rings: tuple[Ring, ...]
    bounds: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place that something is said of: a point, or countries; `whole` where it is called what they are called."""

    label: str
    codes: tuple[str, ...]
    whole: bool
    former: bool
    point: tuple[float, float] | None
    source: str


@cache
def _countries() -> Mapping[str, _Country]:
    text = (Path(__file__).parent / "countries.tsv").read_text(encoding="utf-8")
    found = {}
    for line in text.splitlines()[1:]:
        code, name, longitude, latitude, outline = line.split("\t")
        rings = tuple(_ring(part) for part in outline.split(";") if part)
        bounds = tuple(_bounds(ring) for ring in rings)
        found[code] = _Country(code, name, float(longitude), float(latitude), rings, bounds)
    return found


def _bounds(ring: Ring) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return min(xs), min(ys), max(xs), max(ys)


def _ring(text: str) -> Ring:
    pairs = (pair.split(",") for pair in text.split(" "))
    return tuple((float(x), float(y)) for x, y in pairs)


def range_map(asker: Asker, iri: str) -> list[Picture]:
    """Return where a taxon is said to live or to have lived, or where a place is; nothing where no country is known."""
    entries = claims(asker, iri, "wg:RangeClaim", _FIELDS, current=True)
    if not entries and expand("wg:Place") in asker.graph.types(iri):
        entries = [{"place": [Term("iri", iri)]}]
    labels = labels_of(asker, entries)
    found = (_spot(asker.graph, entry, labels) for entry in entries)
    spots = sorted(found, key=lambda s: (s.former, s.label, s.source))
    spots = [spot for spot in spots if spot.point or any(code in _countries() for code in spot.codes)]
    if not spots:
        return []
    name = asker.graph.labels([iri]).get(iri, iri)
    said = any(spot.source for spot in spots)
    drawing = Drawing("map", f"{name}: where it is said to live" if said else f"{name}: where it is", paper=_PAPER)
    _Map(drawing, spots).draw()
    rows = tuple(_row(spot) for spot in spots)
    told = "; ".join(f"{spot.label}{' (formerly)' if spot.former else ''}" for spot in _distinct(spots))
    words = f"Countries drawn: {', '.join(sorted({n for s in spots for n in _names(s)})) or 'none'}. Places: {told}."
    return [Picture("map", drawing.title, words, drawing.svg(words), _COLUMNS, rows)]


def _spot(graph: Graph, entry: Entry, labels: Mapping[str, str]) -> _Spot:
    said = words_of(entry, labels)
    former = any(term.text.endswith("/rangeHistorical") for term in entry.get("predicate", []))
    places = [term.text for term in entry["place"]]
    codes = tuple(sorted({code for place in places for code in _codes(graph, place)}))
    names = [_countries()[code].name.casefold() for code in codes if code in _countries()]
    whole = bool(names) and all(joined(said["place"]).casefold() in name for name in names)
    point = next(filter(None, (_point(graph, place) for place in places)), None)
    return _Spot(joined(said["place"]), codes, whole, former, point, joined(said.get("source", [])))


def _codes(graph: Graph, place: str) -> set[str]:
    """Return the codes of the countries of a place; where it has none itself, those of all that it is within."""
    if own := _said(graph, place, "dwc:countryCode"):
        return set(own)
    found: set[str] = set()
    around, seen = [place], {place}
    for _ in range(_DEEP):
        around = [up for inner in around for up in _said(graph, inner, "wg:within") if up not in seen]
        seen.update(around)
        found.update(code for outer in around for code in _said(graph, outer, "dwc:countryCode"))
    return found


def _point(graph: Graph, place: str) -> tuple[float, float] | None:
    """Return longitude and latitude of a place, None where it has none that can be read."""
    try:
        found = [float(Decimal(_said(graph, place, f"dwc:decimal{name}")[0])) for name in ("Longitude", "Latitude")]
    except (IndexError, InvalidOperation):
        return None
    return (found[0], found[1]) if abs(found[0]) <= 180 and abs(found[1]) <= 90 else None


def _said(graph: Graph, iri: str, name: str) -> list[str]:
    return sorted({term.text for predicate, term, _ in graph.about(iri) if predicate == expand(name)})


def _names(spot: _Spot) -> list[str]:
    return [_countries()[code].name for code in spot.codes if code in _countries()]


def _row(spot: _Spot) -> tuple[str, ...]:
    what = "formerly" if spot.former else "today"
    return spot.label, joined(_names(spot)), what if spot.source else "", spot.source


def _distinct(spots: Iterable[_Spot]) -> list[_Spot]:
    return list({(spot.label, spot.former): spot for spot in spots}.values())


class _Map:
    """A window on the world, wide enough for all spots: longitude by latitude, with true shapes in the middle."""

    def __init__(self, drawing: Drawing, spots: Sequence[_Spot]) -> None:
        self.drawing, self.spots = drawing, spots
        west, south, east, north = _window(spots)
        self.west, self.south, self.east, self.north = west, south, east, north
        self.left, self.top = drawing.margin, drawing.y + 12
        wide = drawing.paper - 2 * drawing.margin
        self.scale = wide / (east - west)
        self.stretch = 1 / math.cos(math.radians(min(max((south + north) / 2, -60), 60)))
        tall = (north - south) * self.scale * self.stretch
        self.room = Box(self.left, self.top, self.left + wide, self.top + tall)

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return where a point of the earth is on paper."""
        return self.left + (longitude - self.west) * self.scale, self.top + (
            self.north - latitude
        ) * self.scale * self.stretch

    def draw(self) -> None:
        tints = self._tints()
        clip = f"{self.drawing.name}-window"
        box = {"x": self.room.left, "y": self.room.top, "width": self.room.right - self.room.left}
        box["height"] = self.room.bottom - self.room.top
        parts = [
            element("defs", element("clipPath", element("rect", **box), id=clip) + _hatch("orange") + _hatch("slate")),
            element("rect", **box, fill="blue-wash", opacity=0.55),
        ]
        order = sorted(_countries().values(), key=lambda country: (country.code in tints, country.code))
        outlines = "".join(self._country(country, tints.get(country.code)) for country in order)
        parts.append(element("g", outlines, clip_path=f"url(#{clip})"))
        self.drawing.parts += parts
        self._mark()
        self.drawing.y = self.room.bottom + 4
        self.drawing.legend(self._legend(tints))
        self.drawing.note(
            "Outlines: Natural Earth. Borders show who holds the ground, and are no statement of whose it is."
        )

    def _tints(self) -> dict[str, tuple[bool, bool]]:
        """Return whether each country is tinted as former range, and as a whole; today and the whole come first."""
        found: dict[str, tuple[bool, bool]] = {}
        for spot in sorted(self.spots, key=lambda spot: (not spot.former, spot.whole)):
            if not spot.point:
                found |= {code: (spot.former, spot.whole) for code in spot.codes if code in _countries()}
        return found

    def _country(self, country: _Country, tint: tuple[bool, bool] | None) -> str:
        paths = [
            self._path(ring, shift)
            for shift in (-360, 0, 360)
            for ring, bounds in zip(country.rings, country.bounds, strict=True)
            if self._is_seen(bounds, shift)
        ]
        if not paths:
            return ""
        shape = {"d": "".join(paths), "stroke_width": 0.7, "stroke_linejoin": "round"}
        if tint is None:
            return element("path", fill="land", stroke="border", **shape)
        former, whole = tint
        colour = "slate" if former else "orange"
        base = element("path", fill="land", stroke=colour, **shape | {"stroke_width": 1.1})
        look = {"fill": colour, "fill_opacity": 0.42} if whole else {"fill": f"url(#map-{colour})"}
        return base + element("path", element("title", escape(country.name)), **look, d=shape["d"])

    def _is_seen(self, bounds: tuple[float, float, float, float], shift: float) -> bool:
        west, south, east, north = bounds
        across = west + shift < self.east and self.west < east + shift
        return across and max(south, -89) < self.north and self.south < min(north, 89)

    def _path(self, ring: Ring, shift: float) -> str:
        # As `place`, written out: an outline has thousands of points.
        left, top, across, down = self.left - (self.west - shift) * self.scale, self.top, self.scale, self.stretch
        down *= across
        top += self.north * down
        lines = [f"{left + x * across:.1f} {top - max(min(y, 89), -89) * down:.1f}" for x, y in ring]
        return f"M{'L'.join(lines)}Z"

    def _mark(self) -> None:
        labels = Labels(self.room)
        marked: list[tuple[tuple[float, float], list[str], bool]] = []
        spots = _distinct(self.spots)
        marked += [(spot.point, [spot.label], spot.former) for spot in spots if spot.point]
        for code in sorted({code for spot in spots if not spot.point for code in spot.codes if code in _countries()}):
            country = _countries()[code]
            here = [spot for spot in spots if code in spot.codes and not spot.point]
            told = sorted({spot.label for spot in here if len(spot.codes) == 1} - {country.name})
            texts = [f"{country.name}: {', '.join(told)}"] if told else []
            marked.append(((country.longitude, country.latitude), [*texts, country.name], all(s.former for s in here)))
        for where, _, _ in marked:
            x, y = self.place(*where)
            labels.keep_clear(Box(x - 3, y - 3, x + 3, y + 3))
        for where, texts, former in marked:
            x, y = self.place(*where)
            self.drawing.add(
                "circle", cx=x, cy=y, r=3, fill="slate" if former else "orange", stroke="paper", stroke_width=1
            )
            labels.put(self.drawing, (x, y), texts)

    def _legend(self, tints: Mapping[str, tuple[bool, bool]]) -> list[tuple[str, str]]:
        words = {
            (False, True): "lives here",
            (False, False): "lives somewhere in it",
            (True, True): "lived here",
            (True, False): "lived somewhere in it",
        }
        if not any(spot.source for spot in self.spots):
            words |= {(False, True): "this country", (False, False): "in this country"}
        entries = []
        for key in sorted(set(tints.values())):
            colour = "slate" if key[0] else "orange"
            look = {"fill": colour, "fill_opacity": 0.42} if key[1] else {"fill": f"url(#map-{colour})"}
            mark = element("rect", x=-7, y=-6, width=14, height=12, stroke=colour, **look)
            entries.append((mark, words[key]))
        return entries


def _hatch(colour: str) -> str:
    lines = element("path", d="M0 6L6 0M-1 1L1 -1M5 7L7 5", stroke=colour, stroke_width=1.4)
    return element("pattern", lines, id=f"map-{colour}", width=6, height=6, patternUnits="userSpaceOnUse")


def _window(spots: Sequence[_Spot]) -> tuple[float, float, float, float]:
    """Return west, south, east and north of what is shown: the greatest ring of every country, and every point."""
    points: list[tuple[float, float]] = [spot.point for spot in spots if spot.point]
    for code in {code for spot in spots if not spot.point for code in spot.codes if code in _countries()}:
        country = _countries()[code]
        greatest: Ring = max(country.rings, key=len, default=())
        points += greatest or [(country.longitude, country.latitude)]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    wide, tall = max((east - west) * 1.2, _LEAST_WIDE), max((north - south) * 1.2, _LEAST_TALL)
    middle, centre = (west + east) / 2, (south + north) / 2
    tall = min(max(tall, wide * 0.42), _NORTH - _SOUTH)
    wide = min(max(wide, tall * 1.5), 360.0)
    south = min(max(centre - tall / 2, _SOUTH), _NORTH - tall)
    return middle - wide / 2, south, middle + wide / 2, south + tall
