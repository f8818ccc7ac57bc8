"""The coverage of a dataset: how much is said of what, by whom, and of which years."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from ..ask import Asker
from .measure import cut, width
from .picture import Picture
from .scale import linear
from .svg import SERIES, Drawing, element

__all__ = ["coverage"]

_BY_KIND = """
SELECT ?predicate ?source (COUNT(*) AS ?claims) WHERE {
  ?claim prov:hadPrimarySource ?source ; wg:predicate ?predicate
} GROUP BY ?predicate ?source"""
_BY_YEAR = """
SELECT ?year ?source (COUNT(?claim) AS ?claims) WHERE {
  ?claim prov:hadPrimarySource ?source ; wg:phenomenonStart ?start BIND (YEAR(?start) AS ?year)
} GROUP BY ?year ?source"""
_PAPER, _BAR, _STEP, _TALL = 720, 15, 23, 180
_MOST = 18  # how many kinds of statement have a bar of their own
_REST = "other sources"

Counts = Counter[tuple[str, str]]


def coverage(asker: Asker, iri: str) -> list[Picture]:  # noqa: ARG001 - every picture takes a thing; here, the dataset
    """Return how many claims each source makes of each kind, and of which years they are."""
    kinds, years = _counts(asker, _BY_KIND), _counts(asker, _BY_YEAR)
    if not kinds:
        return []
    sources = Counter[str]()
    for (_, source), number in kinds.items():
        sources[source] += number
    ranked = sorted(sources, key=lambda source: (-sources[source], source))
    shown = ranked if len(ranked) <= len(SERIES) else ranked[: len(SERIES) - 1]
    colours = {source: SERIES[i] for i, source in enumerate(shown)}
    return [_kinds(kinds, colours, _iris(asker)), *([_years(years, colours)] if years else [])]


def _counts(asker: Asker, query: str) -> Counts:
    rows = [row for row in asker.graph.select(query).rows if row[0] and row[1] and row[2]]
    labels = asker.graph.labels({term.text for row in rows for term in row[:2] if term and term.kind == "iri"})
    found = Counts()
    for first, source, number in rows:
        if first and source and number:
            found[labels.get(first.text, first.text), labels.get(source.text, source.text)] += int(number.text)
    return found


def _iris(asker: Asker) -> dict[str, str]:
    """Return the IRI of each predicate by its label."""
    iris = [row[0].text for row in asker.graph.select("SELECT DISTINCT ?p WHERE { ?c wg:predicate ?p }").rows if row[0]]
    labels = asker.graph.labels(iris)
    return {labels.get(iri, iri): iri for iri in iris}


def _kinds(counts: Counts, colours: dict[str, str], iris: Mapping[str, str]) -> Picture:
    totals = _totals(counts)
    kinds = sorted(totals, key=lambda kind: (-totals[kind], kind))[:_MOST]
    drawing = Drawing("coverage", "What the claims are about, and who makes them", paper=_PAPER)
    left = drawing.margin + min(max(width(kind, 12) for kind in kinds), 220) + 12
    scale = linear([max(totals.values())], left, _PAPER - drawing.margin - 48)
    y = drawing.y + 10
    for kind in kinds:
        words = escape(cut(kind, 12, 220))
        label = element("text", words, x=left - 10, y=y + 12, font_size=12, fill="ink", text_anchor="end")
        drawing.parts.append(element("a", label, href=iris[kind]))
        x = left
        for source, colour, number in _shares(counts, kind, colours):
            wide = scale(number) - scale(0)
            drawing.add(
                "rect",
                element("title", escape(f"{source}: {number}")),
                x=x,
                y=y,
                width=wide,
                height=_BAR,
                fill=colour,
                stroke="paper",
            )
            x += wide
        drawing.text(x + 7, y + 12, f"{totals[kind]:,}", fill="soft")
        y += _STEP
    drawing.y = y
    _legend(drawing, counts, colours)
    if left_out := sorted(totals[kind] for kind in totals if kind not in kinds):
        drawing.note(f"{len(left_out)} more kinds have {left_out[-1]} claims or fewer; the table has them.")
    return _picture(drawing, counts, "what is said")


def _years(counts: Counts, colours: dict[str, str]) -> Picture:
    totals = _totals(counts)
    drawing = Drawing("years", "Which years the claims are of", paper=_PAPER)
    top = drawing.y + 24
    bottom, left, right = top + _TALL, drawing.margin + 36, _PAPER - drawing.margin
    first, last = min(map(int, totals)), max(map(int, totals))
    scale = linear(totals.values(), bottom, top, most=4)
    room = (right - left) / (last - first + 1)
    bar = max(min(room * 0.8, 34), 1)
    for value in scale.ticks:
        drawing.add("line", x1=left, y1=scale(value), x2=right, y2=scale(value), stroke="grid")
        drawing.text(left - 8, scale(value) + 4, f"{value:,g}", fill="soft", anchor="end")
    for year in sorted(totals):
        x, y = left + (int(year) - first + 0.5) * room, bottom
        for source, colour, number in _shares(counts, year, colours):
            tall = scale(0) - scale(number)
            y -= tall
            title = element("title", escape(f"{year}, {source}: {number}"))
            drawing.add(
                "rect", title, x=x - bar / 2, y=y, width=bar, height=tall, fill=colour, stroke="paper", stroke_width=0.5
            )
    every = next(n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if n * room >= 44)
    for year_ in range(-(-first // every) * every, last + 1, every):
        drawing.text(left + (year_ - first + 0.5) * room, bottom + 18, str(year_), fill="soft", anchor="middle")
    drawing.add("line", x1=left, y1=bottom, x2=right, y2=bottom, stroke="axis")
    drawing.y = bottom + 28
    _legend(drawing, counts, colours)
    drawing.note("A claim of several years stands at the first; claims without a date are not counted here.")
    return _picture(drawing, counts, "year")


def _totals(counts: Counts) -> Counter[str]:
    totals = Counter[str]()
    for (name, _), number in counts.items():
        totals[name] += number
    return totals


def _shares(counts: Counts, name: str, colours: dict[str, str]) -> Sequence[tuple[str, str, int]]:
    """Return the sources of a bar with colour and number, those without a colour of their own as one."""
    shares = [(source, colour, counts[name, source]) for source, colour in colours.items() if counts[name, source]]
    rest = sum(number for (kind, source), number in counts.items() if kind == name and source not in colours)
    return [*shares, (_REST, SERIES[-1], rest)] if rest else shares


def _legend(drawing: Drawing, counts: Counts, colours: dict[str, str]) -> None:
    named = {source for _, source in counts}
    entries = [(source, colour) for source, colour in colours.items() if source in named]
    if named - set(colours):
        entries.append((_REST, SERIES[-1]))
    mark = {"x": -6, "y": -6, "width": 12, "height": 12, "rx": 2}
    drawing.legend((element("rect", fill=colour, **mark), source) for source, colour in entries)


def _picture(drawing: Drawing, counts: Counts, head: str) -> Picture:
    rows = tuple((name, source, str(number)) for (name, source), number in sorted(counts.items()))
    totals = _totals(counts)
    told = ", ".join(f"{name}: {totals[name]}" for name in sorted(totals, key=lambda n: (-totals[n], n)))
    words = f"{sum(totals.values())} claims. {told}."
    return Picture(drawing.name, drawing.title, words, drawing.svg(words), (head, "source", "claims"), rows)
