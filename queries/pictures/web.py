"""The web of a taxon: what hunts it, what it hunts or feeds on, and who hunts the same."""

from __future__ import annotations

from collections.abc import Mapping

from ..ask import Asker
from .layers import Edge, Layer, Layers
from .picture import Picture
from .rows import Entry, claims, first, joined, labels_of, words_of
from .svg import Drawing

__all__ = ["web"]

_FIELDS = {
    "predicate": "wg:predicate", "subject!": "wg:subject", "object!": "wg:object", "frequency": "wg:frequency",
    "season": "wg:season", "source!": "prov:hadPrimarySource",
}  # fmt: skip
_TOLD = ("frequency", "season", "source")
_ENDS = ("subject", "object")
#: What a claim says of the taxon as its subject, and as its object.
_WAYS = {
    "preysOn": ("hunts", "is hunted by"),
    "eats": ("feeds on", "is eaten by"),
    "sharesPreyWith": ("shares prey with", "shares prey with"),
}
_COLUMNS = ("taxon", "how", "other", "how often", "source")
_EATERS, _FOOD, _RIVALS = {"is hunted by", "is eaten by"}, {"hunts", "feeds on"}, {"shares prey with"}


def web(asker: Asker, iri: str) -> list[Picture]:
    """Return the web of a taxon, if something is said to hunt it, to be eaten by it or to share its prey."""
    entries = _entries(asker, iri)
    told = {(way, other.text) for way, entry in entries for other in entry["other"] if other.text != iri}
    if not told:
        return []
    names = {iri, *(other for _, other in told)}
    labels = {name: name.rpartition("/")[2] for name in names} | asker.graph.labels(names)
    rivals = _others(told, _RIVALS) - _others(told, _EATERS)
    layers = [
        Layer("eaten by", "red", _others(told, _EATERS)),
        Layer("taxon and rivals" if rivals else "taxon", "blue", {iri} | rivals),
        Layer("eats", "green", _others(told, _FOOD)),
    ]
    edges = [_edge(way, iri, other, labels) for way, other in sorted(told)]
    layout = Layers(layers, edges, labels)
    title = f"{labels[iri]}: what it eats, and what eats it"
    drawing = Drawing("web", title, paper=layout.paper)
    layout.draw(drawing)
    if any(edge.faint for edge in edges):
        drawing.y += 12
        drawing.note("Dashed: feeds on what it does not hunt, or hunts the same prey.")
    words = labels_of(asker, (entry for _, entry in entries))
    rows = tuple(sorted(_row(labels[iri], way, words_of(entry, words)) for way, entry in entries))
    told_words = "; ".join(sorted({f"{labels[iri]} {way} {labels[other]}" for way, other in told})) + "."
    return [Picture("web", title, told_words, drawing.svg(told_words), _COLUMNS, rows)]


def _others(told: set[tuple[str, str]], ways: set[str]) -> set[str]:
    return {other for way, other in told if way in ways}


def _edge(way: str, iri: str, other: str, labels: Mapping[str, str]) -> Edge:
    words = f"{labels[iri]} – {way} – {labels[other]}"
    faint = way not in {"hunts", "is hunted by"}
    return Edge(other, iri, faint, words) if way in _EATERS else Edge(iri, other, faint, words)


def _entries(asker: Asker, iri: str) -> list[tuple[str, Entry]]:
    """Return what each claim says, and the claim; what it names besides stands under `other`."""
    found = []
    for end, (near, far) in enumerate((_ENDS, _ENDS[::-1])):
        for entry in claims(asker, iri, "wg:InteractionClaim", _FIELDS, role=f"wg:{near}", current=True):
            said = first(entry["predicate"])
            if said and (ways := _WAYS.get(said.text.rpartition("/")[2])):
                found.append((ways[end], {"other": entry[far]} | {name: entry[name] for name in _TOLD}))
    return found


def _row(name: str, way: str, said: Mapping[str, list[str]]) -> tuple[str, ...]:
    often = joined([*said["frequency"], *said["season"]])
    return name, way, joined(said["other"]), often, joined(said["source"])
