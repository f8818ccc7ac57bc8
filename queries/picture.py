"""Pictures: the chain from actions over threats to stresses of one taxon, drawn as SVG from the built graph."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from ..ontology.terms import Term
from .ask import Asker

__all__ = ["chain_of", "chain_svg"]

_ROW, _BOX, _WIDTH, _GAP, _TOP, _LEFT = 40, 28, 232, 96, 84, 24
_HEADS = ("organisation", "action", "threat", "stress")
_FILLS = ("#e8eef7", "#e6f2ea", "#fbeee3", "#f7e7ea")
_LINES = ("#6b84ad", "#5f9672", "#c08a52", "#b0687c")
#: Asked of the claims and not of the derived triples: who does a thing for one taxon need not do it for another.
_DONE = "?claim wg:subject ?taxon ; a wg:ActionClaim FILTER NOT EXISTS { ?claim wg:rank claim-rank-1.0:deprecated }"
_EDGES = (
    f"SELECT DISTINCT ?a ?b WHERE {{ {_DONE} ?claim wg:actor ?a ; wg:object ?b }}",
    f"SELECT DISTINCT ?a ?b WHERE {{ {_DONE} ?claim wg:object ?a ; wg:mitigatedThreat ?b }}",
    "SELECT DISTINCT ?a ?b WHERE { ?claim wg:subject ?taxon {"
    " ?claim wg:object ?a ; wg:causedStress ?b } UNION"
    " { ?claim a wg:StressClaim ; wg:object ?b ; wg:causingThreat ?a } }",
)


@dataclass(frozen=True, slots=True)
class _Node:
    column: int
    row: float
    label: str

    @property
    def x(self) -> float:
        return _LEFT + self.column * (_WIDTH + _GAP)

    @property
    def y(self) -> float:
        return _TOP + self.row * _ROW


def chain_svg(project: str | Path, taxon: str) -> str:
    """Return an SVG of who does what against which threat, and which stress each threat causes, for a taxon.

    The picture has a title and a description for readers who do not see it, and no script.
    """
    asker = Asker.open(Path(project))
    who = asker.thing("taxon", taxon)
    return _Chain(asker, who).svg()


def chain_of(asker: Asker, iri: str) -> tuple[str, str]:
    """Return the title and the SVG of the chain of a taxon by its IRI."""
    chain = _Chain(asker, Term("iri", iri))
    return chain.title, chain.svg()


class _Chain:
    def __init__(self, asker: Asker, taxon: Term) -> None:
        self.taxon = taxon
        undertaken, mitigated, caused = (self._pairs(asker, query) for query in _EDGES)
        threats = {threat for threat, _ in self._pairs(asker, "SELECT ?a ?b WHERE { ?taxon wg:threatenedBy ?a , ?b }")}
        stresses = {s for s, _ in self._pairs(asker, "SELECT ?a ?b WHERE { ?taxon wg:affectedBy ?a , ?b }")}
        against_stress = [(a, b) for a, b in mitigated if b in stresses and b not in threats]
        against_threat = [(a, b) for a, b in mitigated if b in threats]
        columns = [
            {o for o, _ in undertaken},
            {a for a, _ in mitigated} | {a for _, a in undertaken},
            threats,
            stresses | {s for _, s in caused},
        ]
        names = asker.graph.labels([*(name for column in columns for name in column), taxon.text])
        self.title = f"{names[taxon.text]}: who does what, against which threat, and what the threats cause"
        order = _ordered(columns, [undertaken, against_threat, caused], names)
        tallest = max(len(column) for column in order)
        self.nodes = {
            name: _Node(i, (tallest - len(column)) / 2 + j, names[name])
            for i, column in enumerate(order)
            for j, name in enumerate(column)
        }
        self.edges = [*undertaken, *against_threat, *caused, *against_stress]
        self.height = _TOP + tallest * _ROW + 24

    def _pairs(self, asker: Asker, query: str) -> list[tuple[str, str]]:
        text = query.replace("WHERE {", "?taxon WHERE {", 1)
        rows = asker.graph.select(text, {"taxon": self.taxon}).rows
        return sorted({(row[0].text, row[1].text) for row in rows if row[0] and row[1]})

    def svg(self) -> str:
        width = 2 * _LEFT + 4 * _WIDTH + 3 * _GAP
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {self.height:g}" role="img" '
            'aria-labelledby="title description" font-family="Helvetica, Arial, sans-serif">',
            f'<title id="title">{escape(self.title)}</title>',
            f'<desc id="description">{escape(self._words())}</desc>',
            f'<rect width="{width}" height="{self.height:g}" fill="#ffffff"/>',
            f'<text x="{_LEFT}" y="30" font-size="17" fill="#22303c">{escape(self.title)}</text>',
        ]
        for i, head in enumerate(_HEADS):
            x = _LEFT + i * (_WIDTH + _GAP)
            parts.append(f'<text x="{x}" y="62" font-size="12" letter-spacing="1" fill="#6a7681">{head.upper()}</text>')
        parts += [self._edge(a, b) for a, b in self.edges if a in self.nodes and b in self.nodes]
        parts += [_box(node) for node in self.nodes.values()]
        return "\n".join([*parts, "</svg>", ""])

    def _edge(self, first: str, last: str) -> str:
        start, end = self.nodes[first], self.nodes[last]
        x1, y1, x2, y2 = start.x + _WIDTH, start.y + _BOX / 2, end.x, end.y + _BOX / 2
        bend = (x2 - x1) * 0.5 if end.column - start.column == 1 else _GAP
        path = f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"
        dashes = "" if end.column - start.column == 1 else ' stroke-dasharray="4 4"'
        colour = _LINES[start.column]
        return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.3" opacity="0.75"{dashes}/>'

    def _words(self) -> str:
        pairs = [(a, b) for a, b in self.edges if a in self.nodes and b in self.nodes]
        return "; ".join(f"{self.nodes[a].label} - {self.nodes[b].label}" for a, b in pairs)


def _box(node: _Node) -> str:
    fill, line = _FILLS[node.column], _LINES[node.column]
    label = node.label if len(node.label) <= 36 else node.label[:35] + "…"
    return (
        f'<rect x="{node.x:g}" y="{node.y:g}" width="{_WIDTH}" height="{_BOX}" rx="4" fill="{fill}" stroke="{line}"/>'
        f'<text x="{node.x + 10:g}" y="{node.y + 18.5:g}" font-size="12.5" fill="#22303c">{escape(label)}</text>'
    )


def _ordered(
    columns: Sequence[Iterable[str]], edges: Sequence[Sequence[tuple[str, str]]], names: dict[str, str]
) -> list[list[str]]:
    """Return the columns, each ordered by the mean place of what its members are joined to, so that few lines cross."""
    order = [sorted(column, key=lambda name: names[name]) for column in columns]
    for _ in range(4):
        for i in (2, 1, 0, 1, 2, 3):
            joined: dict[str, list[float]] = {name: [] for name in order[i]}
            for j, pairs in enumerate(edges):
                for a, b in pairs:
                    if j == i - 1 and b in joined and a in order[j]:
                        joined[b].append(order[j].index(a) / len(order[j]))
                    if j == i and a in joined and b in order[j + 1]:
                        joined[a].append(order[j + 1].index(b) / len(order[j + 1]))
            mean = {name: sum(found) / len(found) if found else 1.0 for name, found in joined.items()}
            order[i].sort(key=lambda name: (mean[name], names[name]))
    return order
