"""The status of a taxon over time: every category it was given, on the ladder from safe to extinct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..ask import Asker
from .labels import Box, Labels
from .measure import width
from .picture import Picture
from .rows import Entry, claims, first, joined, labels_of, words_of
from .svg import SERIES, Drawing, element
from .timeline import Moment, Timeline, moment

__all__ = ["status"]

_FIELDS = {
    "category!": "wg:object", "of": "wg:phenomenonTime", "said": "dwc:assertionMadeDate", "place": "wg:place",
    "authority": "wg:authority", "rank": "wg:rank", "source!": "prov:hadPrimarySource",
}  # fmt: skip
_COLUMNS = ("category", "where", "when", "whose list", "source", "rank")
#: From the worst down, in the order of the Red List; what is not on the ladder stands below it.
_LADDER = ("EX", "EW", "RE", "CR", "EN", "VU", "CD", "LR/cd", "NT", "LR/nt", "LC", "LR/lc", "DD", "NA", "NE")
_PAPER, _STEP = 720, 34


@dataclass(frozen=True, slots=True)
class _Status:
    code: str
    label: str
    where: str
    when: Moment
    authority: str
    source: str
    rank: str

    @property
    def row(self) -> str:
        return f"{self.code} {self.label}".strip()


def status(asker: Asker, iri: str) -> list[Picture]:
    """Return the history of a taxon's categories, if it has one."""
    entries = claims(asker, iri, "wg:StatusClaim", _FIELDS)
    labels = labels_of(asker, entries)
    found = [_status(entry, labels) for entry in entries]
    if not found:
        return []
    found.sort(key=lambda s: (s.when.kind, s.when.start, _step(s), s.where, s.authority, s.source))
    title = f"{asker.graph.labels([iri]).get(iri, iri)}: its status over time"
    drawing = Drawing("status", title, paper=_PAPER)
    _draw(drawing, found)
    told = "; ".join(", ".join(filter(None, (s.row, s.where, s.when.words or "no date", s.source))) for s in found)
    rows = tuple((s.row, s.where, s.when.words or "no date", s.authority, s.source, s.rank) for s in found)
    return [Picture("status", title, f"{told}.", drawing.svg(f"{told}."), _COLUMNS, rows)]


def _status(entry: Entry, labels: Mapping[str, str]) -> _Status:
    said = words_of(entry, labels)
    code = entry["category"][0].text.partition("/red-list-category/")[2].partition("/")[2]
    label = joined(said["category"])
    when = moment(first(entry["of"]), first(entry["said"]))
    where, authority = joined(said["place"]), joined(said["authority"])
    return _Status(code, label, where, when, authority, joined(said["source"]), joined(said["rank"]))


def _step(entry: _Status) -> tuple[int, str]:
    return (_LADDER.index(entry.code) if entry.code in _LADDER else len(_LADDER)), entry.label


def _draw(drawing: Drawing, found: Sequence[_Status]) -> None:
    steps = {s.row: i for i, s in enumerate(sorted({s.row: s for s in found}.values(), key=_step))}
    left = drawing.margin + max(width(row, 12) for row in steps) + 16
    right = drawing.paper - drawing.margin
    top = drawing.y + 26
    bottom = top + _STEP * len(steps) - 8
    time = Timeline([s.when for s in found], left, right)
    time.draw(drawing, top - 8, bottom)
    for row, i in steps.items():
        y = top + i * _STEP + 8
        drawing.add("line", x1=left, y1=y, x2=right, y2=y, stroke="grid")
        drawing.text(left - 10, y + 4, row, anchor="end")
    sources = sorted({s.source for s in found})
    colours = {source: SERIES[i % len(SERIES)] for i, source in enumerate(sources)}
    labels = Labels(Box(left, top - 14, right, bottom))
    for s in found:
        _mark(drawing, s, (time.place(s.when), top + steps[s.row] * _STEP + 8), colours[s.source], labels)
    drawing.y = bottom + 28
    drawing.legend((element("circle", r=5, fill=colour), source) for source, colour in colours.items())
    if any(s.when.kind == "said" for s in found):
        mark = element("circle", r=4.5, fill="paper", stroke="soft", stroke_width=2)
        drawing.legend([(mark, "dated by when it was said")])


def _mark(drawing: Drawing, s: _Status, place: tuple[float, float], colour: str, labels: Labels) -> None:
    x, y = place
    while not labels.free(Box(x - 7, y - 7, x + 7, y + 7)):
        x += 14
    place = x, y
    labels.keep_clear(Box(x - 7, y - 7, x + 7, y + 7))
    fill = "paper" if s.when.kind == "said" else colour
    faded = 0.4 if s.rank == "deprecated" else None
    drawing.add("circle", cx=x, cy=y, r=5.5, fill=fill, stroke=colour, stroke_width=2, opacity=faded)
    if words := ", ".join(filter(None, (s.where, s.authority))):
        labels.put(drawing, place, [words, s.where or s.authority])
