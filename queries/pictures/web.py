"""The web of a taxon: what hunts it, what it hunts or feeds on, and who hunts the same."""

from __future__ import annotations

from collections.abc import Mapping

from ...ontology.terms import Term
from ..ask import Asker
from .layers import Edge, Layer, Layers
from .picture import Picture
from .rows import grouped, joined, words_of
from .svg import Drawing

__all__ = ["web"]

_QUERY = """
SELECT ?claim ?way ?other ?frequency ?season ?source WHERE {
  { ?claim wg:subject ?taxon ; wg:object ?other BIND ("of" AS ?end) }
  UNION { ?claim wg:object ?taxon ; wg:subject ?other BIND ("by" AS ?end) }
  ?claim wg:predicate ?predicate ; prov:hadPrimarySource ?source .
  VALUES (?predicate ?end ?way) {
    (<https://w3id.org/wildgraph/scheme/predicates/1.0/preysOn> "of" "hunts")
    (<https://w3id.org/wildgraph/scheme/predicates/1.0/preysOn> "by" "is hunted by")
    (<https://w3id.org/wildgraph/scheme/predicates/1.0/eats> "of" "feeds on")
    (<https://w3id.org/wildgraph/scheme/predicates/1.0/eats> "by" "is eaten by")
    (<https://w3id.org/wildgraph/scheme/predicates/1.0/sharesPreyWith> "of" "shares prey with")
    (<https://w3id.org/wildgraph/scheme/predicates/1.0/sharesPreyWith> "by" "shares prey with")
  }
  FILTER NOT EXISTS { ?claim wg:rank claim-rank-1.0:deprecated }
  FILTER NOT EXISTS { ?claim wg:polarity polarity-1.0:negated }
  OPTIONAL { ?claim wg:frequency ?frequency } OPTIONAL { ?claim wg:season ?season }
}"""
_COLUMNS = ("taxon", "how", "other", "how often", "source")
_EATERS, _FOOD, _RIVALS = {"is hunted by", "is eaten by"}, {"hunts", "feeds on"}, {"shares prey with"}


def web(asker: Asker, iri: str) -> list[Picture]:
    """Return the web of a taxon, if something is said to hunt it, to be eaten by it or to share its prey."""
    entries = grouped(asker, _QUERY, {"taxon": Term("iri", iri)})
    told = {(entry["way"][0].text, other.text) for entry in entries for other in entry["other"] if other.text != iri}
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
    rows = tuple(sorted(_row(asker, entry, labels[iri]) for entry in entries))
    words = "; ".join(sorted({f"{labels[iri]} {way} {labels[other]}" for way, other in told})) + "."
    return [Picture("web", title, words, drawing.svg(words), _COLUMNS, rows)]


def _others(told: set[tuple[str, str]], ways: set[str]) -> set[str]:
    return {other for way, other in told if way in ways}


def _edge(way: str, iri: str, other: str, labels: Mapping[str, str]) -> Edge:
    words = f"{labels[iri]} – {way} – {labels[other]}"
    faint = way not in {"hunts", "is hunted by"}
    return Edge(other, iri, faint, words) if way in _EATERS else Edge(iri, other, faint, words)


def _row(asker: Asker, entry: dict[str, list[Term]], name: str) -> tuple[str, ...]:
    said = words_of(asker, entry)
    often = joined([*said["frequency"], *said["season"]])
    return name, said["way"][0], joined(said["other"]), often, joined(said["source"])
